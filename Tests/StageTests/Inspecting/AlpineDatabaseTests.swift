// SPDX-License-Identifier: Apache-2.0
import TestHouse
import Testing
import Vocabulary

@testable import Inspecting

/// apk's database in other people's images.
@Suite struct AlpineDatabaseTests {
    static let installed = """
        C:Q1P3hoUOOHVQ/auDbtfm3Igd4jABs=
        P:busybox
        V:1.35.0-r17
        A:x86_64
        o:busybox
        m:Somebody <somebody@example.org>
        F:bin
        R:busybox
        a:0:0:755
        Z:Q1hvfkN/qlp/zhXR3cuerq6jd2Z7g=

        P:ssl_client
        V:1.35.0-r17
        A:x86_64
        o:busybox
        i:[]

        P:own
        V:2

        """

    private static func read(_ text: String) throws -> AlpinePackageReader {
        var reader = AlpinePackageReader()
        try reader.read(Array(text.utf8), from: .root)
        return reader
    }

    @Test func readsNamesVersionsAndOrigins() throws {
        let reader = try Self.read(Self.installed)
        let lines = reader.packages.map {
            "\($0.name) \($0.version) \($0.architecture) \($0.sourceName) \($0.sourceVersion) \($0.maintainer ?? "-")"
        }
        #expect(
            lines == [
                "busybox 1.35.0-r17 x86_64 busybox 1.35.0-r17 Somebody <somebody@example.org>",
                "ssl_client 1.35.0-r17 x86_64 busybox 1.35.0-r17 -", "own 2  own 2 -",
            ])
        #expect(reader.diagnostics.isEmpty)
    }

    @Test(arguments: [
        ("V:1\n\nP:b\nV:2\n", ["b"], "line 1: a record without a package's name"),
        ("P:a\n", ["a"], "line 1: a without a version"),
        ("P:a\nV:1\nnothing\n", ["a"], "line 3: a line without a field"),
        ("P:a\nV:1\nP:b\n", ["a"], "line 3: a field that is there already"),
        ("P:a/b\nV:1\n", [], "line 1: a record"),
    ]) func whatIsNotUnderstoodIsSaid(_ text: String, _ names: [String], _ message: String) throws {
        let reader = try Self.read(text)
        #expect(reader.packages.map(\.name.text) == names)
        #expect(reader.diagnostics.count == 1)
        #expect(reader.diagnostics.first?.message.contains(message) == true)
    }

    private static func inventory(_ change: (inout TinyImage) -> Void) throws -> InventoryBuilder {
        var image = TinyImage()
        change(&image)
        var builder = InventoryBuilder(hashesFiles: false)
        _ = try builder.add(MemorySource(try image.layer()))
        return builder
    }

    @Test(arguments: ["lib/apk/db/installed", "usr/lib/apk/db/installed"]) func isFoundInBothPlaces(
        _ path: String
    ) throws {
        let builder = try Self.inventory { $0.file(path, Self.installed) }
        let (packages, diagnostics) = try builder.packages()
        #expect(packages.map(\.name.text) == ["busybox", "own", "ssl_client"])
        #expect(packages.first?.evidence.text == path)
        #expect(diagnostics.isEmpty)
    }

    @Test(arguments: [("alpine", "3.16.2"), ("wolfi", "20230201"), ("chainguard", "20230214")])
    func itsDistributionsAreNamed(_ id: String, _ version: String) throws {
        let builder = try Self.inventory {
            $0.file("etc/os-release", "ID=\(id)\nNAME=\"X\"\nVERSION_ID=\"\(version)\"\n")
        }
        let system = try builder.operatingSystem()
        #expect(system?.id == id && system?.versionID == version)
    }

    @Test(
        .enabled(if: SharedFixtures.areHere, "\(SharedFixtures.hint)"),
        arguments: [
            ("apk/apk/installed/wolfi-base", "wolfi-base"),
            ("apk/apk/root/usr/lib/apk/db/installed", "busybox"),
        ])
    func realDatabases(_ name: String, _ package: String) throws {
        let text = String(decoding: try SharedFixtures.read(name), as: UTF8.self)
        let reader = try Self.read(text)
        #expect(reader.packages.contains { $0.name.text == package })
        #expect(reader.packages.count == text.split(separator: "\n").count { $0.hasPrefix("P:") })
        #expect(reader.diagnostics.isEmpty)
    }
}
