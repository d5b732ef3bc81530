// SPDX-License-Identifier: Apache-2.0

/// Parses a `Packages` index (deb822, Debian Policy 5; repository format, "Packages" indices) into the compact form.
/// Stanzas are read where they lie; texts are copied once, nothing becomes a `String`.
package enum DebianIndexParser {
    package struct Limits: Sendable {
        package var bytes = 1 << 30
        package var stanzas = 1_000_000
        /// Of one field, folded lines included.
        package var fieldBytes = 1 << 20
        package var provides = 4_000_000
        package init() {}
    }

    /// Throws for a text that is no index, naming the stanza: a signed index is right or it is refused whole.
    /// A provide that is neither bare nor `(= version)` promises nothing (Policy 7.5) and is left out.
    package static func parse(
        _ text: [UInt8], limits: Limits = Limits()
    ) throws(DebianIndexError) -> PackageIndex {
        guard text.count <= limits.bytes else { throw .tooLarge(what: "the index", limit: limits.bytes) }
        return try text.withUnsafeBytes { buffer in
            Result<PackageIndex, DebianIndexError> { () throws(DebianIndexError) in
                var parser = DebianStanzaParser(buffer, limits: limits)
                try parser.run()
                return parser.builder.finish()
            }
        }.get()
    }
}

/// Why a text is no `Packages` index.
package enum DebianIndexError: Error, Equatable, CustomStringConvertible {
    case tooLarge(what: String, limit: Int)
    case malformedLine(line: Int, text: String)
    case missingField(package: String, line: Int, field: String)
    case duplicateField(package: String, line: Int, field: String)
    case badValue(package: String, line: Int, field: String, value: String)

    package var description: String {
        let next =
            "the repository must be repaired, or the line that names it removed from contents.repositories"
        switch self {
        case .tooLarge(let what, let limit): return "\(what) is larger than \(limit), the most that is read"
        case .malformedLine(let line, let text):
            return "line \(line) of the package index is no field: '\(text)'; \(next)"
        case .missingField(let package, let line, let field):
            return "the stanza of '\(package)' at line \(line) of the package index has no \(field); \(next)"
        case .duplicateField(let package, let line, let field):
            return
                "the stanza of '\(package)' at line \(line) of the package index has \(field) twice; \(next)"
        case .badValue(let package, let line, let field, let value):
            return
                "the stanza of '\(package)' at line \(line) of the package index has an impossible \(field): "
                + "'\(value)'; \(next)"
        }
    }
}
