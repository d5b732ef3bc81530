// SPDX-License-Identifier: Apache-2.0
import Testing
import Vocabulary

@Suite struct ImageComparisonTests {
    static func inventory(
        compressed: Int64?, packages: [String], files: [(String, ComposedFile.Kind, UInt16)] = []
    ) throws -> ImageInventory {
        var inventory = ImageInventory(
            platform: Architecture.amd64.platform, manifest: .emptyJSON,
            configuration: ImageConfiguration(
                platform: Architecture.amd64.platform, created: Timestamp(seconds: 1_000_000),
                config: .init(),
                diffIDs: []),
            compressedSize: compressed, uncompressedSize: 3000, operatingSystem: nil, packages: [], files: [],
            diagnostics: [])
        for package in packages {
            let words = package.split(separator: " ").map(String.init)
            let name = try #require(PackageName(words[0]))
            inventory.packages.append(
                .init(
                    family: .debian, name: name, version: words[1], architecture: "all", sourceName: name,
                    sourceVersion: words[1], maintainer: nil, evidence: .root))
        }
        for (path, kind, mode) in files {
            inventory.files.append(
                .init(
                    path: try #require(ImagePath(path)), kind: kind, mode: mode, uid: 0, gid: 0, size: 0,
                    digest: nil,
                    target: nil))
        }
        return inventory
    }

    static func comparison() throws -> ImageComparison {
        let one = try inventory(compressed: 600, packages: ["a 1", "b 2"])
        let other = try inventory(
            compressed: 10_000, packages: ["a 1", "b 3"] + (1...18).map { "c\($0) 1" },
            files: [
                ("usr/bin/bash", .file, 0o755), ("usr/bin/sh", .symlink, 0o777),
                ("usr/bin/dpkg", .file, 0o755),
                ("usr/share/bash", .directory, 0o755), ("usr/bin/su", .file, 0o4755),
                ("usr/bin/apt", .file, 0o644),
                ("var/mail", .directory, 0o2775), ("usr/share/zsh", .file, 0o755),
                ("sbin/wall", .file, 0o2755),
            ])
        return ImageComparison(
            ImageStatistics(name: "ours", one, built: Timestamp(seconds: 1_990_000)), one,
            ImageStatistics(name: "theirs", other), other, now: Timestamp(seconds: 2_000_000))
    }

    @Test func countsAndCompares() throws {
        let comparison = try Self.comparison()
        #expect(comparison.figure("compressed-size")?.percent == 6)
        #expect(comparison.figure("packages")?.percent == 10)
        #expect(comparison.second.shells == ["/usr/bin/bash", "/usr/bin/sh"])
        #expect(comparison.second.packageManagers == ["/usr/bin/dpkg"])
        #expect(comparison.second.privileged == ["/usr/bin/su", "/sbin/wall"])
        #expect(comparison.figure("age")?.first == 10_000 && comparison.figure("age")?.second == 1_000_000)
        #expect(comparison.packages.onlyInFirst.isEmpty && comparison.packages.onlyInSecond.count == 18)
        #expect(comparison.packages.otherVersion == ["b 2 3"])
    }

    @Test func anUnknownIsNoNumber() throws {
        let comparison = try Self.comparison()
        #expect(comparison.figure("vulnerabilities")?.first == nil)
        #expect(comparison.figure("shells")?.percent == 0)
        #expect(comparison.sentence.contains("not compared"))
        #expect(
            comparison.sentence.hasPrefix(
                "ours: 6 % of the size of theirs, 10 % of its packages, built 2 hours ago"),
            "\(comparison.sentence)")
        let json = String(decoding: try CanonicalJSON.encode(comparison), as: UTF8.self)
        #expect(
            json.contains(
                #"{"first":600,"name":"compressed-size","percent":6,"second":10000,"unit":"bytes"}"#))
        #expect(json.contains(#"{"name":"vulnerabilities","unit":"count"}"#))
    }
}
