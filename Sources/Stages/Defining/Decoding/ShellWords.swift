// SPDX-License-Identifier: Apache-2.0

/// Splits a command line into arguments as apko does: blanks separate, both kinds of quotes hold together, a
/// backslash takes the next character as it is (but not inside single quotes), `#` at the start of a word begins
/// a comment. Nothing is expanded.
enum ShellWords {
    enum SplitError: Error, Equatable {
        case unterminatedQuote(Unicode.Scalar)
        case trailingBackslash

        var reason: String {
            switch self {
            case .unterminatedQuote(let quote): "the quote \(quote) is not closed"
            case .trailingBackslash: "nothing follows the last backslash"
            }
        }
    }

    static func split(_ line: String) throws(SplitError) -> [String] {
        var words: [String] = []
        var word: String?
        var quote: Unicode.Scalar?
        // Scalars: a quote stays one with a combining mark behind it.
        var characters = line.unicodeScalars.makeIterator()
        while let character = characters.next() {
            if let open = quote {
                if character == open {
                    quote = nil
                } else if character == "\\", open == "\"" {
                    guard let next = characters.next() else { throw .unterminatedQuote(open) }
                    word = (word ?? "") + String(next)
                } else {
                    word = (word ?? "") + String(character)
                }
                continue
            }
            switch character {
            case " ", "\t", "\n", "\r":
                if let finished = word { words.append(finished) }
                word = nil
            case "'", "\"":
                quote = character
                word = word ?? ""
            case "\\":
                guard let next = characters.next() else { throw .trailingBackslash }
                word = (word ?? "") + String(next)
            case "#" where word == nil:
                while let skipped = characters.next(), skipped != "\n", skipped != "\r" {}
            default:
                word = (word ?? "") + String(character)
            }
        }
        if let quote { throw .unterminatedQuote(quote) }
        if let finished = word { words.append(finished) }
        return words
    }

    /// A line that is split into these words again.
    static func join(_ words: [String]) -> String { words.map(quote).joined(separator: " ") }

    private static func quote(_ word: String) -> String {
        let isBare =
            !word.isEmpty
            && word.utf8.allSatisfy { byte in
                switch byte {
                case 0x25, 0x2B...0x3A, 0x3D, 0x40...0x5A, 0x5F, 0x61...0x7A: true
                default: false
                }
            }
        // Nothing means anything between single quotes, but they cannot hold one.
        return isBare
            ? word
            : "'"
                + word.split(separator: "'", omittingEmptySubsequences: false).joined(
                    separator: "'\\''") + "'"
    }
}
