// SPDX-License-Identifier: Apache-2.0
import Composing
import Storage
import TestHouse
import Testing
import Vocabulary

/// What a definition does to packages of the Alpine family (reference, appendix C, 9 and 10).
@Suite struct AlpineAccountsAndPathsTests {
    private static let homes = "/home"
    private let house: ComposingHouse
    private let base: PackageFiles.Made

    init() throws {
        house = try ComposingHouse()
        base = try ApkFiles().make(
            "base",
            files: """
                mkdir -p etc usr/bin srv/tree/deep
                printf 'root:x:0:0:root:/root:/bin/sh\\nbin:x:1:1:bin:/bin:/sbin/nologin\\nmail:x:8:12:mail:/var/mail:/x\\n' \
                  > etc/passwd
                printf 'root:x:0:root\\nbin:x:1:root,bin\\n' > etc/group
                printf 'root:*::0:::::\\n' > etc/shadow; chmod 640 etc/shadow
                echo t > srv/tree/f; echo d > srv/tree/deep/f; ln -s /etc/passwd srv/tree/link; chmod 700 srv/tree/deep
                echo p > usr/bin/p; chmod 755 usr/bin/p
                """)
    }

    private func compose(_ change: (inout ImageDefinition) throws -> Void) async throws -> ComposedImage {
        try await AlpineImages.compose([base], in: house, change)
    }

    private static func user(
        _ name: String, _ uid: UInt32, gid: UInt32? = nil, shell: String? = nil, home: String? = nil
    ) -> Located<ImageDefinition.Accounts.User> {
        Located(.init(name: name, uid: uid, gid: gid, shell: shell, home: home), at: ComposingHouse.here)
    }

    private static func group(
        _ name: String, _ gid: UInt32, _ members: [String] = []
    ) -> Located<ImageDefinition.Accounts.Group> {
        Located(.init(name: name, gid: gid, members: members), at: ComposingHouse.here)
    }

