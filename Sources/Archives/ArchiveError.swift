// SPDX-License-Identifier: Apache-2.0

/// What is wrong with an archive, or with what was asked of a writer. Offsets count the bytes that went into the
/// reader of that format, so a decoder's offset is one in the compressed stream.
package enum ArchiveError: Error, Equatable, Sendable {
    package enum Format: String, Sendable { case plain, gzip, xz, zstd, bzip2, ar, tar, apk, zip }

    /// What is bounded, so that untrusted input cannot take more than its reader allowed.
    package enum Limit: String, Sendable {
        case outputBytes = "decoded bytes"
        case ratio = "times the compressed size"
        case memory = "bytes of decoder memory"
        case entries = "entries"
        case nameBytes = "bytes in a name"
        case extendedHeaderBytes = "bytes of extended headers"
        case totalBytes = "bytes in all entries together"
    }

    /// The bytes end before the format does.
    case truncated(Format, at: Int64)
    /// The bytes break the format's rules.
    case malformed(Format, reason: String, at: Int64)
    /// Valid, but nothing that Slipway takes: sparse files, other volumes, unknown entry types.
    case unsupported(Format, feature: String, at: Int64)
    /// A CRC or header checksum differs.
    case checksumMismatch(Format, at: Int64)
    /// Something stands after the end.
    case trailingGarbage(Format, at: Int64)
    /// Input that would take more than was allowed: a bomb, or a limit that is too low.
    case limitExceeded(Format, Limit, allowed: Int64)
    /// The codec itself gave up: no memory, a broken library.
    case codecFailed(Format, code: Int)
    /// A writer was given an entry that a tar file cannot hold, or that nobody asked for.
    case unwritable(path: String, reason: String)
    /// A writer was given another number of bytes than the entry announced.
    case wrongEntrySize(path: String, announced: Int64, written: Int64)
}

extension ArchiveError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .truncated(let format, let offset):
            "the \(format.rawValue) data end too early, after \(offset) bytes; fetch the file again"
        case .malformed(let format, let reason, let offset):
            "the \(format.rawValue) data are damaged at byte \(offset): \(reason); fetch the file again, "
                + "and tell its maker if that changes nothing"
        case .unsupported(let format, let feature, let offset):
            "the \(format.rawValue) data use \(feature) at byte \(offset), which Slipway does not read; repack the file"
        case .checksumMismatch(let format, let offset):
            "a checksum of the \(format.rawValue) data is wrong at byte \(offset); fetch the file again"
        case .trailingGarbage(let format, let offset):
            "something stands after the end of the \(format.rawValue) data, at byte \(offset); fetch the file again"
        case .limitExceeded(let format, let limit, let allowed):
            "the \(format.rawValue) data hold more than \(allowed) \(limit.rawValue); "
                + "nothing more was read, as that is how a bomb looks"
        case .codecFailed(let format, let code):
            "the \(format.rawValue) codec failed with code \(code); is there memory left?"
        case .unwritable(let path, let reason): "'\(path)' cannot be written into a tar file: \(reason)"
        case .wrongEntrySize(let path, let announced, let written):
            "'\(path)' was announced with \(announced) bytes but has \(written); did the file change meanwhile?"
        }
    }
}
