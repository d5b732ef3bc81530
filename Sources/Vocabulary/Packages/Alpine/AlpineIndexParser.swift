// SPDX-License-Identifier: Apache-2.0

/// Parses the text of an Alpine repository's `APKINDEX` (apk-package(5), the letters of the v2 index) into the compact
/// form. Records are read where they lie; texts are copied once, nothing becomes a `String`.
///
/// In the compact form a record's source is its origin at its own version, and its file `NAME-VERSION.apk`, which lies
/// in the architecture's folder beside the index.
package enum AlpineIndexParser {
    /// Throws for a text that is no index, naming the record: a signed index is right or it is refused whole. A field
    /// with an unknown small letter is passed over; one with an unknown capital letter makes its package unusable, as
    /// the format wants it, and the record keeps the letter (`PackageRecord.unknownField`). A provide that is neither
    /// bare nor `name=version` promises nothing and is left out.
    package static func parse(
        _ text: [UInt8], limits: IndexTextLimits = IndexTextLimits()
    ) throws(IndexTextError) -> PackageIndex {
        guard text.count <= limits.bytes else { throw .tooLarge(what: "the index", limit: limits.bytes) }
        return try text.withUnsafeBytes { buffer in
            Result<PackageIndex, IndexTextError> { () throws(IndexTextError) in
                var parser = AlpineRecordParser(buffer, limits: limits)
                try parser.run()
                return parser.builder.finish()
            }
        }.get()
    }
}
