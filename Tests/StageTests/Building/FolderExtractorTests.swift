// SPDX-License-Identifier: Apache-2.0

import Archives
import Building
import Storage
import TestHouse
import Testing
import Vocabulary

/// Packages that somebody made to get out of the folder that they are unpacked into.
@Suite struct FolderExtractorTests {
    private static func file(_ path: String, _ text: String = "text") -> (TarEntry, [UInt8]) {
        (TarEntry(path: path, kind: .file, mode: 0o644, size: Int64(text.utf8.count)), Array(text.utf8))
    }

    private static func link(_ path: String, _ target: String, _ kind: TarEntry.Kind = .symlink) -> (
        TarEntry, [UInt8]
    ) {
        (TarEntry(path: path, kind: kind, mode: 0o777, linkTarget: target), [])
    }

    /// An unsigned package whose data archive holds these very entries.
    static func package(_ entries: [(TarEntry, [UInt8])], in scratch: Scratch) throws -> HostPath {
        var data = TarWriter(MemorySink(), allowsDevices: true)
        for (entry, content) in entries { try data.append(entry, content: content) }
        try data.finishArchive()
        let member = try GzipMemberWriter.member(of: data.sink.bytes)
        let info = Array(
            "pkgname = hostile\npkgver = 1-r0\narch = x86_64\ndatahash = \(ContentHasher.digest(of: member).hex)\n"
                .utf8)
        var control = TarWriter(MemorySink())
        try control.append(
            TarEntry(path: ".PKGINFO", kind: .file, mode: 0o644, size: Int64(info.count)), content: info)
        try scratch.write(try GzipMemberWriter.member(of: control.sink.bytes) + member, to: "hostile.apk")
        return HostPath("\(scratch.path)/hostile.apk")
    }

    @Test(
        "nothing leaves the folder, and nothing of it stays",
        arguments: [
            ("a path", [file("../escaped")]), ("a deep path", [file("a/../../escaped")]),
            ("a link's target is followed", [link("out", ".."), file("out/escaped")]),
            ("an absolute link is followed", [link("out", "/tmp"), file("out/escaped")]),
            ("a hard link outside", [link("passwd", "../../etc/passwd", .hardlink)]),
            ("a hard link through a link", [link("out", "/etc"), link("passwd", "out/passwd", .hardlink)]),
            ("a file twice", [file("a"), file("a")]),
            ("a link in a file's place", [link("a", "../escaped"), file("a")]),
        ] as [(String, [(TarEntry, [UInt8])])])
    func escapes(name: String, entries: [(TarEntry, [UInt8])]) throws {
        let scratch = try Scratch()
        let package = try Self.package(entries, in: scratch)
        try scratch.sh("mkdir inside")
        #expect(throws: BuildingError.self, "\(name)") {
            try AlpinePackageFile(package).extract(to: HostPath("\(scratch.path)/inside/folder"))
        }
        #expect(try HostDirectory.names(in: HostPath("\(scratch.path)/inside")).isEmpty)
        #expect(try HostDirectory.names(in: HostPath(scratch.path)) == ["hostile.apk", "inside"])
    }

    @Test("a link that points out is only a link, and parents that are not listed are made")
    func links() throws {
        let scratch = try Scratch()
        let package = try Self.package([Self.file("a/b/c"), Self.link("a/out", "/etc/passwd")], in: scratch)
        _ = try AlpinePackageFile(package).extract(to: HostPath("\(scratch.path)/folder"))
        #expect(
            String(decoding: try scratch.sh("cat folder/a/b/c; readlink folder/a/out"), as: UTF8.self)
                == "text/etc/passwd\n")
    }

    @Test("devices are left out, and that is said")
    func devices() throws {
        let scratch = try Scratch()
        let device = (
            TarEntry(path: "dev/null", kind: .characterDevice, mode: 0o666, devMajor: 1, devMinor: 3),
            [UInt8]()
        )
        let diagnostics = try AlpinePackageFile(try Self.package([device], in: scratch)).extract(
            to: HostPath("\(scratch.path)/folder"))
        #expect(diagnostics.first?.code.rawValue == "device-left-out")
    }

    @Test("a folder that is there is not touched")
    func taken() throws {
        let scratch = try Scratch()
        let package = try Self.package([Self.file("a")], in: scratch)
        try scratch.sh("mkdir folder")
        #expect(throws: BuildingError.folderExists(HostPath("\(scratch.path)/folder"))) {
            try AlpinePackageFile(package).extract(to: HostPath("\(scratch.path)/folder"))
        }
    }

    @Test("what was packed comes out as it went in, and is shown so")
    func roundTrip() throws {
        let scene = try PackingScene()
        let packed = try scene.pack(key: try PackingScene.key.get()).packed
        let file = AlpinePackageFile(packed.path)
        let facts = try file.facts()
        #expect(
            facts.signatures == ["RSA256 test.rsa.pub"] && facts.size == packed.size
                && facts.files.count == 11)
        #expect(facts.checksum?.hasPrefix("Q1") == true && facts.fields.first?.value == "app")
        _ = try file.extract(to: HostPath("\(scene.scratch.path)/unpacked"))
        try scene.scratch.sh(
            """
            diff -r --no-dereference tree unpacked
            test -u unpacked/usr/bin/app; test -k unpacked/var/spool
            test unpacked/usr/bin/app -ef unpacked/usr/bin/again
            test "$(stat -c %Y unpacked/usr/share/empty)" = 1760000000
            """)
    }
}
