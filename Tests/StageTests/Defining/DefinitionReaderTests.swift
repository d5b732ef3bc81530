// SPDX-License-Identifier: Apache-2.0

import Testing
import Vocabulary

@testable import Defining

@Suite struct DefinitionReaderTests {
    @Test func placesAreThoseOfTheText() throws {
        let definition = try Definitions.read(Definitions.complete)
        #expect(definition.contents.packages.map(\.location.line) == [8, 9, 10])
        #expect(definition.contents.repositories[1].location.description == "redis/image.yaml:6:7")
    }

    static let mistakes: [(String, text: String, says: String)] = [
        (
            "unknown key, nearest named", "work_dir: /a",
            "1:1: unknown key 'work_dir' in the definition; did you mean 'work-dir'?"
        ),
        (
            "swapped letters", "contents: {pakcages: [a]}",
            "1:12: unknown key 'pakcages' in 'contents'; did you mean 'packages'?"
        ),
        ("unknown key, nothing near", "kubernetes: 1", "1:1: unknown key 'kubernetes' in the definition"),
        (
            "duplicate key", "cmd: a\narchs: [amd64]\ncmd: b",
            "1:1: the key 'cmd' stands twice in one mapping; keep one of them"
        ),
        (
            "key that apko removed", "os-release: {name: a}",
            "1:1: the key 'os-release' is not read: apko removed it: /etc/os-release comes from a package, as wolfi-baselayout or alpine-release; use 'files' for your own"
        ),
        (
            "key under its old name", "paths: [{path: /a, type: directory, walk-dir: true}]",
            "1:37: the key 'walk-dir' is not read: it is called 'recursive' now"
        ),
        (
            "wrong type: list for mapping", "contents: [a]",
            "1:11: 'contents' must be a mapping with the keys build_repositories, repositories, runtime_repositories, keyring, runtime_keyring, packages, keep, drop, baseimage, but here is a list"
        ),
        (
            "wrong type: text for list", "archs: amd64",
            "1:8: 'archs' must be a list, but here is the text 'amd64'"
        ),
        (
            "wrong type: yes for true", "paths: [{path: /a, type: directory, recursive: yes}]",
            "1:48: 'recursive' must be true or false, but here is the text 'yes'"
        ),
        (
            "wrong type: quoted number", "accounts: {users: [{username: a, uid: '5'}]}",
            "1:39: 'uid' must be a whole number, but here is the text '5'"
        ),
        (
            "wrong type: mapping for text", "work-dir: {a: b}",
            "1:11: 'work-dir' must be a text, but here is a mapping"
        ),
        (
            "null in a list", "contents: {packages: [~]}",
            "1:23: 'packages' must be a text, but here is nothing"
        ),
        (
            "number too large", "accounts: {users: [{username: a, uid: 4294967295}]}",
            "1:39: '4294967295' is no value for 'uid': it must be from 0 to 4294967294"
        ),
        ("missing key", "tests: [{run: a}]", "1:9: a test needs the key 'name'"),
        (
            "unknown word", "paths: [{path: /a, type: simlink}]",
            "1:26: 'simlink' is no value for 'type': use one of directory, empty-file, permissions, symlink, hardlink; did you mean 'symlink'?"
        ),
        (
            "path leaves the image", "paths: [{path: /a/../../etc, type: directory}]",
            "1:16: '/a/../../etc' is no value for 'path': it leaves the image's root or is too long"
        ),
        (
            "local file leaves its folder", "files: [{path: /a, source: ../key}]",
            "1:28: '../key' is no value for 'source': it must be a path below the folder of this file"
        ),
        (
            "local file by absolute path", "files: [{path: /a, source: /etc/passwd}]",
            "1:28: '/etc/passwd' is no value for 'source': it must be a path below the folder of this file"
        ),
        (
            "file without content", "files: [{path: /a}]",
            "1:9: an item of 'files' needs the key 'source' or 'content'"
        ),
        (
            "relative work-dir", "work-dir: a",
            "1:11: 'a' is no value for 'work-dir': it must be an absolute path inside the image"
        ),
        (
            "signal", "stop-signal: SIGTREM",
            "1:14: 'SIGTREM' is no value for 'stop-signal': it is no signal's name or number; did you mean 'SIGTERM'?"
        ),
        (
            "architecture", "archs: [amd46]",
            "1:9: 'amd46' is no value for 'archs': use one of amd64, arm64, armhf, arm/v6, i386, loong64, ppc64el, riscv64, s390x; did you mean 'amd64'?"
        ),
        ("open quote", "cmd: a \"b", "1:6: 'a \"b' is no value for 'cmd': the quote \" is not closed"),
        (
            "a second passwd line in a name", "accounts: {users: [{username: \"a\\nroot\", uid: 5}]}",
            "1:31: 'a…' is no value for 'username': it has more than one line"
        ),
        (
            "a second passwd field in a home",
            "accounts: {users: [{username: a, uid: 5, homedir: '/a:/bin/sh'}]}",
            "1:51: '/a:/bin/sh' is no value for 'homedir': a ':' would end the field"
        ),
        (
            "user with root's number", "accounts: {users: [{username: toor, uid: 0}]}",
            "1:42: '0' is no value for 'uid': root is in every image already"
        ),
        (
            "package version", "contents: {packages: ['a>=']}",
            "1:23: 'a>=' is no value for 'packages': a version must follow '>=', without blanks"
        ),
        (
            "two packages in one", "contents: {packages: [a b]}",
            "1:23: 'a b' is no value for 'packages': it is not a package's name; write one name, as in 'name' or 'name>=1.2'"
        ),
        (
            "kept and dropped", "contents: {keep: [a], drop: [a]}",
            "1:19: 'a' is no value for 'keep': it stands under 'drop' too"
        ),
        (
            "environment name", "environment: {\"A=B\": c}",
            "1:22: 'A=B' is no value for 'environment': a variable's name is not empty and has no '='"
        ),
        ("empty", "", "1:1: the definition is empty"),
        ("only a comment", "# nothing", "1:1: the definition is empty"),
        (
            "tab for indentation", "contents:\n\tpackages: [a]",
            "2:1: not YAML: found character that cannot start any token (while scanning for the next token)"
        ),
        (
            "two documents", "cmd: a\n---\ncmd: b",
            "2:1: not YAML: but found another document (expected a single document in the stream)"
        ),
        (
            "merge key", "environment: {<<: {A: b}}",
            "1:15: merge keys ('<<') are not read; write the keys out"
        ),
        ("tag", "cmd: !!binary aGk=", "1:6: the tag 'tag:yaml.org,2002:binary' is not read; remove it"),
        ("key is a list", "? [a, b]\n: c", "1:3: a key must be a text, not a list or a mapping"),
        (
            "control character", "cmd: a\nwork-dir: \u{1}",
            "2:11: the control character U+1, which YAML does not allow"
        ),
        ("undefined alias", "cmd: *a", "1:6: not YAML: found undefined alias"),
    ]

