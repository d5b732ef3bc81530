// SPDX-License-Identifier: Apache-2.0
package import Vocabulary

/// A small language for Alpine repositories: one package a line,
///
///     name version; depends: a b>=1 !c; provides: x so:y=1; install-if: a=1 docs; priority: 10; arch: noarch
///
/// Blank lines and lines that begin with `#` are for people. What a line does not say has a default; the checksum is
/// made from name, version and architecture, so one package is the same file in every repository.
package enum AlpineWorld {
    private static let fields = [
        "depends": "D", "provides": "p", "install-if": "i", "priority": "k", "arch": "A", "origin": "o",
        "checksum": "C", "size": "S", "installed-size": "I", "maintainer": "m", "url": "U", "license": "L",
        "unknown": "W",
    ]

    /// The text of the `APKINDEX`.
    package static func index(_ world: String) -> String {
        world.split(separator: "\n").compactMap { line in
            let text = trimmed(line)
            return text.isEmpty || text.hasPrefix("#") ? nil : record(text)
        }.joined(separator: "\n")
    }

    /// Parsed by the parser itself, so that every test goes through it.
    package static func parse(_ world: String) throws -> PackageIndex {
        try AlpineIndexParser.parse(Array(index(world).utf8))
    }

    /// A repository of these indexes, one for each architecture, in the place `ordinal` of a definition.
    package static func snapshot(
        _ ordinal: Int = 0, tag: String? = nil, _ indexes: [(Architecture, PackageIndex)]
    ) -> RepositorySnapshot {
        let url = "https://apk.example.org/\(ordinal)"
        let witness = RepositoryWitness(
            line: tag.map { "@\($0) \(url)" } ?? url, url: url, suite: nil, codename: nil, signedFiles: [],
            indexes: [], relaxations: [])
        return RepositorySnapshot(
            ordinal: ordinal, family: .alpine, tag: tag, witness: witness,
            indexes: indexes.map { .init(architecture: $0, packages: $1) }, diagnostics: [])
    }

    /// Pins for every package of some indexes: made-up digests, one for each checksum.
    package static func pins(_ packages: [UnpinnedPackage]) -> PackagePins {
        var pins = PackagePins()
        for package in packages {
            pins.files[package.checksum] = .init(
                digest: ContentHasher.digest(of: package.checksum), size: package.size)
        }
        return pins
    }

    /// `Q1` and twenty bytes that the text decides.
    package static func checksum(_ text: String) -> String {
        "Q1" + Base64.encode(ContentHasher.digest(of: text).bytes.prefix(20))
    }

    private static func record(_ line: Substring) -> String {
        var parts = line.split(separator: ";").map(trimmed)
        let head = parts.removeFirst().split(separator: " ")
        let (name, version) = (String(head[0]), head.count > 1 ? String(head[1]) : "1")
        var values = ["A": "x86_64", "S": "1000"]
        for part in parts {
            let pair = part.split(separator: ":", maxSplits: 1)
            guard pair.count == 2, let field = fields[String(trimmed(pair[0]))] else {
                preconditionFailure("'\(part)' is no field of the language")
            }
            values[field] = String(trimmed(pair[1]))
        }
        values["C"] = values["C"] ?? checksum("\(name)-\(version)-\(values["A"] ?? "")")
        return "P:\(name)\nV:\(version)\n"
            + values.sorted { $0.key < $1.key }.map { "\($0.key):\($0.value)\n" }.joined()
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text.drop { $0 == " " }
        while text.last == " " { text.removeLast() }
        return text
    }
}
