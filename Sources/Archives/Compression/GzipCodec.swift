// SPDX-License-Identifier: Apache-2.0
internal import CZlib

/// RFC 1952 by zlib; header, CRC and length are checked.
final class GzipCodec: StreamCodec {
    static let format = ArchiveError.Format.gzip
    static let magicBytes: [UInt8] = [0x1F, 0x8B]
    static let padding = 0

    /// On the heap, as zlib compares the address of its stream.
    private let stream: UnsafeMutablePointer<z_stream>

    init() throws(ArchiveError) {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        // 15 bits of window, and 16 says: a gzip header, nothing else.
        let code = inflateInit2_(stream, 31, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard code == Z_OK else { throw .codecFailed(.gzip, code: Int(code)) }
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
    }

    static func magic(_ head: some Collection<UInt8>) -> Bool { head.starts(with: magicBytes) }

    func start() throws(ArchiveError) {
        let code = inflateReset(stream)
        guard code == Z_OK else { throw .codecFailed(.gzip, code: Int(code)) }
    }

    func step(
        _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer, at offset: Int64
    ) throws(ArchiveError) -> CodecStep {
        stream.pointee.next_in = UnsafeMutablePointer(
            mutating: input.baseAddress?.assumingMemoryBound(to: Bytef.self))
        stream.pointee.avail_in = UInt32(input.count)
        stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: Bytef.self)
        stream.pointee.avail_out = UInt32(output.count)
        let code = inflate(stream, Z_NO_FLUSH)
        let consumed = input.count - Int(stream.pointee.avail_in)
        let produced = output.count - Int(stream.pointee.avail_out)
        switch code {
        case Z_OK, Z_BUF_ERROR: return CodecStep(consumed: consumed, produced: produced, memberEnded: false)
        case Z_STREAM_END: return CodecStep(consumed: consumed, produced: produced, memberEnded: true)
        case Z_DATA_ERROR:
            let reason = stream.pointee.msg.map { String(cString: $0) } ?? "not deflate"
            let place = offset + Int64(consumed)
            if reason.contains("check") { throw .checksumMismatch(.gzip, at: place) }
            throw .malformed(.gzip, reason: reason, at: place)
        default: throw .codecFailed(.gzip, code: Int(code))
        }
    }
}
