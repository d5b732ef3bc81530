// SPDX-License-Identifier: Apache-2.0

/// Where in a text file something stands; line and column count from 1.
package struct SourceLocation: Hashable, Sendable, Codable, CustomStringConvertible {
    package let file: String
    package let line: Int
    package let column: Int

    package init(file: String, line: Int, column: Int) {
        self.file = file
        self.line = line
        self.column = column
    }

    package var description: String { "\(file):\(line):\(column)" }
}

/// A value with the place where it was written.
package struct Located<Value> {
    package let value: Value
    package let location: SourceLocation

    package init(_ value: Value, at location: SourceLocation) {
        self.value = value
        self.location = location
    }
}

extension Located: Sendable where Value: Sendable {}
extension Located: Equatable where Value: Equatable {}
extension Located: Hashable where Value: Hashable {}

/// Something that the user must hear about although the stage went on: dropped, guessed, skipped, not understood.
/// Provenance records every one.
package struct Diagnostic: Hashable, Sendable, Codable {
    package enum Severity: String, Sendable, Codable { case note, warning }

    /// What kind of thing it is, kebab-case and stable ("package-dropped", "library-missing").
    package struct Code: RawRepresentable, Hashable, Sendable, Codable {
        package let rawValue: String
        package init(rawValue: String) { self.rawValue = rawValue }
    }

    package let severity: Severity
    package let code: Code
    /// One sentence for people, without a trailing period.
    package let message: String
    package let location: SourceLocation?

    package init(_ severity: Severity, _ code: Code, _ message: String, at location: SourceLocation? = nil) {
        self.severity = severity
        self.code = code
        self.message = message
        self.location = location
    }
}

extension Diagnostic: CustomStringConvertible {
    package var description: String {
        "\(location.map { "\($0): " } ?? "")\(severity.rawValue): \(message) [\(code.rawValue)]"
    }
}
