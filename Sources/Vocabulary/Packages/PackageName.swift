// SPDX-License-Identifier: Apache-2.0

/// A binary or source package's name in its family's spelling: no blank, no control character, no slash.
package struct PackageName: Hashable, Sendable, Codable, Comparable, CustomStringConvertible {
    package let text: String
    package var description: String { text }

    /// Nil where the text can be no package's name in any family.
    package init?(_ text: some StringProtocol) {
        guard !text.isEmpty, text.utf8.count <= 256,
            text.utf8.allSatisfy({
                $0 > 0x20 && $0 < 0x7F && $0 != 0x2F && $0 != 0x28 && $0 != 0x29 && $0 != 0x2C && $0 != 0x7C
            })
        else { return nil }
        self.text = String(text)
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
package enum PackageFamily: String, Sendable, Codable, Hashable {
    case debian
    case alpine
}
