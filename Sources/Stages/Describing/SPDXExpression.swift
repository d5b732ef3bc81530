// SPDX-License-Identifier: Apache-2.0

/// A licence expression that may stand in a document (SPDX 2.3, annex D): ids of letters, digits, `.`, `-` and `+`,
/// joined by AND, OR and WITH, with parentheses. Whether each id is on the licence list is not known here, so a
/// document names the ids as the package claims them.
struct SPDXExpression {
    let text: String

    /// Nil for what has not the form: it would make the document invalid for every reader.
    init?(_ text: String) {
        var depth = 0
        var wantsTerm = true
        var terms = 0
        for token in Self.tokens(text) {
            switch token {
            case "(" where wantsTerm: depth += 1
            case ")" where !wantsTerm && depth > 0: depth -= 1
            case "AND" where !wantsTerm, "OR" where !wantsTerm, "WITH" where !wantsTerm: wantsTerm = true
            case let id where wantsTerm && Self.isID(id):
                wantsTerm = false
                terms += 1
            default: return nil
            }
        }
        guard depth == 0, !wantsTerm, terms > 0, text.utf8.count <= 4096 else { return nil }
        self.text = text
    }

    private static func tokens(_ text: String) -> [Substring] {
        text.split(separator: " ").flatMap { word -> [Substring] in
            let opening = word.prefix { $0 == "(" }
            let closing = word.reversed().prefix { $0 == ")" }.count
            let middle = word.dropFirst(opening.count).dropLast(closing)
            return opening.map { _ in "(" } + (middle.isEmpty ? [] : [middle])
                + Array(repeating: ")", count: closing)
        }
    }

    private static func isID(_ text: Substring) -> Bool {
        text != "AND" && text != "OR" && text != "WITH"
            && text.utf8.allSatisfy {
                switch $0 {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2B, 0x2D, 0x2E: true
                default: false
                }
            }
    }
}
