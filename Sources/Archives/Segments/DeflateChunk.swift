// SPDX-License-Identifier: Apache-2.0
internal import CLibdeflate

/// libdeflate's compressor with its buffers. The library only makes whole streams, whose last block says that it is
/// the last; `compress` takes that word back and ends on a byte boundary with an empty stored block, as zlib's
/// full flush would (RFC 1951 §3.2.3, §3.2.4).
final class DeflateChunk {
    private let output: UnsafeMutableRawBufferPointer
    private let compressor: OpaquePointer
    private let walker: DeflateWalker

    init(capacity: Int, level: Int32) throws(ArchiveError) {
        guard let compressor = libdeflate_alloc_compressor(level) else { throw .codecFailed(.gzip, code: 0) }
        walker = DeflateWalker()
        self.compressor = compressor
        let bound = libdeflate_deflate_compress_bound(compressor, capacity)
        output = .allocate(byteCount: bound + 8, alignment: 64)
    }

    deinit {
        libdeflate_free_compressor(compressor)
        output.deallocate()
    }

    /// Compresses at most `capacity` bytes. The result is valid until the next call.
    func compress(_ input: UnsafeRawBufferPointer) throws(ArchiveError) -> UnsafeRawBufferPointer {
        let size = libdeflate_deflate_compress(
            compressor, input.baseAddress, input.count, output.baseAddress, output.count - 8)
        guard size > 0 else { throw .codecFailed(.gzip, code: 1) }
        let end = try walker.walk(.init(rebasing: output[..<size]))
        guard end.endBit > (size - 1) * 8, end.endBit <= size * 8 else { throw .codecFailed(.gzip, code: 2) }
        output[end.lastBlockBit / 8] &= ~(1 << UInt8(end.lastBlockBit % 8))
        // Three bits of block header, all zero as the padding already is, then up to the byte boundary.
        var length = size
        if size * 8 - end.endBit < 3 {
            output[length] = 0
            length += 1
        }
        for byte: UInt8 in [0x00, 0x00, 0xFF, 0xFF] {
            output[length] = byte
            length += 1
        }
        return UnsafeRawBufferPointer(rebasing: output[..<length])
    }
}