    @Test func usersAndGroupsAreAppendedToThePackages() async throws {
        let image = try await compose {
            $0.accounts.users = [
                Self.user("app", 1000), Self.user("ghost", 1001, gid: 1000, shell: "/no", home: "/dev/null"),
            ]
            $0.accounts.groups = [Self.group("app", 1000, ["app", "ghost"]), Self.group("empty", 1002)]
        }
        #expect(
            try house.content("etc/passwd", of: image) == """
                root:x:0:0:root:/root:/bin/sh
                bin:x:1:1:bin:/bin:/sbin/nologin
                mail:x:8:12:mail:/var/mail:/x
                app:x:1000:1000::\(Self.homes)/app:/bin/sh
                ghost:x:1001:1000::/dev/null:/no

                """)
        #expect(
            try house.content("etc/group", of: image)
                == "root:x:0:root\nbin:x:1:root,bin\napp:x:1000:app,ghost\nempty:x:1002:\n")
        #expect(
            try house.content("etc/shadow", of: image) == "root:*::0:::::\napp:!:::::::\nghost:!:::::::\n")
        #expect(image.file("etc/shadow")?.mode == 0o640)
        #expect(image.file("etc/passwd")?.owner == .package(try #require(PackageName("base"))))
        let homes = AlpineImages.listing(image).filter { $0.hasSuffix("[rule accounts]") }
        #expect(
            homes == [
                "d0700 1:1 /bin [rule accounts]", "d0755 0:0 /home [rule accounts]",
                "d0700 1000:1000 \(Self.homes)/app [rule accounts]", "d0700 0:0 /root [rule accounts]",
                "d0700 8:12 /var/mail [rule accounts]",
            ])
        #expect(image.messages("account-replaced").isEmpty)
    }

    @Test func aUserThatPackagesHaveTakesTheDefinitionsNumbers() async throws {
        let image = try await compose {
            $0.accounts.users = [Self.user("mail", 2000)]
            $0.accounts.runAs = Located("mail", at: ComposingHouse.here)
        }
        #expect(
            try house.content("etc/passwd", of: image).contains(
                "mail:x:2000:2000::\(Self.homes)/mail:/bin/sh\n"))
        #expect(try house.content("etc/passwd", of: image).components("mail:x").count == 2)
        #expect(image.messages("account-replaced").count == 1)
        #expect(try configuration(image).config?.user == "2000:2000")
    }

    @Test(arguments: [
        ("bin", "1:1"), ("1", "1:1"), ("4711", "4711"), ("4711:12", "4711:12"), ("bin:root", "1:0"),
        ("0", "0:0"),
    ]) func runAs(_ text: String, _ user: String) async throws {
        let image = try await compose { $0.accounts.runAs = Located(text, at: ComposingHouse.here) }
        #expect(try configuration(image).config?.user == user)
    }

    @Test func runAsNobodyKnownIsRefused() async throws {
        await #expect(throws: ComposingError.unknownAccount("nobody-knows", ComposingHouse.here)) {
            _ = try await compose { $0.accounts.runAs = Located("nobody-knows", at: ComposingHouse.here) }
        }
    }

    @Test func theEnvironmentIsApkos() async throws {
        let image = try await compose { $0.process.environment = ["A": "b"] }
        #expect(
            try configuration(image).config?.environment == [
                "A=b", "PATH=/usr/local/sbin:/usr/local/bin:/usr/bin:/usr/sbin:/sbin:/bin",
                "SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt",
            ])
    }

    private func configuration(_ image: ComposedImage) throws -> ImageConfiguration {
        try CanonicalJSON.decode(
            from: house.store.read(try #require(image.platforms.first).config.digest), what: "configuration")
    }

    // MARK: - paths

    struct Rule: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var path: String
        var kind: PathRule.Kind
        var uid: UInt32?
        var permissions: UInt16?
        var recursive = false
        /// What the listing has of the paths that the row is about.
        var listing: [String]
        var about: [String]
    }

    static let rules = [
        Rule(
            testDescription: "a link to what is not there", path: "opt/x",
            kind: .symbolicLink(to: "/nowhere"),
            listing: ["l0777 0:0 /opt/x -> /nowhere [definition]"], about: ["/opt/x"]),
        Rule(
            testDescription: "a link without permissions leaves its target alone", path: "opt/p",
            kind: .symbolicLink(to: "/usr/bin/p"),
            listing: ["l0777 0:0 /opt/p -> /usr/bin/p [definition]", "-0755 0:0 /usr/bin/p [base]"],
            about: ["/opt/p", "/usr/bin/p"]),
        Rule(
            testDescription: "a link with permissions too", path: "opt/p",
            kind: .symbolicLink(to: "/usr/bin/p"),
            permissions: 0o600,
            listing: ["l0777 0:0 /opt/p -> /usr/bin/p [definition]", "-0755 0:0 /usr/bin/p [base]"],
            about: ["/opt/p", "/usr/bin/p"]),
        Rule(
            testDescription: "a hard link without permissions", path: "opt/p",
            kind: .hardLink(to: "/usr/bin/p"),
            listing: ["h0755 0:0 /opt/p -> usr/bin/p [definition]", "-0755 0:0 /usr/bin/p [base]"],
            about: ["/opt/p", "/usr/bin/p"]),
        Rule(
            testDescription: "everything below, links keep their targets' modes", path: "srv/tree",
            kind: .permissions,
            uid: 7, permissions: 0o2775, recursive: true,
            listing: [
                "d2775 7:0 /srv/tree [base]", "d2775 7:0 /srv/tree/deep [base]",
                "-2775 7:0 /srv/tree/deep/f [base]", "-2775 7:0 /srv/tree/f [base]",
                "l0777 7:0 /srv/tree/link -> /etc/passwd [base]", "-0644 0:0 /etc/passwd [base]",
            ], about: ["/srv/tree", "/etc/passwd"]),
        Rule(
            testDescription: "owners alone", path: "srv/tree/deep", kind: .permissions, uid: 7,
            listing: ["d0700 7:0 /srv/tree/deep [base]", "-0644 0:0 /srv/tree/deep/f [base]"],
            about: ["/srv/tree/deep"]),
        Rule(
            testDescription: "a directory that packages have", path: "srv/tree/deep", kind: .directory,
            permissions: 0o1777,
            listing: ["d1777 0:0 /srv/tree/deep [base]", "-0644 0:0 /srv/tree/deep/f [base]"],
            about: ["/srv/tree/deep"]),
        Rule(
            testDescription: "an empty file in a package's place", path: "srv/tree/f", kind: .emptyFile,
            listing: ["-0644 0:0 /srv/tree/f [definition]"], about: ["/srv/tree/f"]),
    ]

    @Test(arguments: rules) func paths(_ rule: Rule) async throws {
        let image = try await compose { definition in
            definition.paths = [
                Located(
                    PathRule(
                        path: try #require(ImagePath(rule.path)), kind: rule.kind, uid: rule.uid, gid: nil,
                        permissions: rule.permissions, recursive: rule.recursive), at: ComposingHouse.here)
            ]
        }
        let lines = AlpineImages.listing(image).filter { line in
            rule.about.contains { line.contains(" \($0) ") || line.contains(" \($0)/") }
        }
        #expect(lines.sorted() == rule.listing.sorted())
    }

    @Test func theDatabaseHasTheTreesOwners() async throws {
        let image = try await compose {
            try $0.path("srv/tree", .permissions, uid: 7, gid: 8, permissions: 0o750, recursive: true)
        }
        #expect(
            try house.content("usr/lib/apk/db/installed", of: image).contains(
                "F:srv/tree\nM:7:8:0750\nR:f\na:7:8:0750\n"))
    }

    // MARK: - The package manager's files, busybox, services

    @Test func theImagesOwnApkFindsItsConfiguration() async throws {
        let key = "keys/team.rsa.pub"
        let image = try await house.compose([base], family: .alpine, local: [key: Array("PEM\n".utf8)]) {
            $0.contents.packages = [
                Located(.init(try #require(PackageName("z")), .init(.fuzzy, "1.2")), at: ComposingHouse.here),
                Located(.init(try #require(PackageName("base"))), at: ComposingHouse.here),
            ]
            let lines: [(String, String?)] = [("https://apk.example.org/main", nil), ("./packages", "local")]
            $0.contents.repositories = lines.map {
                Located(.alpine(location: $0.0, tag: $0.1), at: ComposingHouse.here)
            }
            $0.contents.buildRepositories = [
                Located(.alpine(location: "https://apk.example.org/build", tag: nil), at: ComposingHouse.here)
            ]
            $0.contents.runtimeRepositories = [
                Located("https://apk.example.org/extra", at: ComposingHouse.here)
            ]
            $0.contents.keyring = [Located(key, at: ComposingHouse.here)]
            $0.contents.runtimeKeyring = [
                Located(.init(name: "run.rsa.pub", content: "RUN\n"), at: ComposingHouse.here)
            ]
        }
        func text(_ path: String) throws -> String { try house.content(path, of: image) }
        #expect(try text("etc/apk/world") == "base\nz~1.2\n")
        #expect(
            try text("etc/apk/repositories")
                == "@local ./packages\nhttps://apk.example.org/extra\nhttps://apk.example.org/main\n")
        #expect(try text("etc/apk/arch") == "x86_64\n")
        #expect(try text("etc/apk/keys/team.rsa.pub") == "PEM\n")
        #expect(try text("etc/apk/keys/run.rsa.pub") == "RUN\n")
        #expect(image.file("usr/lib/apk/db/lock")?.mode == 0o600)
    }

    @Test func busyboxsAppletsAreLinkedWhereNothingElseStands() async throws {
        let files = try ApkFiles()
        let image = try await AlpineImages.compose([
            try files.make(
                "layout", files: "mkdir -p usr/bin usr/sbin; ln -s usr/bin bin; ln -s usr/sbin sbin"),
            try files.make(
                "busybox",
                files: """
                    mkdir -p bin etc/busybox-paths.d; echo b > bin/busybox; chmod 755 bin/busybox
                    printf '/bin/busybox\\n/bin/ls\\n/usr/bin/cat\\n/sbin/ip\\n/usr/bin/ls\\n\\n' \
                      > etc/busybox-paths.d/busybox
                    """),
            try files.make("coreutils", files: "mkdir -p usr/bin; echo c > usr/bin/cat"),
        ])
        #expect(
            AlpineImages.listing(image).filter { $0.hasSuffix("[rule busybox]") } == [
                "l0777 0:0 /usr/bin/ls -> /bin/busybox [rule busybox]",
                "l0777 0:0 /usr/sbin/ip -> /bin/busybox [rule busybox]",
            ])
    }

    @Test func busyboxWithoutAListIsADiagnostic() async throws {
        let image = try await AlpineImages.compose([
            try ApkFiles().make("busybox", files: "mkdir bin; echo b > bin/busybox; chmod 755 bin/busybox")
        ])
        #expect(image.messages("applets-unlinked").count == 1)
    }

    @Test func servicesBelongToWhomTheImageRunsAs() async throws {
        let image = try await compose {
            $0.accounts.runAs = Located("1000:1001", at: ComposingHouse.here)
            $0.process.services = ["web": "/usr/bin/web --port 80", "log": "/usr/bin/log"]
            $0.process.volumes = ["/data"]
        }
        #expect(
            AlpineImages.listing(image).filter { $0.hasSuffix("[rule services]") } == [
                "d0755 1000:1001 /sv [rule services]", "d0755 1000:1001 /sv/log [rule services]",
                "-0755 0:0 /sv/log/run [rule services]", "d0755 1000:1001 /sv/web [rule services]",
                "-0755 0:0 /sv/web/run [rule services]",
            ])
        #expect(try house.content("sv/web/run", of: image) == "#!/bin/execlineb\n/usr/bin/web --port 80\n")
        #expect(try configuration(image).config?.volumes == ["/data": .init()])
    }
}
