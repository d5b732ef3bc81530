// SPDX-License-Identifier: Apache-2.0

internal import Archives
internal import Vocabulary

/// The gzip member that stands first in a signed package or index: a tar of signature files without an end, so that all
/// members decoded one after the other are one tar.
enum SignatureMember {
    /// One signature: whose, how, and its bytes.
    struct Signature {
        var algorithm: String
        var key: String
        var bytes: [UInt8]
    }

    /// - Parameter time: of the tar's entries, in seconds since 1970.
    static func encode(_ signatures: [Signature], time: Int64) throws -> [UInt8] {
        var tar = TarWriter(MemorySink())
        for signature in signatures {
            try tar.append(
                TarEntry(
                    path: ".SIGN.\(signature.algorithm).\(signature.key)", kind: .file, mode: 0o644,
                    size: Int64(signature.bytes.count), mtime: time),
                content: signature.bytes)
        }
        return try GzipMemberWriter.member(of: tar.sink.bytes)
    }

    /// The member with `key`'s signature of `bytes` alone.
    static func encode(
        signing bytes: [UInt8], with key: PackageSigningKey, _ scheme: PackageSigningKey.Scheme, time: Int64
    ) throws -> [UInt8] {
        try encode([try signature(of: bytes, by: key, scheme)], time: time)
    }

    static func signature(
        of bytes: [UInt8], by key: PackageSigningKey, _ scheme: PackageSigningKey.Scheme
    ) throws(BuildingError) -> Signature {
        Signature(algorithm: scheme.rawValue, key: key.name, bytes: try key.sign(bytes, scheme))
    }
}
