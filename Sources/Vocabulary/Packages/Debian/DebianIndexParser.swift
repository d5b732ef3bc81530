// SPDX-License-Identifier: Apache-2.0

/// Parses a `Packages` index (deb822, Debian Policy 5; repository format, "Packages" indices) into the compact form.
/// Stanzas are read where they lie; texts are copied once, nothing becomes a `String`.
package enum DebianIndexParser {
    /// Throws for a text that is no index, naming the stanza: a signed index is right or it is refused whole.
    /// A provide that is neither bare nor `(= version)` promises nothing (Policy 7.5) and is left out.
    package static func parse(
        _ text: [UInt8], limits: IndexTextLimits = IndexTextLimits()
    ) throws(IndexTextError) -> PackageIndex {
        guard text.count <= limits.bytes else { throw .tooLarge(what: "the index", limit: limits.bytes) }
        return try text.withUnsafeBytes { buffer in
            Result<PackageIndex, IndexTextError> { () throws(IndexTextError) in
                var parser = DebianStanzaParser(buffer, limits: limits)
                try parser.run()
                return parser.builder.finish()
            }
        }.get()
    }
}
