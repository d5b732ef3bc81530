// SPDX-License-Identifier: Apache-2.0
internal import CBzip2

/// bzip2 by libbz2, which holds every block and stream against its CRC.
final class BzipCodec: StreamCodec {
    static let format = ArchiveError.Format.bzip2
    static let magicBytes: [UInt8] = Array("BZh".utf8)
    static let padding = 0

    /// On the heap, as libbz2 compares the address of its stream.
    private let stream: UnsafeMutablePointer<bz_stream>
    private var isOpen = false

    init() {
        stream = .allocate(capacity: 1)
        stream.initialize(to: bz_stream())
    }

    deinit {
        if isOpen { BZ2_bzDecompressEnd(stream) }
        stream.deallocate()
    }

    /// The level, and then a block or the end of a stream without any.
    static func magic(_ head: some Collection<UInt8>) -> Bool {
        let head = Array(head.prefix(6))
        guard head.count == 6, head.starts(with: magicBytes), (0x31...0x39).contains(head[3]) else {
            return false
        }
        return head[4...] == [0x31, 0x41] || head[4...] == [0x17, 0x72]
    }

    func start() throws(ArchiveError) {
        if isOpen { BZ2_bzDecompressEnd(stream) }
        stream.pointee = bz_stream()
        let code = BZ2_bzDecompressInit(stream, 0, 0)
        isOpen = code == BZ_OK
        guard isOpen else { throw .codecFailed(.bzip2, code: Int(code)) }
    }

    func step(
        _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer, at offset: Int64
    ) throws(ArchiveError) -> CodecStep {
        stream.pointee.next_in = UnsafeMutablePointer(
            mutating: input.baseAddress?.assumingMemoryBound(to: CChar.self))
        stream.pointee.avail_in = UInt32(input.count)
        stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: CChar.self)
        stream.pointee.avail_out = UInt32(output.count)
        let code = BZ2_bzDecompress(stream)
        let consumed = input.count - Int(stream.pointee.avail_in)
        let produced = output.count - Int(stream.pointee.avail_out)
        let place = offset + Int64(consumed)
        switch code {
        case BZ_OK: return CodecStep(consumed: consumed, produced: produced, memberEnded: false)
        case BZ_STREAM_END: return CodecStep(consumed: consumed, produced: produced, memberEnded: true)
        case BZ_DATA_ERROR: throw .malformed(.bzip2, reason: "the data or their check are wrong", at: place)
        case BZ_DATA_ERROR_MAGIC: throw .malformed(.bzip2, reason: "no bzip2 stream", at: place)
        default: throw .codecFailed(.bzip2, code: Int(code))
        }
    }
}
