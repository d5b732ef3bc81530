// SPDX-License-Identifier: Apache-2.0
internal import Vocabulary

/// The parts of a repository's `APKINDEX.tar.gz`: a gzip member with signatures (or none), and one with the index.
/// Files are found by their names. What could be read in two ways is refused: other members, in another order, a second
/// index, signatures beside the index, bytes after the end.
package struct ApkIndexFile: Sendable, Equatable {
    package static let name = "APKINDEX.tar.gz"
    /// Most bytes of an index once it is decoded, as in apko.
    package static let plainLimit: Int64 = 300 << 20

    package let signatures: [ApkSignature]
    /// What the signatures are about: everything behind their member, still compressed. The whole file where there are
    /// none.
    package let signed: [UInt8]
    /// The text of the index.
    package let index: [UInt8]
    /// What the repository calls itself and this state: `v3.16.3-13-g4d933a1fa3`; often empty.
    package let summary: String

    /// Takes the file apart; `limit` bounds the decoded bytes. Nothing is verified but gzip's checksums. Throws
    /// `ArchiveError`.
    package init(_ file: [UInt8], limit: Int64 = plainLimit) throws {
        (signatures, signed) = try Self.signatures(of: file)
        let members = try GzipMembers(MemorySource(signed))
        guard try members.next(limits: DecodingLimits(outputBytes: limit)) else {
            throw ArchiveError.truncated(.apk, at: 0)
        }
        let files = try ApkControlFile.all(in: members, limit: limit)
        let end = members.end
        guard try !members.next() else { throw ArchiveError.trailingGarbage(.apk, at: end) }
        index = try Self.only("APKINDEX", in: files).bytes
        summary = String(decoding: files.first { $0.name == "DESCRIPTION" }?.bytes ?? [], as: UTF8.self)
    }

    /// The signatures before the index and what they are about, without decoding that. Throws `ArchiveError`.
    package static func signatures(of file: [UInt8]) throws -> ([ApkSignature], signed: [UInt8]) {
        let members = try GzipMembers(MemorySource(file))
        _ = try members.next(limits: DecodingLimits(outputBytes: Int64(signatureLimit)))
        let tar = TarReader(members, limits: TarLimits(requiresEndMarker: false))
        guard let first = try tar.next(), first.path.hasPrefix(SignatureName.prefix) else {
            return ([], file)
        }
        let again = try GzipMembers(MemorySource(file))
        _ = try again.next(limits: DecodingLimits(outputBytes: Int64(signatureLimit)))
        let files = try ApkControlFile.all(in: again, limit: Int64(signatureLimit))
        return (try SignatureName.signatures(files, at: 0), Array(file[Int(again.end)...]))
    }

    /// Decoded bytes of the signatures' member; what is larger is no such member, and is not decoded to find that out.
    private static let signatureLimit = 1 << 20

    private static func only(
        _ name: String, in files: [ApkControlFile]
    ) throws(ArchiveError) -> ApkControlFile {
        guard !files.contains(where: { $0.name.hasPrefix(SignatureName.prefix) }) else {
            throw .malformed(
                .apk, reason: "a signature stands beside the index, which no signature can cover", at: 0)
        }
        let found = files.filter { $0.name == name }
        guard found.count == 1 else {
            throw .malformed(.apk, reason: "it holds \(found.count) files \(name) instead of one", at: 0)
        }
        return found[0]
    }
}
