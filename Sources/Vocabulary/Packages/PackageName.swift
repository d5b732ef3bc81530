// SPDX-License-Identifier: Apache-2.0

/// A binary or source package's name in its family's spelling: no blank, no control character, no slash.
package struct PackageName: Hashable, Sendable, Codable, Comparable, CustomStringConvertible {
    package let text: String
    package var description: String { text }

    /// Nil where the text can be no package's name in any family.
    package init?(_ text: some StringProtocol) {
        guard Self.accepts(text.utf8) else { return nil }
        self.text = String(text)
    }

    /// For names that an index has checked when it was made.
    init(checked text: String) { self.text = text }

    /// Printable ASCII without `/`, `(`, `)`, `,` and `|`, 1 to 256 bytes.
    static func accepts(_ bytes: some Collection<UInt8>) -> Bool {
        guard !bytes.isEmpty, bytes.count <= 256 else { return false }
        return bytes.allSatisfy { byte in
            switch byte {
            case 0x28, 0x29, 0x2C, 0x2F, 0x7C: false
            default: byte > 0x20 && byte < 0x7F
            }
        }
    }

    package static func < (left: Self, right: Self) -> Bool { left.text < right.text }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let value = Self(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a package name")
        }
        self = value
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}

/// The families of packages that Slipway composes images from.
package enum PackageFamily: String, Sendable, Codable, Hashable, CaseIterable {
    case debian
    case alpine
}
