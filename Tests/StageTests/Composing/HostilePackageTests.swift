// SPDX-License-Identifier: Apache-2.0
import Archives
import Composing
import Storage
import TestHouse
import Testing
import Vocabulary

/// Packages that nobody honest makes. None of them may leave anything outside the image, or hang, or crash.
@Suite struct HostilePackageTests {
    private static func file(_ path: String, _ text: String = "x", mode: UInt16 = 0o644) -> (
        TarEntry, [UInt8]
    ) {
        (TarEntry(path: path, kind: .file, mode: mode, size: Int64(text.utf8.count)), Array(text.utf8))
    }

    private static func link(_ kind: TarEntry.Kind, _ path: String, to target: String) -> (TarEntry, [UInt8])
    {
        (TarEntry(path: path, kind: kind, mode: 0o777, linkTarget: target), [])
    }

    struct Refusal: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var entries: [(TarEntry, [UInt8])]
        var words: String
    }

    static let refusals = [
        Refusal(testDescription: "dots", entries: [file("../etc/passwd")], words: "which leaves the image"),
        Refusal(
            testDescription: "dots inside", entries: [file("./usr/../../x")], words: "which leaves the image"),
        Refusal(
            testDescription: "a hard link out", entries: [link(.hardlink, "./x", to: "../../etc/shadow")],
            words: "whose target '../../etc/shadow' leaves the image"),
        Refusal(
            testDescription: "a hard link to nothing", entries: [link(.hardlink, "./x", to: "/etc/shadow")],
            words: "is a hard link to /etc/shadow, which the image does not have"),
        Refusal(
            testDescription: "a file through its own link",
            entries: [link(.symlink, "./d", to: "/tmp"), file("./d/x")], words: "which is no directory"),
        Refusal(
            testDescription: "a file below a file", entries: [file("./d"), file("./d/x")],
            words: "which is no directory"),
        Refusal(
            testDescription: "one path twice", entries: [file("./x", "1"), file("x", "2")],
            words: "holds /x twice"),
        Refusal(
            testDescription: "one path twice after mapping",
            entries: [file("./lib/x", "1"), file("./usr/lib/x", "2")],
            words: "holds /usr/lib/x twice"),
        Refusal(
            testDescription: "another /bin", entries: [link(.symlink, "./bin", to: "/tmp")],
            words: "makes /bin something else than a link to usr/bin"),
        Refusal(testDescription: "a file /lib", entries: [file("./lib")], words: "makes /lib something else"),
        Refusal(
            testDescription: "a file in place of the root", entries: [link(.symlink, ".", to: "/tmp")],
            words: "which would replace the image's root"),
        Refusal(
            testDescription: "a name too long", entries: [file("./" + String(repeating: "a", count: 300))],
            words: "too long"),
    ]

    @Test(arguments: refusals) func isRefused(_ test: Refusal) async throws {
        let house = try ComposingHouse()
        let error = await #expect(throws: ComposingError.self) {
            _ = try await house.compose([try PackageFiles().make("evil", entries: test.entries)])
        }
        let text = error?.description ?? ""
        #expect(text.contains(test.words) && text.contains("evil"), "\(text)")
        // Nothing but the package itself is in the store.
        #expect(try house.store.digests().count == 1)
    }

    @Test func linksOutOfTheImageStayLinks() async throws {
        let image = try await ComposingHouse().compose([
            try PackageFiles().make(
                "odd", entries: [Self.link(.symlink, "./x", to: "../../../../etc/shadow")])
        ])
        #expect(ComposingHouse.listing(image) == ["l0777 0:0 /x -> ../../../../etc/shadow [odd]"])
    }

    @Test func devicesAreLeftOutAndSetuidFilesAreNamed() async throws {
        let image = try await ComposingHouse().compose([
            try PackageFiles().make(
                "odd",
                entries: [
                    (TarEntry(path: "./dev/sda", kind: .blockDevice, mode: 0o660, devMajor: 8), []),
                    (TarEntry(path: "./pipe", kind: .fifo, mode: 0o660), []),
                    Self.file("./su", mode: 0o4755),
                ])
        ])
        #expect(ComposingHouse.listing(image) == ["-4755 0:0 /su [odd]"])
        #expect(
            image.messages("special-file") == [
                "/dev/sda and 1 more of odd is a device, pipe or socket and is left out"
            ])
        #expect(image.messages("setuid-file").count == 1)
    }

    @Test(arguments: [
        ("no data", ["data.tar"], "no control or no data archive"),
        ("no control", ["control.tar"], "out of order"),
        ("no format", ["debian-binary"], "out of order"),
    ]) func membersAreChecked(_ name: String, _ without: [String], _ words: String) async throws {
        let package = try PackageFiles().make("evil", entries: []) { members in
            members.removeAll { without.contains($0.0) }
        }
        let error = await #expect(throws: ComposingError.self) {
            _ = try await ComposingHouse().compose([package])
        }
        #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
    }

    @Test func anotherPackageThanTheLockNamesIsRefused() async throws {
        let house = try ComposingHouse()
        let made = try PackageFiles().make("evil", entries: [])
        let wrong = PackageFiles.Made(package: Self.relabelled(made.package, "2"), bytes: made.bytes)
        let error = await #expect(throws: ComposingError.self) { _ = try await house.compose([wrong]) }
        #expect(error?.description.contains("it says that it is evil 1.0-1, not evil 2") == true)
    }

    private static func relabelled(_ package: LockedPackage, _ version: String) -> LockedPackage {
        var package = package
        package.version = version
        return package
    }

    @Test func bombsEndInASentence() async throws {
        let files = try PackageFiles()
        let bomb = try files.make("bomb", compression: "xz", files: "truncate -s 400M zeros")
        let error = await #expect(throws: ComposingError.self) {
            _ = try await ComposingHouse().compose([bomb])
        }
        #expect(error?.description.contains("bomb") == true, "\(error?.description ?? "")")
    }

    @Test func damagedPackagesEndInASentence() async throws {
        let good = try PackageFiles().make(
            "app", compression: "gzip",
            files: "mkdir -p usr/lib; cp /bin/true usr/lib/x; ln usr/lib/x usr/lib/y")
        let house = try ComposingHouse()
        var refused = 0
        for bytes in Mutations(of: good.bytes, count: 300, seed: 3) where bytes != good.bytes {
            var package = good.package
            package.digest = ContentHasher.digest(of: bytes)
            do {
                _ = try await house.compose([PackageFiles.Made(package: package, bytes: bytes)])
            } catch is ComposingError { refused += 1 }
        }
        #expect(refused > 250)
    }
}
