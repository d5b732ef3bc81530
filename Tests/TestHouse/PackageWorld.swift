// SPDX-License-Identifier: Apache-2.0
package import Vocabulary

/// A small language for repositories of Debian packages: one package a line,
///
///     name version; depends: a (>= 1), b | c; conflicts: x; provides: y (= 1); multi-arch: same; arch: all
///
/// Blank lines and lines that begin with `#` are for people. What a line does not say has a default; the digest is
/// that of name, version and architecture, so one package is the same file in every repository.
package enum PackageWorld {
    private static let fields = [
        "depends": "Depends", "pre-depends": "Pre-Depends", "conflicts": "Conflicts", "breaks": "Breaks",
        "provides": "Provides", "replaces": "Replaces", "multi-arch": "Multi-Arch", "arch": "Architecture",
        "priority": "Priority", "essential": "Essential", "source": "Source", "sha256": "SHA256",
        "filename": "Filename", "size": "Size", "maintainer": "Maintainer", "homepage": "Homepage",
        "installed-size": "Installed-Size",
    ]

    /// The text of the `Packages` index.
    package static func index(_ world: String) -> String {
        world.split(separator: "\n").compactMap { line in
            let text = trimmed(line)
            return text.isEmpty || text.hasPrefix("#") ? nil : stanza(text)
        }.joined(separator: "\n")
    }

    /// Parsed by the parser itself, so that every test goes through it.
    package static func parse(_ world: String) throws -> PackageIndex {
        try DebianIndexParser.parse(Array(index(world).utf8))
    }

    /// A repository of these indexes, one for each architecture, in the place `ordinal` of a definition.
    package static func snapshot(
        _ ordinal: Int = 0, _ indexes: [(Architecture, PackageIndex)]
    ) -> RepositorySnapshot {
        let url = "https://deb.example.org/\(ordinal)"
        let witness = RepositoryWitness(
            line: "deb \(url) stable main", url: "\(url)/", suite: "stable", codename: nil,
            signedFiles: [
                .init(
                    url: "\(url)/dists/stable/InRelease",
                    digest: ContentHasher.digest(of: indexes.flatMap(\.1.bytes)), date: nil, validUntil: nil,
                    signers: [])
            ], indexes: [], relaxations: [])
        return RepositorySnapshot(
            ordinal: ordinal, family: .debian, witness: witness,
            indexes: indexes.map { .init(architecture: $0, packages: $1) }, diagnostics: []
        )
    }

    private static func stanza(_ line: Substring) -> String {
        var parts = line.split(separator: ";").map(trimmed)
        let head = parts.removeFirst().split(separator: " ")
        let (name, version) = (String(head[0]), head.count > 1 ? String(head[1]) : "1")
        var values = ["Architecture": "amd64", "Priority": "optional", "Size": "1000"]
        for part in parts {
            let pair = part.split(separator: ":", maxSplits: 1)
            guard pair.count == 2, let field = fields[String(trimmed(pair[0]))] else {
                preconditionFailure("'\(part)' is no field of the language")
            }
            values[field] = String(trimmed(pair[1]))
        }
        let architecture = values["Architecture"] ?? ""
        let identity = "\(name)_\(version)_\(architecture)"
        values["SHA256"] = values["SHA256"] ?? ContentHasher.digest(of: identity).hex
        values["Filename"] = values["Filename"] ?? "pool/main/\(name.prefix(1))/\(name)/\(identity).deb"
        return "Package: \(name)\nVersion: \(version)\n"
            + values.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)\n" }.joined()
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text.drop { $0 == " " }
        while text.last == " " { text.removeLast() }
        return text
    }
}
