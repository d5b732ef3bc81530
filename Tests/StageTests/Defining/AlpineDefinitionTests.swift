// SPDX-License-Identifier: Apache-2.0

import Testing
import Vocabulary

@testable import Defining

/// apko's language with apko's meaning.
@Suite struct AlpineDefinitionTests {
    @Test func wholeLanguageAsShowConfigPrintsIt() throws {
        let definition = try Definitions.read(Definitions.alpine, file: "bundle.yaml")
        #expect(
            String(decoding: definition.yaml, as: UTF8.self) == """
                contents:
                  build_repositories:
                    - "./packages"
                  repositories:
                    - https://apk.example.org/os
                    - "@edge https://apk.example.org/edge"
                  runtime_repositories:
                    - apk.example.org/runtime
                  keyring:
                    - "./keys/own.rsa.pub"
                    - https://apk.example.org/os/signing.rsa.pub
                  runtime_keyring:
                    - name: runtime.rsa.pub
                      content: |
                        -----BEGIN PUBLIC KEY-----
                        AAAA
                        -----END PUBLIC KEY-----
                  packages:
                    - wolfi-baselayout
                    - nginx~1.27
                    - redis=7.2.4-r0@edge
                    - curl@edge
                    - busybox<~1.36
                    - "!openssh"
                    - s6
                entrypoint:
                  type: service-bundle
                  services:
                    nginx: "/usr/sbin/nginx -g \\"daemon off;\\""
                accounts:
                  run-as: "65532:65532"
                  users:
                    - username: nginx
                      uid: 65532
                      shell: /bin/sh
                      homedir: \("/home")/nginx
                  groups:
                    - groupname: nginx
                      gid: 65532
                paths:
                  - path: /run/nginx
                    type: directory
                    uid: 65532
                    gid: 0
                    permissions: 0o755
                  - path: /link
                    type: symlink
                    source: /run
                  - path: /etc/nginx
                    type: permissions
                    permissions: 0o2775
                    recursive: true
                volumes:
                  - /data
                  - /cache
                certificates:
                  additional:
                    - name: own
                      content: |
                        -----BEGIN CERTIFICATE-----
                        AAAA
                        -----END CERTIFICATE-----
                  providers:
                    - own-certificates
                annotations:
                  org.opencontainers.image.revision: "0123abcd"
                  org.opencontainers.image.source: git+ssh://git@git.example.org/images
                  org.opencontainers.image.title: Bundle
                vcs-url: git+ssh://git@git.example.org/images@0123abcd
                archs:
                  - amd64
                  - arm64
                  - arm/v6
                  - arm/v7
                  - "386"
                layering:
                  strategy: origin
                  budget: 10

                """)
        #expect(definition.process.entrypoint == ["/bin/s6-svscan", "/sv"])
        #expect(definition.name == "bundle")
    }

    static let repository = "contents: {repositories: [https://apk.example.org/os]}\n"

    @Test func armhfIsTheFamilysOwn() throws {
        let alpine = try Definitions.read(Self.repository + "archs: [armhf]")
        #expect(alpine.architectures == [.armv6])
        let debian = try Definitions.read(
            "contents: {repositories: [deb system trixie main]}\narchs: [armhf]")
        #expect(debian.architectures == [.armhf])
    }

    @Test func withoutArchitecturesTheFamilysOwn() throws {
        #expect(
            try Definitions.read(Self.repository).architectures.map(\.platformName).sorted() == [
                "386", "amd64", "arm/v6", "arm/v7", "arm64", "loong64", "ppc64le", "riscv64", "s390x",
            ])
        #expect(try Definitions.read(Self.repository + "archs: []").architectures.count == 9)
        #expect(
            try Definitions.read("contents: {repositories: [deb system trixie main]}").architectures == [
                .amd64
            ])
        #expect(try Definitions.read("cmd: a").architectures == [.amd64])
    }

    @Test(arguments: [
        ("a", "a", PackageRequest.Operator?.none), ("a=1-r0", "a=1-r0", .equal), ("a =1", "a=1", .equal),
        ("a>1", "a>1", .greater), ("a=>1", "a>=1", .atLeast), ("a<=1", "a<=1", .atMost),
        ("a~1", "a~1", .fuzzy),
        ("a=~1", "a~1", .fuzzy), ("a~=1", "a~1", .fuzzy), ("a~<1", "a<~1", .fuzzyLess),
        ("a<~=1", "a<~1", .fuzzyLess), ("a>~1", "a>~1", .fuzzyGreater), ("a@t", "a@t", nil),
        ("a@t>1", "a>1@t", .greater), ("a>1@t", "a>1@t", .greater), ("!a", "!a", nil),
        ("!a<2", "!a<2", .less), ("a=1~0abc-r0", "a=1~0abc-r0", .equal),
        ("so:libc.so.6", "so:libc.so.6", nil),
    ]) func world(_ text: String, _ means: String, _ relation: PackageRequest.Operator?) throws {
        let request = try PackageRequest(parsing: text)
        #expect(request.description == means)
        #expect(request.constraint?.relation == relation)
    }

    @Test(arguments: [
        ("identity", "a><Q1abc", "no relation"), ("no version", "a~", "a version must follow"),
        ("no name", "=1", "not a package's name"), ("only excluded", "!", "not a package's name"),
        ("empty tag", "a@", "tag must follow"), ("two tags", "a@b@c", "tag"),
        ("behind the tag", "a@b c", "nothing may follow"),
        ("two relations", "a>1<2", "a version must follow"),
    ]) func noWorld(_ name: String, _ text: String, _ says: String) {
        let error = #expect(throws: PackageRequestError.self, "\(name)") { try PackageRequest(parsing: text) }
        #expect(error?.reason.contains(says) == true, "\(name): \(error?.reason ?? "")")
    }

    static let mistakes: [(String, text: String, says: String)] = [
        (
            "two families",
            "contents:\n  repositories: [deb system trixie main]\n  build_repositories: [./packages]",
            "2:18: 'deb system trixie main' is no value for 'repositories': it has Debian packages, and './packages' (line 3) has Alpine ones; an image holds packages of one family, remove the lines of the other"
        ),
        (
            "drop in Alpine", "contents: {repositories: [/a], drop: [b]}",
            "1:32: 'contents.drop' means nothing for Alpine packages: write '!name' under 'packages'"
        ),
        (
            "tag in Debian", "contents: {repositories: [deb system trixie main], packages: [b@edge]}",
            "1:63: 'b@edge' is no value for 'packages': Debian repositories have no tags; name the version"
        ),
        (
            "excluded in Debian", "contents: {repositories: [deb system trixie main], packages: ['!b']}",
            "1:63: '!b' is no value for 'packages': write the name under 'drop'"
        ),
        (
            "fuzzy in Debian", "contents: {repositories: [deb system trixie main], packages: [b~1]}",
            "1:63: 'b~1' is no value for 'packages': '~' is no relation of Debian's; use = < > <= >="
        ),
        (
            "bundle in Debian",
            "contents: {repositories: [deb system trixie main]}\nentrypoint: {type: service-bundle}",
            "2:14: 'entrypoint.type' means nothing for Debian packages: an image starts one program; name it with 'command'"
        ),
        (
            "key by URL in Debian",
            "contents: {repositories: [deb system trixie main], keyring: [https://deb.example.org/a.gpg]}",
            "1:62: 'https://deb.example.org/a.gpg' is no value for 'keyring': Debian keyrings are not downloaded; name a file of this machine"
        ),
        (
            "password in a key's URL",
            "contents: {repositories: [/a], keyring: ['https://u:p@apk.example.org/k']}",
            "1:42: 'https://u:p@apk.example.org/k' is no value for 'keyring': a URL with a password would stand in locks and provenance; remove it"
        ),
        (
            "erofs", "format: erofs",
            "1:9: 'erofs' is no value for 'format': file systems as layers are a draft that few runtimes read; use 'tar', or remove the key"
        ),
        (
            "budget without strategy", "layering: {budget: 3}",
            "1:11: '…' is no value for 'layering': 'budget' needs 'strategy: origin' beside it"
        ),
        (
            "layering by something else", "layering: {strategy: size, budget: 3}",
            "1:22: 'size' is no value for 'strategy': use one of origin"
        ),
        (
            "key name that leaves its folder", "contents: {runtime_keyring: [{name: ../k, content: a}]}",
            "1:37: '../k' is no value for 'name': use letters, digits, '_', '-' and '.', and begin with no '.'"
        ),
        (
            "two keys of a name",
            "contents: {runtime_keyring: [{name: k, content: a}, {name: k, content: b}]}",
            "1:60: 'k' is no value for 'name': two items have it"
        ),
        (
            "two certificates in one",
            "certificates: {additional: [{name: a, content: \"-----BEGIN CERTIFICATE-----\\n-----BEGIN CERTIFICATE-----\"}]}",
            "1:29: 'a' is no value for 'content': it holds 2 certificates in PEM form; write one for each item"
        ),
        (
            "base image with more", "contents: {baseimage: {image: a, apkindex: b}}\ncmd: c",
            "2:1: 'cmd' cannot stand beside 'contents.baseimage': the image below says it; remove one of the two"
        ),
        (
            "base image without index", "contents: {baseimage: {image: a}}",
            "1:23: 'baseimage' needs the key 'apkindex'"
        ),
        (
            "service outside its folder", "entrypoint: {services: {../a: b}}",
            "1:31: '../a' is no value for 'services': a service's name is that of a folder"
        ),
        (
            "users that contradict",
            "accounts: {users: [{username: a, uid: 1}, {username: a, uid: 2}]}",
            "1:43: 'a' is no value for 'username': it is defined twice, and not the same"
        ),
        (
            "a third word", "contents: {repositories: ['https://apk.example.org/a main']}",
            "1:27: 'https://apk.example.org/a main' is no value for 'repositories': write 'deb system SUITE COMPONENT…', 'deb [signed-by=FILE] URL SUITE COMPONENT…', or an Alpine repository as 'URL', 'FOLDER', '@TAG URL'"
        ),
        (
            "a tag alone", "contents: {repositories: ['@edge']}",
            "1:27: '@edge' is no value for 'repositories': a URL or a folder must follow the tag '@edge'"
        ),
    ]

    @Test(arguments: mistakes) func mistake(_ name: String, text: String, says: String) {
        #expect(Definitions.problems(text) == says, "\(name)")
    }

    @Test(arguments: [
        ("fragment", "{shell-fragment: 'a | b'}", ["/bin/sh", "-c", "a | b"], [String]()),
        (
            "fragment before command", "{shell-fragment: a, command: b}", ["/bin/sh", "-c", "a"],
            ["entrypoint-ignored"]
        ),
        (
            "bundle before command", "{type: service-bundle, command: b}", ["/bin/s6-svscan", "/sv"],
            ["entrypoint-ignored"]
        ),
        (
            "fragment before bundle", "{type: service-bundle, shell-fragment: b}", ["/bin/sh", "-c", "b"],
            ["entrypoint-ignored"]
        ),
        ("nobody starts them", "{services: {a: b}}", [], ["entrypoint-ignored"]),
        ("blank", "{type: '', command: '', shell-fragment: '', services: {}}", [], []),
        ("a list, which apko has not", "[a, b c]", ["a", "b c"], []),
    ]) func entrypoints(_ name: String, _ text: String, _ words: [String], _ says: [String]) throws {
        let whole = "entrypoint: \(text)\naccounts: {run-as: 5}\narchs: [amd64]"
        #expect(try Definitions.read(whole).process.entrypoint == words, "\(name)")
        #expect(
            try Definitions.diagnostics(whole).map { String($0.split(separator: " ")[2]) } == says, "\(name)")
    }

    @Test(arguments: [
        ("{}", nil, false), ("{strategy: origin, budget: 10}", 10, false), ("{strategy: origin}", 1, true),
        ("{strategy: origin, budget: 0}", 1, true), ("{strategy: origin, budget: 500}", 100, true),
        ("{strategy: '', budget: 0}", nil, false),
    ]) func layering(_ text: String, _ budget: Int?, _ isHeard: Bool) throws {
        let whole = "layering: \(text)\naccounts: {run-as: 5}\narchs: [amd64]"
        #expect(try Definitions.read(whole).layering?.budget == budget)
        #expect(try Definitions.diagnostics(whole).isEmpty != isHeard)
    }

    @Test func whatIsSaidTwice() throws {
        let text = """
            accounts:
              run-as: a
              users: [{username: a, uid: 1}, {username: a, uid: 1}, {username: b, uid: 1}]
            archs: [amd64]
            """
        #expect(try Definitions.read(text).accounts.users.map(\.value.name) == ["a", "b"])
        #expect(
            try Definitions.diagnostics(text) == [
                "3:34 warning duplicate-value", "3:57 warning duplicate-value",
            ])
    }
}
