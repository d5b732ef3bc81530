// SPDX-License-Identifier: Apache-2.0
import Composing
import Storage
import TestHouse
import Testing
import Vocabulary

/// The definition's `paths`, `files` and `accounts`.
@Suite struct DefinitionPathsTests {
    private func compose(
        _ files: String =
            "mkdir -p usr/bin srv/data/sub; echo a > usr/bin/app; echo d > srv/data/sub/d; ln -s d srv/data/l",
        local: [String: [UInt8]] = [:], in house: ComposingHouse? = nil,
        _ change: (inout ImageDefinition) throws -> Void
    ) async throws -> ComposedImage {
        try await (house ?? ComposingHouse()).compose(
            [try PackageFiles().make("app", files: files)], local: local, change)
    }

    @Test func everyKindOfPath() async throws {
        let image = try await compose {
            try $0.path("/var/log/app", .directory, uid: 5, gid: 6, permissions: 0o2750)
            try $0.path("/etc/empty", .emptyFile, uid: 5, permissions: 0o600)
            try $0.path("/etc/link", .symbolicLink(to: "empty"), uid: 5)
            try $0.path("/bin/hard", .hardLink(to: "/bin/app"))
            try $0.path("/usr/bin/app", .permissions, uid: 9, gid: 9, permissions: 0o750)
        }
        #expect(
            ComposingHouse.listing(image) == [
                "-0600 5:0 /etc/empty [definition]", "l0777 5:0 /etc/link -> empty [definition]",
                "d0755 0:0 /srv [app]", "d0755 0:0 /srv/data [app]", "l0777 0:0 /srv/data/l -> d [app]",
                "d0755 0:0 /srv/data/sub [app]", "-0644 0:0 /srv/data/sub/d [app]",
                "-0750 9:9 /usr/bin/app [app]",
                "h0750 9:9 /usr/bin/hard -> usr/bin/app [definition]", "d0755 0:0 /var/log [definition]",
                "d2750 5:6 /var/log/app [definition]",
            ])
    }

    @Test func recursiveChangesEverythingBelowAndLeavesLinksTheirMode() async throws {
        let image = try await compose {
            try $0.path("/srv/data", .directory, uid: 4, gid: 4, permissions: 0o770, recursive: true)
        }
        #expect(
            ComposingHouse.listing(image) == [
                "d0755 0:0 /srv [app]", "d0770 4:4 /srv/data [app]", "l0777 4:4 /srv/data/l -> d [app]",
                "d0770 4:4 /srv/data/sub [app]", "-0770 4:4 /srv/data/sub/d [app]",
                "-0644 0:0 /usr/bin/app [app]",
            ])
    }

    @Test func theLastRuleWins() async throws {
        let image = try await compose {
            try $0.path("/srv", .permissions, uid: 4, permissions: 0o700, recursive: true)
            try $0.path("/srv/data/sub/d", .permissions, uid: 5, permissions: 0o711)
        }
        #expect(image.file("srv/data/sub/d")?.mode == 0o711)
        #expect(image.file("srv/data/sub")?.mode == 0o700)
    }

    @Test func filesTakeThePlaceOfPackages() async throws {
        let house = try ComposingHouse()
        let big = Array(repeating: UInt8(ascii: "b"), count: 3 << 20)
        let image = try await compose(local: ["big.bin": big], in: house) {
            try $0.file("/usr/bin/app", .inline(Array("mine".utf8)), mode: 0o755)
            try $0.file("/opt/big", .source("big.bin"), uid: 3)
            try $0.file("/etc/nsswitch.conf", .inline(Array("n".utf8)))
        }
        #expect(try house.content("usr/bin/app", of: image) == "mine")
        #expect(try house.content("opt/big", of: image).utf8.count == big.count)
        #expect(try house.content("etc/nsswitch.conf", of: image) == "n")
        #expect(
            image.messages("file-replaced") == [
                "the definition's /usr/bin/app takes the place of the file of app"
            ])
        #expect(image.file("usr/bin/app")?.owner == .definition)
        #expect(!(try house.content("var/lib/dpkg/status.d/app.md5sums", of: image).contains("usr/bin/app")))
    }

    @Test(arguments: [
        ("/srv/data/sub/d/x", PathRule.Kind.emptyFile, "is no directory"),
        ("/srv/data/l/x", .emptyFile, "is no directory"), ("/srv/data", .emptyFile, "is a directory"),
        ("/nothing", .permissions, "is not in the image"), ("/usr/bin/app", .directory, "is no directory"),
        ("/x", .hardLink(to: "/nothing"), "is no file of the image"),
        ("/x", .hardLink(to: "/srv"), "is no file"),
    ]) func whatCannotBeDoneIsRefusedWithItsPlace(_ path: String, _ kind: PathRule.Kind, _ words: String)
        async throws
    {
        let error = await #expect(throws: ComposingError.self) {
            _ = try await compose { try $0.path(path, kind) }
        }
        #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
    }

    @Test func accountsAreWrittenWithHomes() async throws {
        let house = try ComposingHouse()
        let image = try await compose(in: house) {
            $0.accounts.users = [
                Located(
                    .init(name: "web", uid: 1000, gid: nil, shell: nil, home: nil), at: ComposingHouse.here),
                Located(
                    .init(name: "job", uid: 1001, gid: 100, shell: "/bin/x", home: "/srv"),
                    at: ComposingHouse.here),
            ]
            $0.accounts.groups = [
                Located(.init(name: "team", gid: 2000, members: ["web", "job"]), at: ComposingHouse.here)
            ]
            $0.accounts.runAs = Located("web", at: ComposingHouse.here)
        }
        #expect(
            try house.content("etc/passwd", of: image) == """
                root:*:0:0:root:/root:/usr/sbin/nologin
                web:*:1000:1000::/home/\("web"):/usr/sbin/nologin
                job:*:1001:100::/srv:/bin/x
                nonroot:*:65532:65532:nonroot:/home/nonroot:/usr/sbin/nologin
                nobody:*:65534:65534:nobody:/nonexistent:/usr/sbin/nologin

                """)
        #expect(
            try house.content("etc/group", of: image) == """
                root:*:0:
                users:*:100:
                web:*:1000:
                team:*:2000:web,job
                nonroot:*:65532:
                nogroup:*:65534:

                """)
        #expect(image.file("home/web")?.mode == 0o700 && image.file("home/web")?.uid == 1000)
        #expect(image.file("srv")?.uid == 0)
        #expect(try user(of: image, in: house) == "1000:1000")
    }

    @Test(arguments: [
        ("nonroot", "65532:65532"), ("65532", "65532:65532"), ("www-data", "33:33"), ("33:0", "33:0"),
        ("4711", "4711"), ("4711:12", "4711:12"), ("nobody:staff", "65534:50"),
    ]) func runAsIsNumbers(_ text: String, _ user: String) async throws {
        let house = try ComposingHouse()
        let image = try await compose(in: house) {
            $0.accounts.runAs = Located(text, at: ComposingHouse.here)
        }
        #expect(try self.user(of: image, in: house) == user)
        #expect(image.messages("runs-as-root").isEmpty)
    }

    @Test func runAsNobodyKnownIsRefused() async throws {
        await #expect(throws: ComposingError.unknownAccount("alice", ComposingHouse.here)) {
            _ = try await compose { $0.accounts.runAs = Located("alice", at: ComposingHouse.here) }
        }
    }

    @Test func rootIsADiagnostic() async throws {
        for runAs in [nil, "0", "root"] {
            let image = try await compose {
                $0.accounts.runAs = runAs.map { Located($0, at: ComposingHouse.here) }
            }
            #expect(image.messages("runs-as-root").count == 1)
        }
    }

    @Test func theConfigurationSaysWhatTheDefinitionSays() async throws {
        let house = try ComposingHouse()
        let image = try await compose(in: house) {
            $0.process.entrypoint = ["/usr/bin/app", "--x"]
            $0.process.cmd = ["y"]
            $0.process.workDirectory = "/srv/here"
            $0.process.stopSignal = "SIGQUIT"
            $0.process.environment = ["B": "2", "A": "1"]
            $0.annotations = ["org.example.team": "us", "org.opencontainers.image.title": "own"]
        }
        let configuration: ImageConfiguration = try CanonicalJSON.decode(
            from: try house.store.read(image.platforms[0].config.digest), what: "configuration")
        let process = try #require(configuration.config)
        #expect(process.entrypoint == ["/usr/bin/app", "--x"] && process.cmd == ["y"])
        #expect(process.workingDirectory == "/srv/here" && process.stopSignal == "SIGQUIT")
        #expect(
            process.environment == [
                "A=1", "B=2", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            ])
        #expect(image.file("srv/here")?.kind == .directory)
        let manifest: ImageManifest = try CanonicalJSON.decode(
            from: try house.store.read(image.platforms[0].manifest.digest), what: "manifest")
        #expect(
            manifest.annotations == [
                "org.example.team": "us", "org.opencontainers.image.title": "own",
                "org.opencontainers.image.version": "1.0-1",
                "org.opencontainers.image.created": "2026-01-02T03:04:05Z",
            ])
        #expect(process.labels == ["org.example.team": "us", "org.opencontainers.image.title": "own"])
    }

    private func user(of image: ComposedImage, in house: ComposingHouse) throws -> String? {
        let configuration: ImageConfiguration = try CanonicalJSON.decode(
            from: try house.store.read(image.platforms[0].config.digest), what: "configuration")
        return configuration.config?.user
    }
}
