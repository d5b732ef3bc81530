// SPDX-License-Identifier: Apache-2.0

/// A processor architecture by its OCI name (the GOARCH values), with the names that Debian and apko give it.
package struct Architecture: Hashable, Sendable, Codable, Comparable, CustomStringConvertible {
    package let ociName: String
    package let variant: String?

    package static let amd64 = Self(ociName: "amd64", variant: nil)
    package static let arm64 = Self(ociName: "arm64", variant: nil)
    package static let armhf = Self(ociName: "arm", variant: "v7")
    /// ARMv6 with hardware floating point; Alpine calls it armhf, which is Debian's name for ARMv7.
    package static let armv6 = Self(ociName: "arm", variant: "v6")
    package static let i386 = Self(ociName: "386", variant: nil)
    package static let loong64 = Self(ociName: "loong64", variant: nil)
    package static let ppc64le = Self(ociName: "ppc64le", variant: nil)
    package static let riscv64 = Self(ociName: "riscv64", variant: nil)
    package static let s390x = Self(ociName: "s390x", variant: nil)

    /// Every architecture that Slipway composes for, with all the names it may be called by.
    private static let known: [(Self, debian: String, alpine: String, aliases: [String])] = [
        (.amd64, "amd64", "x86_64", []), (.arm64, "arm64", "aarch64", []),
        (.armhf, "armhf", "armv7", ["arm/v7"]), (.armv6, "arm/v6", "armhf", []),
        (.i386, "i386", "x86", ["386"]), (.loong64, "loong64", "loongarch64", []),
        (.ppc64le, "ppc64el", "ppc64le", []), (.riscv64, "riscv64", "riscv64", []),
        (.s390x, "s390x", "s390x", []),
    ]

    private init(ociName: String, variant: String?) {
        self.ociName = ociName
        self.variant = variant
    }

    /// Nil for a name that no family uses. `armhf` is Debian's here.
    package init?(_ name: String) {
        let match =
            Self.known.first { $0.debian == name || $0.aliases.contains(name) }
            ?? Self.known.first { $0.alpine == name }
        guard let match else { return nil }
        self = match.0
    }

    /// By the name that apk and apko use; `armhf` is ARMv6 here. Nil for another name.
    package init?(alpineName name: String) {
        guard let match = Self.known.first(where: { $0.alpine == name }) else { return nil }
        self = match.0
    }

    package static var names: [String] { known.map(\.debian) }
    package static var alpineNames: [String] { known.map(\.alpine) }
    /// As OCI and apko write them, which every family reads: `arm/v7`.
    package static var ociNames: [String] { known.map(\.0.platformName) }
    package static var all: [Self] { known.map(\.0) }
    package var platformName: String { variant.map { "\(ociName)/\($0)" } ?? ociName }
    package var debianName: String { Self.known.first { $0.0 == self }?.debian ?? ociName }
    package var alpineName: String { Self.known.first { $0.0 == self }?.alpine ?? ociName }
    package var platform: Platform { Platform(os: "linux", architecture: ociName, variant: variant) }
    package var description: String { debianName }

    package static func < (left: Self, right: Self) -> Bool { left.debianName < right.debianName }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let value = Self(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "unknown architecture")
        }
        self = value
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(debianName)
    }
}

/// The platform of a manifest (OCI image-spec, image-index.md).
package struct Platform: Hashable, Sendable, Codable, CustomStringConvertible {
    package var os: String
    package var architecture: String
    package var variant: String?

    package init(os: String, architecture: String, variant: String? = nil) {
        self.os = os
        self.architecture = architecture
        self.variant = variant
    }

    package var description: String { "\(os)/\(architecture)\(variant.map { "/\($0)" } ?? "")" }
}
