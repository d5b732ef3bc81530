// SPDX-License-Identifier: Apache-2.0

import Execution
import TestHouse
import Testing

/// What recipes may not do and may not use, by the finished program.
@Suite(
    "A recipe that goes too far",
    .enabled(if: RecipeScene.isPossible, RecipeScene.why))
struct RecipeLimitTests {
    @Test(
        "limits that hold, and the key that allows more",
        arguments: [
            (
                "a disk filler", "resources: {disk: 16Mi}", "dd if=/dev/zero of=big bs=1M count=64",
                "'package.resources.disk' says how much"
            ),
            (
                "a filler of /tmp", "resources: {disk: 16Mi}", "dd if=/dev/zero of=/tmp/big bs=1M count=64",
                "'package.resources.disk' says how much"
            ),
            ("a step without an end", "timeout: 1s", "sleep 600", "'package.timeout' allows more"),
            (
                "steps that take too long together", "timeout: 2s",
                "sleep 1 ;; sleep 1 ;; sleep 1 ;; sleep 1", "'package.timeout' allows more"
            ),
        ])
    func limits(_ name: String, _ package: String, _ script: String, _ expected: String) throws {
        let scene = try RecipeScene()
        let steps = script.split(separator: " ;; ").map { "  - {name: hog, runs: \"\($0)\"}" }
        try scene.define(steps: steps.joined(separator: "\n"), package: "\n  \(package)")
        let outcome = try scene.build()
        #expect(outcome.exit == 1 && outcome.stderr.contains(expected), "\(name): \(outcome.stderr)")
        try scene.scratch.sh("test ! -e packages/x86_64/words-1.0-r0.apk")
        let log = String(decoding: try scene.scratch.read("packages/x86_64/words-1.0-r0.log"), as: UTF8.self)
        #expect(log.contains(expected), "\(name): \(log)")
    }

    @Test(
        "a memory hog is killed, and the key that allows more is named",
        .enabled(
            if: ControlGroup.unheld(.init(memory: 48 << 20)).isEmpty, "needs the right to make control groups"
        )
    )
    func memoryHog() throws {
        try limits(
            "a memory hog", "resources: {memory: 48Mi}",
            "head -c 200000000 /dev/zero | tail -c 150000000 | wc -c",
            "'package.resources.memory' allows more")
    }

