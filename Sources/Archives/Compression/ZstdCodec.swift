// SPDX-License-Identifier: Apache-2.0
internal import CZstd

/// RFC 8878 by libzstd; skippable frames are passed over, checksums verified, dictionaries not known.
final class ZstdCodec: StreamCodec {
    static let format = ArchiveError.Format.zstd
    static let magicBytes: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD]
    static let padding = 0

    private let context: OpaquePointer
    private let memory: Int64

    init(memory: Int64) throws(ArchiveError) {
        guard let context = ZSTD_createDCtx() else { throw .codecFailed(.zstd, code: 0) }
        self.context = context
        self.memory = memory
        // The window is nearly all that a zstd decoder needs; the format starts at 1 KiB, the library ends at 2 GiB.
        let log = Int64.bitWidth - 1 - max(memory, 1).leadingZeroBitCount
        let code = ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, Int32(min(max(log, 10), 31)))
        guard ZSTD_isError(code) == 0 else {
            throw .codecFailed(.zstd, code: Int(ZSTD_getErrorCode(code).rawValue))
        }
    }

    deinit { ZSTD_freeDCtx(context) }

    /// A frame, or a skippable one (RFC 8878 §3.1.2: 0x184D2A50 to 0x184D2A5F).
    static func magic(_ head: some Collection<UInt8>) -> Bool {
        if head.starts(with: magicBytes) { return true }
        return head.first.map { $0 & 0xF0 == 0x50 } ?? false
            && head.dropFirst().starts(with: [0x2A, 0x4D, 0x18])
    }

    func start() throws(ArchiveError) {
        let code = ZSTD_DCtx_reset(context, ZSTD_reset_session_only)
        guard ZSTD_isError(code) == 0 else {
            throw .codecFailed(.zstd, code: Int(ZSTD_getErrorCode(code).rawValue))
        }
    }

    func step(
        _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer, at offset: Int64
    ) throws(ArchiveError) -> CodecStep {
        var source = ZSTD_inBuffer(src: input.baseAddress, size: input.count, pos: 0)
        var destination = ZSTD_outBuffer(dst: output.baseAddress, size: output.count, pos: 0)
        let code = ZSTD_decompressStream(context, &destination, &source)
        guard ZSTD_isError(code) != 0 else {
            return CodecStep(consumed: source.pos, produced: destination.pos, memberEnded: code == 0)
        }
        let place = offset + Int64(source.pos)
        switch ZSTD_getErrorCode(code) {
        case ZSTD_error_frameParameter_windowTooLarge:
            throw .limitExceeded(.zstd, .memory, allowed: memory)
        case ZSTD_error_checksum_wrong: throw .checksumMismatch(.zstd, at: place)
        case ZSTD_error_dictionary_wrong: throw .unsupported(.zstd, feature: "a dictionary", at: place)
        case ZSTD_error_memory_allocation:
            throw .codecFailed(.zstd, code: Int(ZSTD_getErrorCode(code).rawValue))
        default: throw .malformed(.zstd, reason: String(cString: ZSTD_getErrorName(code)), at: place)
        }
    }
}
