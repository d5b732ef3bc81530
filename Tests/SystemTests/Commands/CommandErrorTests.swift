// SPDX-License-Identifier: Apache-2.0

import TestHouse
import Testing
import Vocabulary

/// What users read when something is wrong, and the code that scripts see. Each case runs the built program; the texts
/// stand in `errors.txt`, to be read as a user reads them.
struct CommandErrorTests {
    struct Case {
        var name: String
        var line: String
        var exit: Int32
        /// What is there before, as a shell script.
        var before = ""
    }

    private static let definitions: [Case] = [
        Case(
            name: "no definition", line: "slipway build nothing.yaml -o out", exit: 1),
        Case(
            name: "unknown key", line: "slipway build f.yaml -o out", exit: 1,
            before: "sed 's/entrypoint/entry-point/; s/accounts/acounts/' image.yaml >f.yaml"),
        Case(
            name: "duplicate key", line: "slipway show-config f.yaml", exit: 1,
            before: "{ cat image.yaml; echo 'archs: [amd64]'; } >f.yaml"),
        Case(
            name: "wrong type", line: "slipway show-config f.yaml", exit: 1,
            before: "sed 's/archs: .*/archs: {amd64: yes}/' image.yaml >f.yaml"),
        Case(
            name: "no YAML", line: "slipway show-config f.yaml", exit: 1,
            before: "printf 'contents: [\\n' >f.yaml"),
        Case(
            name: "missing package", line: "slipway build f.yaml -o out", exit: 1,
            before: "sed 's/- app/- appp/' image.yaml >f.yaml"),
        Case(
            name: "missing local file", line: "slipway build f.yaml -o out", exit: 1,
            before: "{ cat image.yaml; printf 'files:\\n  - path: /a\\n    source: a.conf\\n'; } >f.yaml"),
        Case(
            name: "another key signed the repository", line: "slipway build f.yaml -o out", exit: 1,
            before: ": >empty.gpg; sed 's/signed-by=[^]]*/signed-by=empty.gpg/' image.yaml >f.yaml"
        ),
        Case(
            name: "no such suite", line: "slipway build f.yaml -o out", exit: 1,
            before: "sed 's/ trixie main/ trixy main/' image.yaml >f.yaml"),
        Case(
            name: "no such architecture", line: "slipway build image.yaml -o out --arch riscv64", exit: 1),
    ]

    private static let locks: [Case] = [
        Case(
            name: "unreadable lock", line: "slipway build f.yaml -o out", exit: 1,
            before: "cp image.yaml f.yaml; echo '{' >f.lock.json"),
        Case(
            name: "lock of an older definition", line: "slipway build f.yaml -o out --quiet --json >json",
            exit: 0,
            before: "cp image.yaml f.yaml; slipway lock f.yaml --quiet; echo '# changed' >>f.yaml"),
        Case(
            name: "offline without a lock", line: "slipway build f.yaml -o out --offline", exit: 1,
            before: "rm -f f.lock.json; cp image.yaml f.yaml"),
        Case(
            name: "offline with --ignore-lock", line: "slipway tree image.yaml --offline --ignore-lock",
            exit: 1),
    ]

    private static let images: [Case] = [
        Case(name: "wrong reference", line: "slipway build image.yaml --push --tag nonsense::", exit: 1),
        Case(
            name: "tag without push", line: "slipway build image.yaml -o out --tag 127.0.0.1:5000/a:1",
            exit: 1),
        Case(name: "nowhere to go", line: "slipway build image.yaml", exit: 1),
        Case(
            name: "a tree cannot be signed", line: "slipway build image.yaml -o rootfs:t --sign k.key",
            exit: 1),
        Case(
            name: "output is a file", line: "slipway build image.yaml -o file", exit: 1, before: "echo >file"),
        Case(
            name: "output below a file", line: "slipway build image.yaml -o file/out", exit: 1,
            before: "echo >file"),
        Case(
            name: "output holds something else", line: "slipway build image.yaml -o taken", exit: 1,
            before: "mkdir -p taken; echo >taken/letter"),
        Case(
            name: "the tree is there already", line: "slipway build image.yaml -o rootfs:taken", exit: 1,
            before: "mkdir -p taken"),
        Case(name: "no such image", line: "slipway inspect nowhere", exit: 1),
        Case(name: "unreachable registry", line: "slipway inspect 127.0.0.1:1/app:1", exit: 1),
        Case(name: "push of what is no layout", line: "slipway push image.yaml 127.0.0.1:1/app:1", exit: 1),
    ]

