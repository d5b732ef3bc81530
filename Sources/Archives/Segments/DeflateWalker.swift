// SPDX-License-Identifier: Apache-2.0
internal import CZlib

/// Finds the last block of a raw deflate stream by decoding it with zlib, which can stop at every block.
final class DeflateWalker {
    /// On the heap, as zlib compares the address of its stream.
    private let stream: UnsafeMutablePointer<z_stream>
    private let scratch: UnsafeMutableRawBufferPointer

    init() throws(ArchiveError) {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        scratch = .allocate(byteCount: 64 << 10, alignment: 64)
        let code = inflateInit2_(stream, -15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard code == Z_OK else { throw .codecFailed(.gzip, code: Int(code)) }
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
        scratch.deallocate()
    }

    /// Bit positions of the last block's header and of the stream's end.
    func walk(_ deflate: UnsafeRawBufferPointer) throws(ArchiveError) -> (lastBlockBit: Int, endBit: Int) {
        inflateReset(stream)
        stream.pointee.next_in = UnsafeMutablePointer(
            mutating: deflate.baseAddress?.assumingMemoryBound(to: Bytef.self))
        stream.pointee.avail_in = UInt32(deflate.count)
        var blockBit = 0
        while true {
            stream.pointee.next_out = scratch.baseAddress?.assumingMemoryBound(to: Bytef.self)
            stream.pointee.avail_out = UInt32(scratch.count)
            let code = inflate(stream, Z_BLOCK)
            guard code == Z_OK else { throw .codecFailed(.gzip, code: Int(code)) }
            // zlib.h, inflate: the low bits count bits that were taken and not used, 128 stands after a block's end
            // and 64 within the last one. After that end zlib rounds up to a byte, so this is where to stop.
            let state = Int(stream.pointee.data_type)
            guard state & 128 != 0 else { continue }
            let bit = (deflate.count - Int(stream.pointee.avail_in)) * 8 - state & 63
            if state & 64 != 0 { return (blockBit, bit) }
            blockBit = bit
        }
    }
}