    @Test(arguments: mistakes) func mistake(_ name: String, text: String, says: String) {
        #expect(Definitions.problems(text) == says, "\(name)")
    }

    @Test func severalProblemsInOneRunInTheOrderOfTheText() {
        let text = """
            archs: [amd64]
            contents:
              packages: [a, 'b=', c]
              repository: []
            stop-signal: KIL
            tests:
              - run: [a]
                withn: 3
            """
        let says = Definitions.problems(text).split(separator: "\n").map { $0.prefix(4) }
        #expect(says == ["3:17", "4:3:", "5:14", "7:5:", "8:5:"])
    }

    @Test func whatTheUserShouldHear() throws {
        #expect(
            try Definitions.diagnostics("cmd: a") == [
                "1:1 warning image-runs-as-root", "1:1 note default-architecture",
            ])
        #expect(
            try Definitions.diagnostics("archs: [amd64]\naccounts: {run-as: 0}") == [
                "2:20 warning image-runs-as-root"
            ])
        #expect(
            try Definitions.diagnostics("archs: [amd64]\naccounts: {run-as: 'root:5'}") == [
                "2:20 warning image-runs-as-root"
            ])
        let rest = "archs: [amd64]\naccounts: {run-as: 5}\n"
        #expect(try Definitions.diagnostics(rest) == [])
        #expect(
            try Definitions.diagnostics(rest + "contents: {packages: [a, a]}") == [
                "3:26 warning duplicate-request"
            ])
        #expect(
            try Definitions.diagnostics(rest + "paths: [{path: /a, type: directory, permissions: 755}]")
                == ["3:50 warning decimal-mode"])
        #expect(
            try Definitions.diagnostics("accounts: {run-as: 5}\narchs: [amd64, x86_64]") == [
                "2:16 warning duplicate-value"
            ])
    }

    @Test(arguments: [
        ("redis/image.yaml", "redis"), ("a/b/redis.apko.yaml", "redis"), ("Redis Server.yml", "redis-server"),
        ("image.yaml", "image"), ("./image.yaml", "image"), ("/etc/x/apko.yaml", "x"), ("ÄÖ.yaml", "image"),
    ]) func nameFromTheFilesPlace(_ file: String, _ name: String) throws {
        #expect(try Definitions.read("cmd: a", file: file).name == name)
    }
}
