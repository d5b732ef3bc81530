// SPDX-License-Identifier: Apache-2.0

internal import Vocabulary

/// What stands in `${{…}}` and at `if`: texts in quotes, variables, `==` and `!=`, `&&` and `||` from left to right
/// without precedence, parentheses. `a && b` is `b` where `a` holds, and `a || b` is `b` where `a` does not; a text holds
/// that is neither empty nor `false`.
struct Expression {
    private enum Token: Equatable {
        case text(String)
        /// `==`, `!=`, `&&`, `||`, `(`, `)`
        case sign(String)
    }

    /// Nesting of parentheses.
    private static let depthLimit = 32

    private var tokens: [Token]
    private var position = 0
    private var depth = 0

    /// Of what stands between `${{` and `}}`: names are variables.
    static func value(
        of text: Substring, in scope: SubstitutionScope
    ) throws(SubstitutionScope.Failure) -> String {
        let name = text.trimmingBlanks
        if isName(name) { return try scope.value(of: String(name)) }
        var expression = Expression(tokens: try tokens(of: text, in: scope, namesAreVariables: true))
        return try expression.whole(text)
    }

    /// Of a step's or a subpackage's `if`.
    static func holds(
        _ condition: String, in scope: SubstitutionScope
    ) throws(SubstitutionScope.Failure) -> Bool {
        var expression = Expression(
            tokens: try tokens(of: condition[...], in: scope, namesAreVariables: false))
        return isTrue(try expression.whole(condition[...]))
    }

    private init(tokens: [Token]) { self.tokens = tokens }

    private static func isTrue(_ text: String) -> Bool { !text.isEmpty && text != "false" }

    // MARK: - Reading

    private mutating func whole(_ text: Substring) throws(SubstitutionScope.Failure) -> String {
        let value = try sequence()
        guard position == tokens.count else {
            throw .expression("'\(text.trimmingBlanks)' goes on after it has ended")
        }
        return value
    }

    private mutating func sequence() throws(SubstitutionScope.Failure) -> String {
        var value = try comparison()
        while position < tokens.count, case .sign(let sign) = tokens[position], sign == "&&" || sign == "||" {
            position += 1
            let other = try comparison()
            if Self.isTrue(value) == (sign == "&&") { value = other }
        }
        return value
    }

    private mutating func comparison() throws(SubstitutionScope.Failure) -> String {
        let left = try operand()
        guard position < tokens.count, case .sign(let sign) = tokens[position], sign == "==" || sign == "!="
        else {
            return left
        }
        position += 1
        let right = try operand()
        return (left == right) == (sign == "==") ? "true" : "false"
    }

    private mutating func operand() throws(SubstitutionScope.Failure) -> String {
        guard position < tokens.count else { throw .expression("a value is missing at the end") }
        defer { position += 1 }
        switch tokens[position] {
        case .text(let text): return text
        case .sign("("):
            guard depth < Self.depthLimit else { throw .expression("too many parentheses") }
            depth += 1
            position += 1
            let value = try sequence()
            guard position < tokens.count, tokens[position] == .sign(")") else {
                throw .expression("a parenthesis is not closed")
            }
            depth -= 1
            return value
        case .sign(let sign): throw .expression("a value is missing before '\(sign)'")
        }
    }

    // MARK: - Tokens

    private static func tokens(
        of text: Substring, in scope: SubstitutionScope, namesAreVariables: Bool
    ) throws(SubstitutionScope.Failure) -> [Token] {
        var tokens: [Token] = []
        var rest = text[...]
        while true {
            rest = rest.drop { $0.isWhitespace }
            guard let first = rest.first else { return tokens }
            if let sign = ["==", "!=", "&&", "||", "(", ")"].first(where: { rest.hasPrefix($0) }) {
                tokens.append(.sign(sign))
                rest = rest.dropFirst(sign.count)
            } else if first == "\"" || first == "'" {
                rest = rest.dropFirst()
                guard let end = rest.firstIndex(of: first) else {
                    throw .expression("a text has no \(first) at its end")
                }
                tokens.append(.text(try scope.substituting(String(rest[..<end]))))
                rest = rest[rest.index(after: end)...]
            } else if rest.hasPrefix("${{") {
                guard let end = rest.firstRange(of: "}}") else { throw .unterminated }
                tokens.append(.text(try scope.substituting(String(rest[..<end.upperBound]))))
                rest = rest[end.upperBound...]
            } else {
                let word = rest.prefix { isNameCharacter($0) }
                guard !word.isEmpty else { throw .expression("'\(first)' has no meaning here") }
                guard namesAreVariables else {
                    throw .expression("'\(word)' is neither a text in quotes nor a variable in ${{ }}")
                }
                tokens.append(.text(try scope.value(of: String(word))))
                rest = rest.dropFirst(word.count)
            }
        }
    }

    private static func isName(_ text: Substring) -> Bool {
        !text.isEmpty && text.allSatisfy(isNameCharacter)
    }

    private static func isNameCharacter(_ character: Character) -> Bool {
        character.isASCII && (character.isLetter || character.isNumber || "._-+".contains(character))
    }
}

extension Substring {
    /// Without blanks at both ends.
    var trimmingBlanks: Substring {
        var text = self.drop { $0.isWhitespace }
        while text.last?.isWhitespace == true { text.removeLast() }
        return text
    }
}
