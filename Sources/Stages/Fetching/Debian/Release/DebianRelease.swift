// SPDX-License-Identifier: Apache-2.0

internal import Vocabulary

/// The meaning of a Release file (Debian repository format, "Release files"). Made from the text that gpgv wrote,
/// never from the file that was downloaded.
struct DebianRelease: Sendable, Equatable {
    struct File: Sendable, Equatable {
        let digest: Digest
        let size: Int64
    }

    /// One form of one index.
    struct Index: Sendable, Equatable {
        /// As the release names it: `main/binary-amd64/Packages.xz`.
        let path: String
        let file: File
        /// Of the decompressed index, where the release names it.
        let plain: File?
    }

    enum Flaw: Error, Equatable {
        case notOneStanza(Int)
        case malformed(String)
        case missing(String)
        case badDate(field: String, value: String)
        case badHashLine(String)

        var reason: String {
            switch self {
            case .notOneStanza(let count): "it holds \(count) stanzas instead of one"
            case .malformed(let text): text
            case .missing(let field): "it has no field \(field)"
            case .badDate(let field, let value): "its \(field) '\(value)' is no date"
            case .badHashLine(let line): "its SHA256 list has the line '\(line)'"
            }
        }
    }

    let origin: String?
    let label: String?
    let suite: String?
    let codename: String?
    let date: Timestamp
    let validUntil: Timestamp?
    let hasByHash: Bool
    let components: [String]
    let architectures: [String]
    private let files: [String: File]

    init(parsing text: [UInt8]) throws(Flaw) {
        let stanzas: [ControlStanza]
        do throws(ControlFileError) {
            stanzas = try ControlFile.parse(text, what: "its text")
        } catch {
            throw .malformed(error.description)
        }
        guard stanzas.count == 1, let stanza = stanzas.first else { throw .notOneStanza(stanzas.count) }
        guard let list = stanza["SHA256"] else { throw .missing("SHA256") }
        guard let date = stanza["Date"] else { throw .missing("Date") }
        self.date = try Self.date(date, "Date")
        validUntil = try stanza["Valid-Until"].map { value throws(Flaw) in try Self.date(value, "Valid-Until")
        }
        origin = stanza["Origin"]
        label = stanza["Label"]
        suite = stanza["Suite"]
        codename = stanza["Codename"]
        hasByHash = stanza["Acquire-By-Hash"]?.lowercased() == "yes"
        components = Self.words(stanza["Components"])
        architectures = Self.words(stanza["Architectures"])
        files = try Self.files(list)
    }

    /// The smallest form of an index that is listed; nil where none is.
    func index(of component: String, for architecture: String) -> Index? {
        index(named: "\(component)/binary-\(architecture)/Packages")
    }

    /// The smallest form of the source packages' index; nil where none is listed.
    func sources(of component: String) -> Index? { index(named: "\(component)/source/Sources") }

    private func index(named base: String) -> Index? {
        for suffix in [".xz", ".gz", ""] {
            if let file = files[base + suffix] {
                return Index(path: base + suffix, file: file, plain: files[base])
            }
        }
        return nil
    }

    /// The index of that path and digest, where the release names it.
    func index(at path: String, digest: Digest) -> Index? {
        guard let file = files[path], file.digest == digest else { return nil }
        let base =
            [".xz", ".gz"].first { path.hasSuffix($0) }.map { String(path.dropLast($0.count)) } ?? path
        return Index(path: path, file: file, plain: files[base])
    }

    private static func date(_ text: String, _ field: String) throws(Flaw) -> Timestamp {
        guard let date = ReleaseDate.parse(text) else { throw .badDate(field: field, value: text) }
        return date
    }

    private static func words(_ text: String?) -> [String] {
        (text ?? "").split(whereSeparator: \.isWhitespace).map(String.init)
    }

    /// Lines of `HASH SIZE PATH`; a path that is listed twice must be listed alike.
    private static func files(_ list: String) throws(Flaw) -> [String: File] {
        var files: [String: File] = [:]
        for line in list.split(separator: "\n") {
            let words = line.split { $0 == " " || $0 == "\t" }
            if words.isEmpty { continue }
            guard words.count == 3, let size = Int64(words[1]), size >= 0,
                let digest = try? Digest(hex: words[0])
            else {
                throw .badHashLine(String(line.prefix(120)))
            }
            let file = File(digest: digest, size: size)
            let path = String(words[2])
            guard files[path] == nil || files[path] == file else {
                throw .badHashLine(String(line.prefix(120)))
            }
            files[path] = file
        }
        return files
    }
}
