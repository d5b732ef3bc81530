// SPDX-License-Identifier: Apache-2.0

/// Parses the text of an Alpine repository's `APKINDEX` (apk-package(5), the letters of the v2 index) into the compact
/// form. Records are read where they lie; texts are copied once, nothing becomes a `String`.
///
/// In the compact form a record's source is its origin at its own version, and its file `NAME-VERSION.apk`, which lies
/// in the architecture's folder beside the index.
package enum AlpineIndexParser {
    package struct Limits: Sendable {
        package var bytes = 1 << 29
        package var records = 1_000_000
        /// Of one line.
        package var fieldBytes = 1 << 20
        package var provides = 8_000_000
        package init() {}
    }

    /// Throws for a text that is no index, naming the record: a signed index is right or it is refused whole. A field
    /// with an unknown small letter is passed over; one with an unknown capital letter makes its package unusable, as
    /// the format wants it, and the record keeps the letter (`PackageRecord.unknownField`). A provide that is neither
    /// bare nor `name=version` promises nothing and is left out.
    package static func parse(
        _ text: [UInt8], limits: Limits = Limits()
    ) throws(AlpineIndexError) -> PackageIndex {
        guard text.count <= limits.bytes else { throw .tooLarge(what: "the index", limit: limits.bytes) }
        return try text.withUnsafeBytes { buffer in
            Result<PackageIndex, AlpineIndexError> { () throws(AlpineIndexError) in
                var parser = AlpineRecordParser(buffer, limits: limits)
                try parser.run()
                return parser.builder.finish()
            }
        }.get()
    }
}

/// Why a text is no `APKINDEX`.
package enum AlpineIndexError: Error, Equatable, CustomStringConvertible {
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
            return "the record of '\(package)' at line \(line) of the package index has no \(field); \(next)"
        case .duplicateField(let package, let line, let field):
            return
                "the record of '\(package)' at line \(line) of the package index has \(field) twice; \(next)"
        case .badValue(let package, let line, let field, let value):
            return
                "the record of '\(package)' at line \(line) of the package index has an impossible \(field) "
                + "'\(value)'; \(next)"
        }
    }
}
