// SPDX-License-Identifier: Apache-2.0

internal import Vocabulary

/// What a recipe's names, versions and architectures are called in Debian packages.
enum DebianNames {
    /// Debian Policy 5.6.1: lower case letters, digits and `+`, `-`, `.`; at least two, the first a letter or digit.
    /// Capitals become small ones and `_` becomes `-`.
    static func name(_ name: PackageName) throws(BuildingError) -> PackageName {
        let text = name.text.lowercased().replacing("_", with: "-")
        guard let first = text.utf8.first, isAlphanumeric(first), text.utf8.count >= 2,
            text.utf8.allSatisfy({ isAlphanumeric($0) || "+-.".utf8.contains($0) }),
            let converted = PackageName(text)
        else {
            throw .badMetadata(
                reason:
                    "'\(name)' can be no Debian package's name: it needs at least two letters or digits, and may hold + - ."
            )
        }
        return converted
    }

    /// Debian Policy 5.6.12, of `1.2_rc1-r3`. What comes before a release gets a `~`, which sorts before its end; what comes
    /// after gets a `+`. The release stays `r3`: it sorts behind every number, so that a recipe's package is newer than a
    /// distribution's of the same upstream version.
    static func version(_ text: String) throws(BuildingError) -> DebianVersion {
        let (upstream, release) = parts(text)
        var converted = ""
        for (number, part) in upstream.split(separator: "_", omittingEmptySubsequences: false).enumerated() {
            if number > 0 {
                let isBefore = ["alpha", "beta", "pre", "rc"].contains { part.hasPrefix($0) }
                converted += isBefore ? "~" : "+"
            }
            // A commit's hash says nothing of order.
            converted += part.replacing("~", with: "+")
        }
        guard let version = DebianVersion(converted + release), converted.first?.isNumber == true else {
            throw .badMetadata(reason: "'\(text)' can be no Debian package's version")
        }
        return version
    }

    /// `1.2`, `-r3`; the second is empty where there is none.
    private static func parts(_ text: String) -> (upstream: Substring, release: Substring) {
        guard let dash = text.lastIndex(of: "-"), text[dash...].hasPrefix("-r"),
            !text[dash...].dropFirst(2).isEmpty, text[dash...].dropFirst(2).allSatisfy(\.isNumber)
        else { return (text[...], "") }
        return (text[..<dash], text[dash...])
    }

    /// As the recipe calls it: `x86_64` is `amd64`.
    static func architecture(_ name: String) throws(BuildingError) -> String {
        if name == "noarch" { return "all" }
        guard let architecture = Architecture(alpineName: name) else {
            throw .badMetadata(reason: "'\(name)' is no architecture of Debian's")
        }
        return architecture.debianName
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte)
    }
}
