// SPDX-License-Identifier: Apache-2.0
import Archives
import Composing
import Storage
import TestHouse
import Testing
import Vocabulary

/// What an .apk may hold and what becomes of it (reference, appendix C, 3).
@Suite struct AlpinePackageTests {
    @Test(arguments: [ApkFiles.Checksums.hex, .base64, .none]) func checksumsOfEveryForm(
        _ form: ApkFiles.Checksums
    ) async throws {
        let house = try ComposingHouse()
        let package = try ApkFiles().make(
            "app", files: "mkdir etc; echo a > etc/a; ln -s a etc/b; ln etc/a etc/c"
        ) {
            $0.checksums = form
        }
        let image = try await AlpineImages.compose([package], in: house)
        #expect(
            AlpineImages.listing(image) == [
                "-0644 0:0 /etc/a [app]", "l0777 0:0 /etc/b -> a [app]", "h0644 0:0 /etc/c -> etc/a [app]",
            ])
        let installed = try house.content("usr/lib/apk/db/installed", of: image)
        let lines = installed.split(separator: "\n").filter { $0.hasPrefix("Z:") }
        // SHA-1 of "a\n" for both names of the file, of "a" for the link.
        #expect(
            lines == [
                "Z:Q1P3hoUOOHVQ/auDbtfm3Igd4jABs=", "Z:Q1hvfkN/qlp/zhXR3cuerq6jd2Z7g=",
                "Z:Q1P3hoUOOHVQ/auDbtfm3Igd4jABs=",
            ])
    }

    @Test func aFileThatIsAnotherThanItsChecksumIsRefused() async throws {
        let package = try ApkFiles().make("app", files: "echo a > a") { $0.checksums = .wrong }
        let error = await #expect(throws: ComposingError.self) {
            _ = try await AlpineImages.compose([package])
        }
        #expect(error?.description.contains("/a is another file than it says") == true)
    }

    @Test func anotherControlMemberThanTheLockNamesIsRefused() async throws {
        var package = try ApkFiles().make("app", files: "echo a > a")
        package.package.checksum = "Q1AAAAAAAAAAAAAAAAAAAAAAAAAAA="
        await #expect(throws: ComposingError.self) { _ = try await AlpineImages.compose([package]) }
    }

    @Test func anotherVersionThanTheLockNamesIsRefused() async throws {
        var package = try ApkFiles().make("app", files: "echo a > a")
        package.package.version = "1.1-r0"
        let error = await #expect(throws: ComposingError.self) {
            _ = try await AlpineImages.compose([package])
        }
        #expect(error?.description.contains("app 1.0-r0, not app 1.1-r0") == true)
    }

    @Test func ownersAndModesAreThePackages() async throws {
        let house = try ComposingHouse()
        let package = try ApkFiles().make(
            "app",
            files:
                "mkdir -p usr/bin srv; echo s > usr/bin/su; chmod 4755 usr/bin/su; chmod 1777 srv; echo c > srv/c"
        ) {
            $0.owners = ["srv": "7:8", "srv/c": "501:20", "usr/bin/su": "0:9"]
        }
        let image = try await AlpineImages.compose([package], in: house)
        #expect(
            AlpineImages.listing(image) == [
                "d1777 7:8 /srv [app]", "-0644 501:20 /srv/c [app]", "d0755 0:0 /usr/bin [app]",
                "-4755 0:9 /usr/bin/su [app]",
            ])
        let installed = try house.content("usr/lib/apk/db/installed", of: image)
        #expect(installed.contains("F:srv\nM:7:8:1777\nR:c\na:501:20:0644\n"))
        #expect(installed.contains("R:su\na:0:9:4755\n"))
        #expect(image.messages("setuid-file").count == 1)
    }

    @Test func capabilitiesAreKeptAndOtherNamespacesAreNot() async throws {
        let house = try ComposingHouse()
        let capability = "0100000200040000000000000000000000000000"
        let package = try ApkFiles().make("app", files: "echo p > ping") {
            $0.attributes = ["ping": ["security.capability": capability, "trusted.overlay.opaque": "79"]]
        }
        let image = try await AlpineImages.compose([package], in: house)
        let layer = try #require(image.platforms.first?.layers.first)
        let reader = TarReader(
            try Decompressor.open(.gzip, of: house.store.reader(of: layer.descriptor.digest)))
        var attributes: [String: [UInt8]] = [:]
        while let entry = try reader.next() { if entry.path == "ping" { attributes = entry.xattrs } }
        #expect(attributes == ["security.capability": Hex.decode(capability.utf8) ?? []])
        #expect(image.messages("attributes-dropped").count == 1)
    }

    @Test func scriptsAndTriggersAreRecordedAndNotRun() async throws {
        let house = try ComposingHouse()
        let package = try ApkFiles().make("app", files: "echo a > a") {
            $0.scripts = [".post-install": "#!/bin/sh\ntouch /was-here\n", ".trigger": "#!/bin/sh\n"]
            $0.info = ["triggers = /usr/share/fonts/* /lib"]
        }
        let checksum = try #require(package.package.checksum)
        let image = try await AlpineImages.compose([package], in: house)
        #expect(image.file("was-here") == nil)
        #expect(
            try house.content("usr/lib/apk/db/triggers", of: image) == "\(checksum) /usr/share/fonts/* /lib\n"
        )
        _ = try house.content("usr/lib/apk/db/scripts.tar", of: image)
        let listing = String(
            decoding: try Tool.sh(
                "tar tf '\(house.scratch.path)/unpacked/usr/lib/apk/db/scripts.tar' --quoting-style=literal",
                in: "/"), as: UTF8.self)
        #expect(
            listing == "app-1.0-r0.\(checksum).post-install\napp-1.0-r0.\(checksum).trigger\n")
    }

    @Test func aNameOfTwoLinesForgesNoRecord() async throws {
        let house = try ComposingHouse()
        let package = try ApkFiles().make(
            "app", files: "echo a > \"$(printf 'x\\n\\nP:forged\\nV:1')\"; echo b > b")
        let image = try await AlpineImages.compose([package], in: house)
        let installed = try house.content("usr/lib/apk/db/installed", of: image)
        #expect(installed.contains("R:b\n") && !installed.contains("forged"))
    }

    @Test func whatLayersReadAsADeletionIsRefused() async throws {
        let package = try ApkFiles().make("app", files: "mkdir etc; echo a > etc/.wh.passwd")
        let error = await #expect(throws: ComposingError.self) {
            _ = try await AlpineImages.compose([package])
        }
        #expect(error?.description.contains("which layers read as a deletion") == true)
    }

    @Test func theInstalledDatabaseIsAsApkToolsWritesIt() async throws {
        let house = try ComposingHouse()
        let base = try ApkFiles().make("base", files: "mkdir -p etc; echo b > etc/b")
        let package = try ApkFiles().make(
            "app", needs: ["base"], origin: "apps",
            files: "mkdir -p etc usr/bin; echo a > usr/bin/app; chmod 755 usr/bin/app"
        ) {
            $0.info = [
                "url = https://app.example.org", "maintainer = Somebody <s@example.org>",
                "builddate = 1767323045",
                "commit = abc", "provides = cmd:app=1.0-r0", "provides = so:libapp.so.1=1.2",
                "install_if = base docs", "replaces = old<2", "replaces_priority = 5",
                "provider_priority = 10",
            ]
        }
        let image = try await AlpineImages.compose([package, base], in: house)
        let checksums = [base, package].map { $0.package.checksum ?? "" }
        #expect(
            try house.content("usr/lib/apk/db/installed", of: image) == """
                C:\(checksums[0])
                P:base
                V:1.0-r0
                A:x86_64
                S:\(base.bytes.count)
                I:4096
                T:for a test
                L:MIT
                F:etc
                R:b
                Z:Q1iebJjZKIeRPK3wayrbl/Js3khJs=

                C:\(checksums[1])
                P:app
                V:1.0-r0
                A:x86_64
                S:\(package.bytes.count)
                I:4096
                T:for a test
                U:https://app.example.org
                L:MIT
                o:apps
                m:Somebody <s@example.org>
                t:1767323045
                c:abc
                k:10
                D:base
                p:cmd:app=1.0-r0 so:libapp.so.1=1.2
                i:base docs
                r:old<2
                q:5
                F:etc
                F:usr
                F:usr/bin
                R:app
                a:0:0:0755
                Z:Q1P3hoUOOHVQ/auDbtfm3Igd4jABs=


                """)
    }
}
