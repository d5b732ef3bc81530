// SPDX-License-Identifier: Apache-2.0

internal import Vocabulary

/// The files of a Python project, as an index lists them.
struct PythonProject: Sendable, Equatable {
    /// A project's name; spellings that mean the same are equal (PEP 503, "Normalized Names").
    struct Name: Sendable, Hashable, CustomStringConvertible {
        let normalized: String
        var description: String { normalized }

        /// Nil for what no project can be called (PEP 508, "Names").
        init?(_ text: some StringProtocol) {
            func isWord(_ byte: UInt8) -> Bool {
                (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte)
            }
            var result: [UInt8] = []
            guard text.utf8.count <= 200 else { return nil }
            let bytes = text.utf8.map(PythonProject.lowercased)
            guard let first = bytes.first, let last = bytes.last, isWord(first), isWord(last) else {
                return nil
            }
            for byte in bytes {
                if isWord(byte) {
                    result.append(byte)
                } else if PythonProject.isSeparator(byte) {
                    if result.last != 0x2D { result.append(0x2D) }
                } else {
                    return nil
                }
            }
            normalized = String(decoding: result, as: UTF8.self)
        }
    }

    /// A source distribution.
    struct File: Sendable, Equatable {
        let name: String
        let version: PythonVersion
        /// As the page writes it: a URL, perhaps relative to the page.
        var link: String
        var digest: Digest?
        var size: Int64?
        /// When it was uploaded (PEP 700).
        var uploaded: Timestamp?
        /// Why it should not be used (PEP 592), perhaps in no words; nil for most.
        var withdrawal: String?
    }

    static let fileLimit = 50_000

    /// Source distributions alone, in the page's order.
    var files: [File] = []

    /// The names of source distributions end so, the better for building the earlier (PEP 625; older ones are zip or bzip2).
    private static let endings = [".tar.gz", ".tgz", ".tar.xz", ".tar.bz2", ".zip"]

    /// Where a file stands in the order in which formats are taken.
    static func preference(_ file: File) -> Int {
        endings.firstIndex { file.name.hasSuffix($0) } ?? endings.count
    }

    /// The version in `NAME-VERSION.tar.gz`; nil for another project's file, a wheel, or anything else.
    static func version(in file: String, of project: Name) -> PythonVersion? {
        guard let ending = endings.first(where: { file.hasSuffix($0) }) else { return nil }
        // Both parts may hold dashes; the project's name says where it ends.
        var rest = file.utf8.dropLast(ending.utf8.count)
        for byte in project.normalized.utf8 {
            if byte == UInt8(ascii: "-") {
                guard let separator = rest.first, isSeparator(separator) else { return nil }
                rest = rest.drop(while: isSeparator)
            } else {
                guard let next = rest.popFirst(), lowercased(next) == byte else { return nil }
            }
        }
        guard rest.popFirst() == UInt8(ascii: "-") else { return nil }
        return PythonVersion(Substring(rest))
    }

    private static func lowercased(_ byte: UInt8) -> UInt8 {
        (0x41...0x5A).contains(byte) ? byte | 0x20 : byte
    }

    private static func isSeparator(_ byte: UInt8) -> Bool { [0x2D, 0x2E, 0x5F].contains(byte) }

    init() {}

    /// Reads an index's answer, JSON or HTML.
    /// - Throws: `CanonicalJSON.ReadError` for JSON that is none of PEP 691's, and for more files than are read.
    init(_ bytes: [UInt8], of project: Name) throws(CanonicalJSON.ReadError) {
        let start = bytes.first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }
        if start == UInt8(ascii: "{") {
            let answer = try CanonicalJSON.decode(
                Answer.self, from: bytes, what: "the index's answer about \(project)", limit: bytes.count)
            try Self.check(answer.files.count, of: project)
            files = answer.files.compactMap { $0.file(of: project) }
        } else {
            let anchors = Self.anchors(in: String(decoding: bytes, as: UTF8.self))
            try Self.check(anchors.count, of: project)
            files = anchors.compactMap { $0.file(of: project) }
        }
    }

    private static func check(_ count: Int, of project: Name) throws(CanonicalJSON.ReadError) {
        guard count <= fileLimit else {
            throw .malformed(
                what: "the index's answer about \(project)", reason: "it lists more than \(fileLimit) files")
        }
    }

    /// PEP 691 with PEP 700's additions.
    private struct Answer: Decodable {
        struct File: Decodable {
            var filename: String
            var url: String
            var hashes: [String: String]?
            var size: Int64?
            var uploaded: String?
            var yanked: JSONValue?

            enum CodingKeys: String, CodingKey {
                case filename, url, hashes, size, yanked
                case uploaded = "upload-time"
            }

            func file(of project: Name) -> PythonProject.File? {
                guard let version = PythonProject.version(in: filename, of: project) else { return nil }
                let withdrawal: String? =
                    switch yanked {
                    case .string(let reason): reason
                    case .bool(true): ""
                    default: nil
                    }
                return PythonProject.File(
                    name: filename, version: version, link: url,
                    digest: hashes?["sha256"].flatMap { try? Digest(.sha256, hex: $0.lowercased()) },
                    size: size.flatMap { $0 > 0 ? $0 : nil }, uploaded: uploaded.flatMap { Timestamp($0) },
                    withdrawal: withdrawal)
            }
        }
        var files: [File]
    }
}