    @Test("a capability that opens the sandbox is not given")
    func capability() throws {
        let scene = try RecipeScene()
        try scene.scratch.sh("printf 'capabilities: {add: [CAP_SYS_ADMIN]}\n' >>words.yaml")
        let outcome = try scene.build()
        #expect(
            outcome.exit == 1 && outcome.stderr.contains("the capability SYS_ADMIN is not given to steps"),
            "\(outcome.stderr)")
        try scene.scratch.sh("test ! -e packages/x86_64/words-1.0-r0.apk")
    }

    @Test("within its limits a recipe is built as without them, in a workspace of a size")
    func modest() throws {
        let scene = try RecipeScene()
        try scene.define()
        #expect(try scene.build("-o", "free").exit == 0)
        try scene.define(package: "\n  resources: {cpu: 1, memory: 256Mi, disk: 32Mi}\n  timeout: 5m")
        let outcome = try scene.build("-o", "held")
        #expect(outcome.exit == 0, "\(outcome.stderr)")
        try scene.scratch.sh("cmp free/x86_64/words-doc-1.0-r0.apk held/x86_64/words-doc-1.0-r0.apk")
    }

    @Test(
        "a step that reaches for what is not there fails, and its log says where such a thing belongs",
        arguments: [
            ("the network", "nc -w 2 192.0.2.1 80", "the sandbox has no network"),
            ("a name", "wget -q http://example.org/a.tar.gz", "the sandbox has no network"),
            (
                "the host's files", "cat /proc/1/root/etc/hostname",
                "the sandbox holds no file, process or device of the host's"
            ),
            ("a key", "cat ~/.ssh/id_rsa", "the sandbox has no keys"),
            ("the build root", "touch /bin/new", "the build root cannot be changed"),
        ])
    func reaches(_ name: String, _ script: String, _ expected: String) throws {
        let scene = try RecipeScene()
        try scene.define(steps: "  - {name: reaches, runs: \"\(script)\"}")
        let outcome = try scene.build()
        #expect(outcome.exit == 1 && outcome.stderr.contains(expected), "\(name): \(outcome.stderr)")
        let log = String(decoding: try scene.scratch.read("packages/x86_64/words-1.0-r0.log"), as: UTF8.self)
        #expect(log.contains(expected), "\(name): \(log)")
    }

    @Test("what linters refuse is told all at once, nothing is published, and it is switched off by name")
    func linted() throws {
        let scene = try RecipeScene()
        let steps = """
              - runs: |
                  mkdir -p ${{targets.destdir}}/tmp ${{targets.destdir}}/usr/bin
                  touch ${{targets.destdir}}/tmp/a ${{targets.destdir}}/usr/bin/b
                  chmod 4755 ${{targets.destdir}}/usr/bin/b
            """
        try scene.define(steps: steps)
        let refused = try scene.build()
        #expect(
            refused.exit == 1 && refused.stderr.contains("/usr/bin/b has the setuid bit (mode 4755)")
                && refused.stderr.contains("[setuidgid]")
                && refused.stderr.contains("/tmp/a lies where everything is temporary"),
            "\(refused.stderr)")
        try scene.scratch.sh("test ! -e packages/x86_64/words-1.0-r0.apk")
        try scene.define(
            steps: steps, package: "\n  checks: {disabled: [setuidgid, tempdir, cmdcheck, worldwrit]}")
        let built = try scene.build()
        #expect(built.exit == 0 && built.stderr.contains("did you mean 'worldwrite'?"), "\(built.stderr)")
        let linted = try SlipwayProgram.run(
            ["recipe", "lint", "packages/x86_64/words-1.0-r0.apk"], in: scene.scratch.path)
        #expect(
            linted.exit == 2 && linted.text.contains("refused: words: /usr/bin/b has the setuid bit"),
            "\(linted.text)")
        #expect(
            try SlipwayProgram.run(
                [
                    "recipe", "lint", "packages/x86_64/words-1.0-r0.apk", "--disable", "setuidgid",
                    "--disable", "tempdir",
                ],
                in: scene.scratch.path
            ).exit == 0)
    }

    @Test(
        "a package that cannot work in the image of its needs is not published, though its recipe has no test of it"
    )
    func checked() throws {
        let scene = try RecipeScene()
        try scene.define(
            steps: """
                  - runs: |
                      mkdir -p melange-out/words-doc/usr/bin
                      printf '#!/usr/bin/perl\\n' >melange-out/words-doc/usr/bin/explain
                      chmod 755 melange-out/words-doc/usr/bin/explain
                """)
        // Dependencies would not let it be installed at all.
        try scene.scratch.sh(
            "sed -i 's/    description: what is said of words/&\\n    options: {no-depends: true}/' words.yaml"
        )
        let outcome = try scene.build()
        #expect(
            outcome.exit == 1
                && outcome.stderr.contains("/usr/bin/explain is run by /usr/bin/perl, which is not there")
                && outcome.stderr.contains("[interpcheck]"), "\(outcome.stderr)")
        try scene.scratch.sh("test ! -e packages/x86_64/words-1.0-r0.apk")
    }

    @Test("a shell where a step failed needs a terminal: without one nothing is built")
    func noTerminal() throws {
        let refused = try RecipeScene().build("--shell")
        #expect(
            refused.exit == 1 && refused.stderr.contains("--shell needs a terminal")
                && !refused.stderr.contains("==>"), "\(refused.stderr)")
    }

    @Test(
        "a shell is opened where a step failed, with its workspace and its environment",
        .enabled(if: Tool.exists("script"), "needs script(1), a terminal for programs"))
    func shell() throws {
        let scene = try RecipeScene()
        try scene.define(
            steps:
                "  - {name: breaks, working-directory: sub, environment: {MARK: here}, runs: \"echo made >file; false\"}"
        )
        let program = "\(SlipwayProgram.path) recipe build words.yaml --arch amd64 --shell --quiet"
        let said = String(
            decoding: try scene.scratch.sh(
                "export HOME=$PWD; printf 'pwd; cat file; echo $MARK$((40 + 2)) $(id -u); exit\\n' | script -qec '\(program)' /dev/null || true"
            ),
            as: UTF8.self)
        #expect(
            said.contains("/home/build/sub") && said.contains("made") && said.contains("here42 1000"),
            "\(said)")
    }
}
