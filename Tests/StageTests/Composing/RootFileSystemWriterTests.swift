// SPDX-License-Identifier: Apache-2.0
import Composing
import Glibc
import Storage
import TestHouse
import Testing
import Vocabulary

@Suite struct RootFileSystemWriterTests {
    @Test func theTreeOnDiskIsTheTreeOfTheImage() async throws {
        let house = try ComposingHouse()
        let image = try await house.compose([
            try PackageFiles().make(
                "app",
                files:
                    "mkdir -p usr/bin etc/closed; echo a > usr/bin/a; chmod 4711 usr/bin/a; ln usr/bin/a usr/bin/b;"
                    + "ln -s /etc/closed usr/bin/l; echo s > etc/closed/s; chmod 0500 etc/closed; chmod 000 etc/closed/s"
            )
        ]) { try $0.path("/srv/own", .directory, uid: 11, gid: 12, permissions: 0o2770) }
        let platform = try #require(image.platforms.first)
        let directory = HostPath(house.scratch.path) / "tree"
        let diagnostics = try RootFileSystemWriter(store: house.store).write(platform, to: directory)
        let isRoot = geteuid() == 0
        #expect(diagnostics.map(\.code.rawValue) == (isRoot ? [] : ["owners-lost"]))
        let found = String(
            decoding: try Tool.sh(
                "find . -mindepth 1 -printf '%P|%y|%m|%U|%G|%l\\n' | LC_ALL=C sort", in: directory.text),
            as: UTF8.self
        ).split(separator: "\n").map(String.init)
        let expected = platform.files.map { file in
            let kind = file.kind == .directory ? "d" : file.kind == .symlink ? "l" : "f"
            let owner = isRoot ? "\(file.uid)|\(file.gid)" : "\(geteuid())|\(getegid())"
            return "\(file.path.text)|\(kind)|\(String(file.mode, radix: 8))|\(owner)|"
                + (file.kind == .symlink ? file.target ?? "" : "")
        }
        #expect(found == expected.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
        let times = try Tool.sh("stat -c %Y usr/bin/a etc/closed", in: directory.text)
        #expect(String(decoding: times, as: UTF8.self) == "\(PackageFiles.time)\n0\n")
    }

    @Test func capabilitiesAreSetOrSaidToBeMissing() async throws {
        let house = try ComposingHouse()
        let capability = "0100000200040000000000000000000000000000"
        let image = try await AlpineImages.compose(
            [
                try ApkFiles().make("app", files: "echo p > ping; chmod 755 ping") {
                    $0.attributes = ["ping": ["security.capability": capability]]
                }
            ], in: house)
        let directory = HostPath(house.scratch.path) / "tree"
        let diagnostics = try RootFileSystemWriter(store: house.store).write(
            try #require(image.platforms.first), to: directory)
        let found = try RootDirectory(directory).extendedAttributes(of: try #require(ImagePath("ping")))
        let isSet = found["security.capability"] == Hex.decode(capability.utf8)
        #expect(isSet != diagnostics.contains { $0.code.rawValue == "attributes-lost" })
    }

    @Test func aDamagedLayerLeavesNothing() async throws {
        let house = try ComposingHouse()
        let image = try await house.compose([try PackageFiles().make("app", files: "seq 1 9999 > x")])
        let platform = try #require(image.platforms.first)
        let layer = house.store.path(of: platform.layers[0].descriptor.digest)
        try Tool.sh("printf x | dd of=\(layer) bs=1 seek=900 conv=notrunc status=none", in: "/")
        let directory = HostPath(house.scratch.path) / "tree"
        #expect(throws: ComposingError.self) {
            try RootFileSystemWriter(store: house.store).write(platform, to: directory)
        }
        #expect(try HostDirectory.exists(directory) == false)
    }

    @Test func aDirectoryThatIsThereIsNotTouched() async throws {
        let house = try ComposingHouse()
        let image = try await house.compose([try PackageFiles().make("app", files: "echo > x")])
        let platform = try #require(image.platforms.first)
        let directory = HostPath(house.scratch.path)
        #expect(throws: ComposingError.self) {
            try RootFileSystemWriter(store: house.store).write(platform, to: directory)
        }
        #expect(try HostDirectory.exists(directory / "store"))
    }
}
