// SPDX-License-Identifier: Apache-2.0
import Archives
import Storage
import TestHouse
import Testing
import Vocabulary

@testable import Inspecting

/// Damaged layers: each gives an inventory or an error, none a crash, and none reaches outside of the image.
@Suite struct LayerMutationTests {
    static func layer() throws -> [UInt8] {
        var image = TinyImage()
        for path in ["usr", "usr/lib", "var", "var/lib", "var/lib/dpkg", "var/lib/dpkg/status.d", "etc"] {
            image.directory(path)
        }
        image.file("usr/lib/os-release", "ID=debian\nVERSION_ID=\"13\"\n")
        image.link("etc/os-release", to: "../usr/lib/os-release")
        image.file("var/lib/dpkg/status", InspectorTests.status)
        image.file("var/lib/dpkg/status.d/gamma", "Package: gamma\nVersion: 4-1\n")
        image.hardLink("usr/lib/other", to: "usr/lib/os-release")
        image.file("etc/.wh..wh..opq", "")
        image.file("usr/.wh.gone", "")
        return try image.layer()
    }

    static func inventory(_ layer: [UInt8], below: [UInt8]? = nil) throws -> ImageInventory {
        var builder = InventoryBuilder(hashesFiles: true)
        if let below { _ = try builder.add(MemorySource(below)) }
        _ = try builder.add(MemorySource(layer))
        let configuration = ImageConfiguration(
            platform: Architecture.amd64.platform, created: nil, config: .init(), diffIDs: [])
        return try Inspector(workers: WorkerThreads(count: 1))
            .finish(builder, manifest: .emptyJSON, configuration: configuration, compressedSize: nil)
    }

    @Test func anUnharmedLayerIsRead() throws {
        #expect(try Self.inventory(Self.layer()).packages.count == 3)
    }

    @Test func damagedLayers() throws {
        let layer = try Self.layer()
        let tokens = [
            "../", "/", ".wh.", "etc", "ustar", "\u{0}", "00000000000", "77777777777", "5", "2", "1",
        ]
        var read = 0
        for bytes in Mutations(of: layer, tokens: tokens, count: 4_000, seed: 21) {
            guard let inventory = try? Self.inventory(bytes, below: layer) else { continue }
            read += 1
            #expect(inventory.files.count < 100)
        }
        #expect(read > 30, "so few were read that nothing was tested: \(read)")
    }

    /// Headers whose checksum is right, as an attacker's are.
    @Test func damagedNamesWithRightChecksums() throws {
        let names = [
            "usr/lib", "../../etc/passwd", "/etc/passwd", "usr/lib/../../..", "etc/os-release/x", ".wh.",
            ".wh...",
            "usr/.wh.lib", "var/.wh..wh..opq", "usr/lib/os-release", "lib", "a/b/c/d", ".", "", "\u{FFFD}",
        ]
        let kinds: [TarEntry.Kind] = [.file, .directory, .symlink, .hardlink, .fifo]
        let base = try Self.layer()
        for name in names {
            for kind in kinds {
                for target in names {
                    let isLink = kind == .symlink || kind == .hardlink
                    guard isLink || target == names[0], !name.isEmpty, !isLink || !target.isEmpty else {
                        continue
                    }
                    var tar = TarWriter(MemorySink())
                    let entry = TarEntry(
                        path: name, kind: kind, mode: 0o644, linkTarget: isLink ? target : "")
                    guard (try? tar.append(entry, content: [])) != nil else { continue }
                    try tar.finishArchive()
                    guard let inventory = try? Self.inventory(tar.sink.bytes, below: base) else { continue }
                    #expect(inventory.files.allSatisfy { !$0.path.text.split(separator: "/").contains("..") })
                }
            }
        }
    }

    @Test func damagedDatabases() throws {
        let status = Array(InspectorTests.status.utf8)
        for bytes in Mutations(
            of: status, tokens: ["\n\n", "Source: (", ":", "Status: ", "\u{0}"], count: 3_000, seed: 22)
        {
            var reader = DebianPackageReader()
            try? reader.read(bytes, from: .root, needsStatus: true)
            #expect(reader.packages.count < 20)
        }
        let installed = Array(AlpineDatabaseTests.installed.utf8)
        for bytes in Mutations(
            of: installed, tokens: ["\n\n", "P:", ":", "o:", "F:", "\u{0}"], count: 3_000, seed: 24)
        {
            var reader = AlpinePackageReader()
            try? reader.read(bytes, from: .root)
            #expect(reader.packages.count < 20)
        }
        let release = Array("ID=debian\nVERSION_ID=\"13\"\nPRETTY_NAME='a \\' b'\n".utf8)
        for bytes in Mutations(of: release, tokens: ["\"", "'", "\\", "=", "\n"], count: 3_000, seed: 23) {
            _ = OperatingSystemReader.read(bytes)
        }
    }

    @Test(arguments: [
        ("ID=debian\nVERSION_ID=\"13\"\n", "debian 13"), ("ID='a b'\n", nil), ("ID=\"x\\\"y\"", "x\"y -"),
        ("# ID=no\nID=first\nID=last\n", "last -"), ("NAME=x\n", nil), ("", nil),
        ("ID=debian # comment\n", "debian -"),
        ("ID=debian\r\nVERSION_ID=13\r\n", "debian 13"),
    ]) func readsOsRelease(_ text: String, expected: String?) {
        let system = OperatingSystemReader.read(Array(text.utf8))
        #expect(system.map { "\($0.id) \($0.versionID ?? "-")" } == expected)
    }

    @Test func aHugeDatabaseIsRefused() throws {
        var image = TinyImage()
        image.file("etc/os-release", [UInt8](repeating: 0x41, count: (64 << 10) + 1))
        let layer = try image.layer()
        #expect(throws: InspectingError.self) { try Self.inventory(layer) }
    }
}
