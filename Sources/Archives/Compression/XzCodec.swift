// SPDX-License-Identifier: Apache-2.0
internal import CLzma

/// The .xz format by liblzma; every check that it knows is verified, an unknown one is an error.
final class XzCodec: StreamCodec {
    static let format = ArchiveError.Format.xz
    static let magicBytes: [UInt8] = [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00]
    /// Stream padding (xz-file-format.txt §2.2).
    static let padding = 4
    /// `LZMA_TELL_UNSUPPORTED_CHECK`, a macro that Swift does not import.
    private static let tellUnsupportedCheck: UInt32 = 0x02

    private let stream: UnsafeMutablePointer<lzma_stream>
    private let memory: UInt64

    init(memory: Int64) {
        stream = .allocate(capacity: 1)
        stream.initialize(to: lzma_stream())
        self.memory = UInt64(max(memory, 1))
    }

    deinit {
        lzma_end(stream)
        stream.deallocate()
    }

    static func magic(_ head: some Collection<UInt8>) -> Bool {
        head.starts(with: magicBytes)
    }

    func start() throws(ArchiveError) {
        let code = lzma_stream_decoder(stream, memory, Self.tellUnsupportedCheck)
        guard code == LZMA_OK else { throw .codecFailed(.xz, code: Int(code.rawValue)) }
    }

    func step(
        _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer, at offset: Int64
    ) throws(ArchiveError) -> CodecStep {
        stream.pointee.next_in = input.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_in = input.count
        stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_out = output.count
        let code = lzma_code(stream, input.isEmpty ? LZMA_FINISH : LZMA_RUN)
        let consumed = input.count - stream.pointee.avail_in
        let produced = output.count - stream.pointee.avail_out
        let place = offset + Int64(consumed)
        switch code {
        case LZMA_OK, LZMA_BUF_ERROR:
            return CodecStep(consumed: consumed, produced: produced, memberEnded: false)
        case LZMA_STREAM_END: return CodecStep(consumed: consumed, produced: produced, memberEnded: true)
        case LZMA_MEMLIMIT_ERROR: throw .limitExceeded(.xz, .memory, allowed: Int64(clamping: memory))
        case LZMA_FORMAT_ERROR: throw .malformed(.xz, reason: "no xz stream", at: place)
        case LZMA_DATA_ERROR: throw .malformed(.xz, reason: "the data or their check are wrong", at: place)
        case LZMA_OPTIONS_ERROR: throw .unsupported(.xz, feature: "an unknown filter or option", at: place)
        case LZMA_UNSUPPORTED_CHECK: throw .unsupported(.xz, feature: "an unknown check", at: place)
        default: throw .codecFailed(.xz, code: Int(code.rawValue))
        }
    }
}
