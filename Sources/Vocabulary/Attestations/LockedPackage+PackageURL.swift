// SPDX-License-Identifier: Apache-2.0

extension Witness {
    /// The distribution as scanners name it: `debian-13`, or its codename where the number is not known; nil without
    /// a signed repository that has one.
    package var distribution: String? {
        guard let first = repositories.lazy.compactMap(\.codename).first else { return nil }
        let codename = first.prefix { $0 != "-" }
        let numbers = ["bullseye": "11", "bookworm": "12", "trixie": "13", "forky": "14"]
        return numbers[String(codename)].map { "debian-\($0)" } ?? String(codename)
    }
}

extension LockedPackage {
    /// The package URL (purl-spec, types deb and apk) by which SBOM and provenance name this package.
    package func packageURL(family: PackageFamily, distribution: String?) -> String {
        PackageURLText.package(name, version, architecture, family: family, distribution: distribution)
    }
}

extension ImageInventory.Package {
    /// The package URL of a package as an image says that it is installed.
    package func packageURL(distribution: String?) -> String {
        PackageURLText.package(name, version, architecture, family: family, distribution: distribution)
    }
}

/// Percent-encoding as package URLs have it.
package enum PackageURLText {
    /// Everything but letters, digits and `.-_~` is encoded.
    package static func encode(_ text: String) -> String {
        var encoded = ""
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E:
                encoded.unicodeScalars.append(Unicode.Scalar(byte))
            default: encoded += "%" + Hex.encode([byte]).uppercased()
            }
        }
        return encoded
    }

    /// A distribution's package.
    static func package(
        _ name: PackageName, _ version: String, _ architecture: String, family: PackageFamily,
        distribution: String?
    ) -> String {
        let type = family == .debian ? "deb/debian" : "apk/alpine"
        var url = "pkg:\(type)/\(encode(name.text))@\(encode(version))?arch=\(architecture)"
        if let distribution { url += "&distro=\(encode(distribution))" }
        return url
    }

    /// An image by its manifest: `pkg:oci/app@sha256%3A…?arch=amd64&repository_url=registry.example.org/app`.
    package static func image(_ name: String, manifest: Digest, platform: Platform) -> String {
        let last = name.split(separator: "/").last.map(String.init) ?? name
        let repository = name.contains("/") ? "&repository_url=\(name)" : ""
        return
            "pkg:oci/\(encode(last.lowercased()))@\(encode(manifest.description))?arch=\(platform.architecture)\(repository)"
    }
}
