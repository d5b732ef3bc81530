// SPDX-License-Identifier: Apache-2.0

internal import Vocabulary

/// The variables of a place in a recipe, and how texts name them: `${{package.version}}`, or an expression over them.
struct SubstitutionScope: Sendable {
    /// Why a text cannot be written out.
    enum Failure: Error, Equatable, CustomStringConvertible {
        case unterminated
        case unknown(String, nearest: String?)
        case expression(String)

        var description: String {
            switch self {
            case .unterminated: "'${{' without '}}' after it"
            case .unknown(let name, let nearest):
                "there is no variable '\(name)' here" + (nearest.map { "; did you mean '\($0)'?" } ?? "")
            case .expression(let reason): reason
            }
        }
    }

    private(set) var values: [String: String] = [:]

    subscript(name: String) -> String? {
        get { values[name] }
        set { values[name] = newValue }
    }

    /// The same with other variables beside, which win.
    func adding(_ others: [String: String]) -> SubstitutionScope {
        var scope = self
        scope.values.merge(others) { $1 }
        return scope
    }

    /// The same without the variables of a kind: those of the pipeline that names another are not the other's.
    func removing(prefix: String) -> SubstitutionScope {
        var scope = self
        scope.values = values.filter { !$0.key.hasPrefix(prefix) }
        return scope
    }

    func value(of name: String) throws(Failure) -> String {
        guard let value = values[name] else {
            throw .unknown(name, nearest: EditDistance.nearest(to: name, among: values.keys.sorted()))
        }
        return value
    }

    /// The text with every variable and expression written out, each once: what a variable holds is not looked at again.
    func substituting(_ text: String) throws(Failure) -> String {
        guard text.contains("${{") else { return text }
        var result = ""
        var rest = text[...]
        while let start = rest.firstRange(of: "${{") {
            result += rest[..<start.lowerBound]
            rest = rest[start.upperBound...]
            guard let end = rest.firstRange(of: "}}") else { throw .unterminated }
            result += try Expression.value(of: rest[..<end.lowerBound], in: self)
            rest = rest[end.upperBound...]
        }
        return result + rest
    }
}