    private static let keys: [Case] = [
        Case(name: "no key", line: "slipway sign --key nokey.key out", exit: 1),
        Case(
            name: "no private key", line: "slipway sign --key image.yaml out", exit: 1,
            before: "slipway build image.yaml -o out --quiet >log 2>&1"),
        Case(
            name: "key exists", line: "slipway key generate --name a", exit: 1,
            before: "slipway key generate --name a --quiet >log"),
    ]

    private static let usage: [Case] = [
        Case(name: "no such command", line: "slipway bild", exit: 1),
        Case(name: "no such option", line: "slipway build image.yaml -o out --ofline", exit: 1),
        Case(name: "missing argument", line: "slipway why image.yaml", exit: 1),
        Case(name: "no such architecture name", line: "slipway inspect out --arch amd46", exit: 1),
        Case(name: "no threads", line: "slipway cache usage --threads 0", exit: 1),
        Case(name: "no size", line: "slipway cache prune --to many", exit: 1),
        Case(
            name: "no date", line: "SOURCE_DATE_EPOCH=today slipway build image.yaml -o out", exit: 1),
        Case(name: "not loopback", line: "slipway registry serve --listen 0.0.0.0:5000", exit: 1),
        Case(name: "no address", line: "slipway registry serve --listen here", exit: 1),
        Case(name: "no catalog address", line: "slipway factory run --catalog here", exit: 1),
        Case(name: "no factory", line: "slipway factory once", exit: 1),
        Case(name: "an absent package's why", line: "slipway why image.yaml nothing --quiet", exit: 2),
    ]

    @Test func whatIsWrongAndWhatToDo() async throws {
        let scene = try CommandScene()
        var transcript = ""
        for item in Self.definitions + Self.locks + Self.images + Self.keys + Self.usage {
            let outcome = try scene.type(item.line, before: item.before)
            #expect(outcome.exit == item.exit, "\(item.name): \(outcome.stderr)")
            transcript += "# \(item.name)\n$ \(item.line)\n\(outcome.stdout)\(outcome.stderr)"
            transcript += "[exit \(outcome.exit)]\n\n"
        }
        let text = Array(scene.plain(transcript).utf8)
        #expect(try Golden.difference(of: text, from: "errors.txt", beside: #filePath) == nil)
    }

    /// Tools that the machine lacks are named with the line that installs them.
    @Test(
        .enabled(if: Tool.isRoot, "takes tools away in a mount namespace of its own, as root"),
        arguments: [
            ("gpgv", "slipway build image.yaml -o out", "apt-get install gpgv"),
            ("runc crun", "slipway run image.yaml -- /x", "apt-get install runc"),
            (
                "qemu-aarch64-static", "slipway run image.yaml --arch arm64 -- /x",
                "apt-get install qemu-user-static"
            ),
        ])
    func missingTools(_ tools: String, _ line: String, _ advice: String) async throws {
        let scene = try CommandScene()
        let hide = tools.split(separator: " ").map {
            "for f in /usr/bin/\($0) /usr/sbin/\($0); do [ ! -e $f ] || mount --bind /dev/null $f; done"
        }
        let inner =
            "mount --make-rprivate /; \(hide.joined(separator: "; ")); \(line.replacing("slipway", with: CommandScene.program))"
        let outcome = try scene.type("unshare -m sh -c '\(inner)'")
        #expect(outcome.exit == 1, "\(outcome.stderr)")
        #expect(outcome.stderr.contains(advice), "\(outcome.stderr)")
    }
}

extension Tool {
    static var isRoot: Bool { (try? sh("[ $(id -u) -eq 0 ] && unshare -m true", in: "/")) != nil }
}
