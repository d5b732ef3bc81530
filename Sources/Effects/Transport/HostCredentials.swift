// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import Vocabulary

/// Users and passwords by host, from `HTTP_AUTH` (apko's form) and netrc. They never appear in messages, and go to their
/// host alone.
struct HostCredentials: Sendable {
    struct Credential: Sendable, Equatable {
        let user: String
        let password: String
    }

    private static let limit = 1 << 20

    private var hosts: [String: Credential] = [:]
    /// A netrc that others may read; nil where there is none.
    private(set) var exposedFile: String?

    init() {}

    /// Reads `HTTP_AUTH=basic:HOST:USER:PASSWORD` and the file that NETRC names, or `~/.netrc` where it is there; the
    /// first wins. Throws `configuration` for what is neither.
    init(environment: [String: String]) throws(TransportError) {
        if let path = environment["NETRC"], !path.isEmpty {
            guard let text = try Self.read(path) else {
                throw .configuration(variable: "NETRC", reason: "there is no file \(path)")
            }
            try adopt(text, path)
        } else if let home = environment["HOME"], !home.isEmpty, let text = try Self.read("\(home)/.netrc") {
            try adopt(text, "\(home)/.netrc")
        }
        if let text = environment["HTTP_AUTH"], !text.isEmpty {
            // A password may hold colons; nothing of the text is repeated in messages.
            let parts = text.split(separator: ":", maxSplits: 3, omittingEmptySubsequences: false).map(
                String.init)
            guard parts.count == 4, parts[0] == "basic", !parts[1].isEmpty, parts[1] != "*", !parts[2].isEmpty
            else {
                throw .configuration(
                    variable: "HTTP_AUTH",
                    reason: "it is not basic:HOST:USER:PASSWORD with the name of one host")
            }
            hosts[parts[1].lowercased()] = Credential(user: parts[2], password: parts[3])
        }
    }

    /// What proves who we are to that address; nil for most. Deliberate: never without TLS, except to this machine.
    func credential(for address: HTTPAddress) -> Credential? {
        guard address.scheme == "https" || address.isLoopback else { return nil }
        return hosts[address.host]
    }

    private mutating func adopt(_ file: (text: String, isExposed: Bool), _ path: String)
        throws(TransportError)
    {
        do throws(Netrc.Flaw) {
            for entry in try Netrc.entries(file.text) where hosts[entry.host] == nil {
                hosts[entry.host] = Credential(user: entry.user, password: entry.password)
            }
        } catch {
            throw .configuration(variable: "NETRC", reason: "\(path), line \(error.line): \(error.reason)")
        }
        if file.isExposed { exposedFile = path }
    }

    /// Nil where there is no such file.
    private static func read(_ path: String) throws(TransportError) -> (text: String, isExposed: Bool)? {
        func failure() -> TransportError {
            .configuration(variable: "NETRC", reason: "\(path): \(String(cString: strerror(errno)))")
        }
        guard let file = fopen(path, "re") else {
            guard errno == ENOENT || errno == ENOTDIR else { throw failure() }
            return nil
        }
        defer { fclose(file) }
        var status = stat()
        guard fstat(fileno(file), &status) == 0 else { throw failure() }
        var bytes = [UInt8](repeating: 0, count: limit + 1)
        let count = fread(&bytes, 1, bytes.count, file)
        guard ferror(file) == 0 else { throw failure() }
        guard count <= limit else {
            throw .configuration(variable: "NETRC", reason: "\(path) is larger than \(limit) bytes")
        }
        return (String(decoding: bytes[..<count], as: UTF8.self), status.st_mode & 0o077 != 0)
    }
}

/// The entries of a netrc file (as in GNU inetutils and curl): words, each `machine` with its login and password. The
/// entry `default` is passed over: what is meant for every host is meant for none in particular.
enum Netrc {
    struct Entry: Equatable {
        var host: String
        var user = ""
        var password = ""
    }

    struct Flaw: Error, Equatable {
        let line: Int
        let reason: String
    }

    static func entries(_ text: String) throws(Flaw) -> [Entry] {
        var words = words(text)[...]
        var entries: [Entry] = []
        var isSkipping = true
        while let (word, line) = words.popFirst() {
            switch word {
            case "default": isSkipping = true
            case "machine", "login", "password", "account":
                guard let value = words.popFirst()?.word else {
                    throw Flaw(line: line, reason: "'\(word)' has no value")
                }
                if word == "machine" {
                    entries.append(Entry(host: value.lowercased()))
                    isSkipping = false
                } else if !isSkipping, !entries.isEmpty {
                    if word == "login" { entries[entries.count - 1].user = value }
                    if word == "password" { entries[entries.count - 1].password = value }
                }
            // Other programs' own words, with what follows them on their line.
            default: words = words.drop { $0.line == line }
            }
        }
        return entries.filter { !$0.user.isEmpty }
    }

    /// Words with their lines; a macro definition ends with an empty line, a comment with its own.
    private static func words(_ text: String) -> [(word: String, line: Int)] {
        var words: [(String, Int)] = []
        var isMacro = false
        for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let parts = line.split(whereSeparator: \.isWhitespace)
            if parts.isEmpty { isMacro = false }
            if isMacro { continue }
            for (place, part) in parts.enumerated() {
                if part == "macdef" {
                    isMacro = true
                    break
                }
                // Only where a keyword would stand: passwords may begin so.
                if part.hasPrefix("#"), place == 0 { break }
                words.append((unquoted(part), number + 1))
            }
        }
        return words
    }

    /// `"a \"word\""` as curl reads it; blanks inside are not supported, as nobody's tools agree about them.
    private static func unquoted(_ word: Substring) -> String {
        guard word.count >= 2, word.hasPrefix("\""), word.hasSuffix("\"") else { return String(word) }
        var text = ""
        var isEscaped = false
        for character in word.dropFirst().dropLast() {
            if character == "\\", !isEscaped {
                isEscaped = true
            } else {
                text.append(character)
                isEscaped = false
            }
        }
        return text
    }
}
