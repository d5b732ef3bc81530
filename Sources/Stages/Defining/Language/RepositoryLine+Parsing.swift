// SPDX-License-Identifier: Apache-2.0

internal import Vocabulary

/// Why a text is no repository.
struct RepositoryLineError: Error, Equatable { let reason: String }

extension RepositoryLine {
    /// A line of `contents.repositories`, of the family that its first word tells.
    init(parsing text: String) throws(RepositoryLineError) {
        var rest = text.trimmingBlanks
        switch Self.word(&rest) {
        case "deb", "deb-src": try self.init(debian: text)
        default: try self.init(alpine: text)
        }
    }

    static func word(_ rest: inout Substring) -> String {
        rest = rest.drop { $0 == " " || $0 == "\t" }
        let word = rest.prefix { $0 != " " && $0 != "\t" }
        rest = rest[word.endIndex...]
        return String(word)
    }

    /// A URL without a slash at its end.
    static func url(_ text: String, of schemes: [String]) throws(RepositoryLineError) -> String {
        guard let scheme = schemes.first(where: { text.hasPrefix($0) }) else {
            throw RepositoryLineError(
                reason: "'\(text)' is no URL that begins with \(schemes.joined(separator: ", "))")
        }
        let rest = text.dropFirst(scheme.count)
        let authority = rest.prefix { $0 != "/" }
        guard scheme == "file:///" || !authority.isEmpty else {
            throw RepositoryLineError(reason: "the URL names no host")
        }
        guard !authority.contains("@") || scheme == "file:///" else {
            throw RepositoryLineError(
                reason: "a URL with a password would stand in locks and provenance; remove it")
        }
        guard
            text.utf8.allSatisfy({
                $0 > 0x20 && $0 < 0x7F && $0 != 0x23 && $0 != 0x3F && $0 != 0x5C && $0 != 0x22
            })
        else {
            throw RepositoryLineError(reason: "the URL holds a character that no repository's URL has")
        }
        return text.trimmingSlashes
    }
}

extension StringProtocol {
    var trimmingBlanks: Substring {
        var rest = Substring(self)
        while let last = rest.last, last == " " || last == "\t" { rest.removeLast() }
        return rest.drop { $0 == " " || $0 == "\t" }
    }

    /// Without slashes at its end; the root stays.
    var trimmingSlashes: String {
        var rest = Substring(self)
        while rest.count > 1, rest.hasSuffix("/") { rest.removeLast() }
        return String(rest)
    }
}
