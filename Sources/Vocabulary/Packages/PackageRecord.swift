// SPDX-License-Identifier: Apache-2.0

/// One stanza of an index, read where it lies: strings are made only for what is asked.
package struct PackageRecord: Sendable {
    /// The texts that a record keeps, by their slot.
    package enum Text: Int, CaseIterable, Sendable {
        case name, version, architecture, sourceName, sourceVersion, depends, preDepends, provides, conflicts,
            breaks
        case replaces, maintainer, homepage, filename
        /// What an index of the Alpine family says beside these: `i:`, `C:` (verbatim, `Q1…`), `L:`.
        case installIf, checksum, license

        var offset: Int { rawValue * 8 }
    }

    /// Debian's Multi-Arch field (dpkg's multiarch specification).
    package enum MultiArch: UInt8, Sendable { case no, same, foreign, allowed }

    /// Debian Policy 2.5; less is more important. `none` where the stanza has none or an unknown one.
    package enum Priority: UInt8, Sendable, Comparable {
        case required, important, standard, optional, extra, none

        package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
    }

    enum Offset {
        static let size = Text.allCases.count * 8
        static let installedSize = size + 8
        static let digest = installedSize + 8
        static let providerPriority = digest + 32
        static let multiArch = providerPriority + 4
        static let priority = multiArch + 1
        static let essential = priority + 1
        static let unknownField = essential + 1
    }

    package let index: PackageIndex
    /// From 0; records of one name are neighbours.
    package let position: Int

    private var start: Int { index.layout.recordsStart + position * PackageIndexLayout.recordSize }

    /// The bytes of one text as the stanza has them, folded lines included; empty where the field is absent.
    package func withBytes<Result>(of text: Text, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        index.withString(at: start + text.offset, body)
    }

    package subscript(text: Text) -> String { withBytes(of: text) { String(decoding: $0, as: UTF8.self) } }

    package var name: PackageName { PackageName(checked: self[.name]) }
    package var version: String { self[.version] }
    /// The package's own architecture field, `all` where it fits any.
    package var architecture: String { self[.architecture] }
    package var sourceName: PackageName { PackageName(checked: self[.sourceName]) }
    package var sourceVersion: String { self[.sourceVersion] }
    /// Relative to the repository that listed it.
    package var filename: String { self[.filename] }
    package var maintainer: String? { optional(.maintainer) }
    package var homepage: String? { optional(.homepage) }

    /// Of the package file, in bytes.
    package var size: Int64 {
        index.bytes.withUnsafeBytes { Int64(truncatingIfNeeded: $0.longNumber(at: start + Offset.size)) }
    }

    /// In bytes, as the package claims.
    package var installedSize: Int64? {
        let value = index.bytes.withUnsafeBytes { $0.longNumber(at: start + Offset.installedSize) }
        return value <= UInt64(Int64.max) ? Int64(value) : nil
    }

    /// SHA-256 of the package file; nil where the index names the file by its `checksum` alone.
    package var digest: Digest? {
        index.bytes.withUnsafeBytes { buffer in
            let bytes = buffer[(start + Offset.digest)..<(start + Offset.digest + 32)]
            return bytes.allSatisfy { $0 == 0 } ? nil : Digest(bytes: Array(bytes))
        }
    }

    /// The index's own name for the package file where it knows no SHA-256: `Q1` and the SHA-1 of the control member
    /// in base64 (Alpine's `C:`).
    package var checksum: String? { optional(.checksum) }
    /// An SPDX expression, as the package claims.
    package var license: String? { optional(.license) }

    /// Alpine's `k:`; 0 is none, the highest wins.
    package var providerPriority: UInt32 {
        index.bytes.withUnsafeBytes { $0.number(at: start + Offset.providerPriority) }
    }

    package var multiArch: MultiArch { MultiArch(rawValue: index.bytes[start + Offset.multiArch]) ?? .no }
    package var priority: Priority { Priority(rawValue: index.bytes[start + Offset.priority]) ?? .none }
    package var isEssential: Bool { index.bytes[start + Offset.essential] == 1 }

    /// The letter of a field that must be understood and is not: a package with such a field cannot be used
    /// (Alpine's rule for capital letters).
    package var unknownField: Character? {
        let letter = index.bytes[start + Offset.unknownField]
        return letter == 0 ? nil : Character(Unicode.Scalar(letter))
    }

    private func optional(_ text: Text) -> String? {
        let value = self[text]
        return value.isEmpty ? nil : value
    }
}
