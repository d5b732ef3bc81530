// SPDX-License-Identifier: Apache-2.0

/// Splits a command line into arguments as apko does: blanks separate, both kinds of quotes hold together, a
/// backslash takes the next character as it is (but not inside single quotes), `#` at the start of a word begins
/// a comment. Nothing is expanded.
enum ShellWords {
    enum SplitError: Error, Equatable {
        case unterminatedQuote(Character)
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
        var quote: Character?
        var characters = line.makeIterator()
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
            case " ", "\t", "\n", "\r", "\r\n":
                if let finished = word { words.append(finished) }
                word = nil
            case "'", "\"":
                quote = character
                word = word ?? ""
            case "\\":
                guard let next = characters.next() else { throw .trailingBackslash }
                word = (word ?? "") + String(next)
            case "#" where word == nil:
                while let skipped = characters.next(), !skipped.isNewline {}
            default:
                word = (word ?? "") + String(character)
            }
        }
        if let quote { throw .unterminatedQuote(quote) }
        if let finished = word { words.append(finished) }
        return words
    }
}
