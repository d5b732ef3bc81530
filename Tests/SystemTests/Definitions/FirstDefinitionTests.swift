// SPDX-License-Identifier: Apache-2.0

import TestHouse
import Testing

/// `slipway init`, as somebody new types it.
@Suite(.enabled(if: SlipwayProgram.isThere, "needs the built program"))
struct FirstDefinitionTests {
    @Test func writesADefinitionThatBuilds() throws {
        let scene = try CommandScene()
        let line = "deb [signed-by=\(scene.repository.keyring)] \(scene.repository.url) trixie main"
        let first = try scene.type(
            "slipway init new.yaml --package app --command '/usr/bin/app \"a b\"' --repository '\(line)'")
        #expect(first.exit == 0 && first.stdout.contains("slipway build new.yaml -o out"), "\(first.stderr)")
        let built = try scene.type("slipway build new.yaml -o out --quiet && slipway inspect out --json")
        #expect(built.exit == 0, "\(built.stderr)")
        #expect(built.stdout.contains("\"a b\""))
        let text = String(decoding: try scene.scratch.read("new.yaml"), as: UTF8.self)
        #expect(text.contains("# Build it:    slipway build new.yaml -o out/new\n"), "\(text)")
        // What stands there is never lost.
        let second = try scene.type("slipway init new.yaml --package other --command a")
        #expect(second.exit == 1)
        #expect(second.stderr.contains("'new.yaml' exists and is not overwritten"), "\(second.stderr)")
        #expect(try scene.scratch.read("new.yaml") == Array(text.utf8))
    }

    @Test func theOtherFamily() throws {
        let scratch = try Scratch()
        let outcome = try SlipwayProgram.run(
            [
                "init", "--package", "nginx~1.27", "--package", "!openssh", "--command", "/usr/sbin/nginx",
                "--repository", "https://apk.example.org/os", "--keyring",
                "https://apk.example.org/os/key.rsa.pub",
            ], in: scratch.path)
        #expect(outcome.exit == 0, "\(outcome.stderr)")
        let shown = try SlipwayProgram.run(["show-config", "image.yaml", "-q"], in: scratch.path)
        #expect(shown.exit == 0, "\(shown.stderr)")
        #expect(
            shown.text.contains(
                """
                contents:
                  repositories:
                    - https://apk.example.org/os
                  keyring:
                    - https://apk.example.org/os/key.rsa.pub
                  packages:
                    - nginx~1.27
                    - "!openssh"
                """), "\(shown.text)")
        #expect(shown.text.contains("    - username: nonroot\n      uid: 65532\n"), "\(shown.text)")
    }

    @Test(arguments: [
        ("nobody to ask", ["init"], "nobody is here to ask: say --package"),
        ("no package", ["init", "--package", "a b", "--command", "c"], "'a b' is no value for 'packages'"),
        (
            "no repository", ["init", "--package", "a", "--repository", "deb trixie", "--command", "c"],
            "is no value for 'repositories'"
        ),
        ("open quote", ["init", "--package", "a", "--command", "c \"d"], "the quote \" is not closed"),
    ]) func answersThatAreNone(_ name: String, _ arguments: [String], _ says: String) throws {
        let scratch = try Scratch()
        let outcome = try SlipwayProgram.run(arguments, in: scratch.path)
        #expect(outcome.exit == 1, "\(name)")
        #expect(outcome.stderr.contains(says), "\(name): \(outcome.stderr)")
        #expect(try scratch.sh("ls -A | grep -v '^[.]' || true").isEmpty)
    }

    /// At a terminal it asks; return takes what stands in brackets.
    @Test(.enabled(if: Tool.exists("script"), "needs script(1)")) func threeQuestions() throws {
        let scratch = try Scratch()
        let command = SlipwayProgram.command(["init", "asked.yaml"], home: scratch.path)
        try scratch.write(Array("#!/bin/sh\ncd '\(scratch.path)' && exec \(command)\n".utf8), to: "ask")
        let said = try scratch.sh(
            "chmod +x ask; printf 'app, lib\\n/usr/bin/app\\n\\n' | script -qec ./ask /dev/null")
        let text = String(decoding: said, as: UTF8.self)
        #expect(text.contains("Which packages does the image need?"), "\(text)")
        #expect(text.contains("[deb system trixie main]"), "\(text)")
        let written = String(decoding: try scratch.read("asked.yaml"), as: UTF8.self)
        #expect(written.contains("  packages:\n    - app\n    - lib\n"), "\(written)")
        #expect(written.contains("  command: /usr/bin/app\n"))
        #expect(written.contains("    - deb system trixie main\n"))
    }
}
