// SPDX-License-Identifier: Apache-2.0

package import Vocabulary

/// Everything that is wrong with one file, in the order of the text; never empty.
package struct DefinitionError: Error, Equatable, CustomStringConvertible {
    package let problems: [DefinitionProblem]

    init(_ problems: [DefinitionProblem]) {
        precondition(!problems.isEmpty, "an error has a problem")
        self.problems = problems.sorted { left, right in
            (left.location.line, left.location.column) < (right.location.line, right.location.column)
        }
    }

    package var description: String { problems.map(\.description).joined(separator: "\n") }
}

/// One thing that is wrong, and where.
package struct DefinitionProblem: Sendable, Equatable, CustomStringConvertible {
    package enum Kind: Sendable, Equatable {
        /// The bytes are no YAML, or no YAML that Slipway reads.
        case syntax(String)
        case tooLarge(what: String, limit: Int)
        case unknownKey(String, in: String, nearest: String?)
        case duplicateKey(String)
        /// A key that was once read, by apko at least.
        case removedKey(String, instead: String)
        /// A key or a value that the packages' family has no use for.
        case foreign(key: String, family: String, instead: String)
        /// A key that contradicts `contents.baseimage`.
        case notOnBase(key: String)
        case missingKey(String, in: String)
        case wrongType(key: String, expected: String, found: String)
        case badValue(key: String, value: String, reason: String)
    }

    package let location: SourceLocation
    package let kind: Kind

    package init(_ kind: Kind, at location: SourceLocation) {
        self.kind = kind
        self.location = location
    }

    package var description: String { "\(location): \(sentence)" }

    private var sentence: String {
        switch kind {
        case .syntax(let text): text
        case .tooLarge(let what, let limit): "\(what): more than \(limit), which is the most that is read"
        case .unknownKey(let key, let context, let nearest):
            "unknown key '\(key)' in \(context)" + (nearest.map { "; did you mean '\($0)'?" } ?? "")
        case .duplicateKey(let key): "the key '\(key)' stands twice in one mapping; keep one of them"
        case .removedKey(let key, let instead): "the key '\(key)' is not read: \(instead)"
        case .foreign(let key, let family, let instead):
            "'\(key)' means nothing for \(family) packages: \(instead)"
        case .notOnBase(let key):
            "'\(key)' cannot stand beside 'contents.baseimage': the image below says it; remove one of the two"
        case .missingKey(let key, let context): "\(context) needs the key '\(key)'"
        case .wrongType(let key, let expected, let found):
            "'\(key)' must be \(expected), but here is \(found)"
        case .badValue(let key, let value, let reason): "'\(value)' is no value for '\(key)': \(reason)"
        }
    }
}
