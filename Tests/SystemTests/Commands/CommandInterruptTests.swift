// SPDX-License-Identifier: Apache-2.0

import Storage
import TestHouse
import Testing
import Vocabulary

/// Ctrl-C at several moments: exit 130, one word, nothing half-done, nothing left running.
struct CommandInterruptTests {
    /// Types a line, sends SIGINT to the program once `condition` (shell) holds, and waits for its end.
    private func interrupt(
        _ arguments: String, in scene: CommandScene, once condition: String, signal: String = "INT"
    ) throws -> CommandScene.Outcome {
        try scene.type(
            """
            '\(CommandScene.program)' \(arguments) </dev/null & pid=$!
            (sleep 120; kill -9 $pid) >/dev/null 2>&1 & watchdog=$!
            tries=0
            until \(condition) || [ $((tries += 1)) -gt 1200 ] || ! kill -0 $pid; do sleep 0.05; done
            kill -\(signal) $pid
            wait $pid; code=$?
            kill $watchdog
            exit $code
            """)
    }

    private func expectNothingLeft(_ outcome: CommandScene.Outcome, _ scene: CommandScene, exit: Int32 = 130)
        throws
    {
        #expect(outcome.exit == exit, "\(outcome)")
        let lines = outcome.stderr.split(separator: "\n")
        #expect(lines.last == "interrupted", "\(outcome)")
        #expect(!outcome.stderr.contains("Error") && !outcome.stderr.contains(" info "), "\(outcome)")
        let left = try scene.scratch.sh(
            "find . -name '.new-*'; [ ! -d home/cache/slipway/containers ] || find home/cache/slipway/containers -mindepth 1 -type d ! -name state"
        )
        #expect(String(decoding: left, as: UTF8.self) == "")
    }

    /// Of each kind of file, one that stalls after ten bytes.
    @Test(arguments: [
        "dists/trixie/InRelease", "dists/trixie/main/binary-arm64/Packages.xz",
        "pool/main/lib_1.0-1_amd64.deb",
    ])
    func duringDownloads(_ file: String) throws {
        let scene = try CommandScene()
        let digest = try scene.scratch.sh(
            "sha256sum '\(scene.repository.directory)/\(file)' | cut -d ' ' -f 1 | tr -d '\\n'")
        let name = file.hasSuffix("xz") ? String(decoding: digest, as: UTF8.self) : file
        let mirror = try BadMirror(serving: scene.repository.directory, script: "\(name) stall=10")
        try scene.define(url: mirror.url)
        let outcome = try interrupt(
            "build image.yaml -o out", in: scene, once: "grep -q '\(name)' '\(mirror.log)'")
        try expectNothingLeft(outcome, scene)
        #expect(
            try !HostDirectory.exists(HostPath(scene.path) / "out" / "index.json")
                || scene.scratch.sh("cat out/index.json")
                    == Array(
                        #"{"manifests":[],"mediaType":"application/vnd.oci.image.index.v1+json","schemaVersion":2}"#
                            .utf8)
        )
        // And the next run is as if nothing had been.
        try mirror.follow("")
        #expect(try scene.type("slipway build image.yaml -o out").exit == 0)
    }

    @Test(
        .enabled(
            if: Tool.exists("runc") && Tool.exists("busybox") && Tool.isRoot, "needs runc, busybox, root"))
    func whileAContainerRuns() throws {
        let scene = try CommandScene()
        try scene.scratch.sh("cp $(command -v busybox) busybox")
        for (number, arguments) in [
            "run image.yaml -- /usr/bin/busybox sleep SECONDS", "build image.yaml -o out --test --arch amd64",
            "test image.yaml --arch amd64",
        ].enumerated() {
            // Seconds that nobody else on this machine sleeps: a container's processes are found by them.
            let seconds = "\(90_000 + Int.random(in: 0..<1000) * 10 + number)"
            try scene.define(
                rest:
                    "tests: [{name: t, with: [busybox], run: [busybox, sleep, '\(seconds)'], within: 600s}]\n"
                    + "files: [{path: /usr/bin/busybox, source: busybox, mode: 0o755}]")
            let isRunning = "pgrep -fx '[^ ]*busybox sleep \(seconds)' >/dev/null"
            let outcome = try interrupt(
                arguments.replacing("SECONDS", with: seconds), in: scene, once: isRunning)
            try expectNothingLeft(outcome, scene)
            #expect(throws: Tool.Failure.self, "\(arguments): something still runs") {
                try scene.scratch.sh(isRunning)
            }
        }
    }

    @Test(arguments: ["INT", "TERM"]) func aRegistryThatServes(_ signal: String) throws {
        let scene = try CommandScene()
        let outcome = try interrupt(
            "registry serve --listen 127.0.0.1:0 --root registry", in: scene, once: "grep -q serving .err",
            signal: signal)
        try expectNothingLeft(outcome, scene, exit: signal == "INT" ? 130 : 143)
        #expect(outcome.stderr.split(separator: "\n").count == 2, "\(outcome)")
    }

    @Test func aFactoryBetweenRounds() throws {
        let scene = try CommandScene()
        try scene.scratch.write(
            Array(
                "destination: 127.0.0.1:1/team\nkey: k.key\ninterval: 3600\nimages: [{definition: image.yaml, tags: ['1']}]\n"
                    .utf8), to: "factory.yaml")
        #expect(try scene.type("slipway key generate --name k").exit == 0)
        let outcome = try interrupt(
            "factory run --catalog 127.0.0.1:0 --state state", in: scene, once: "grep -q '^image: ' .err")
        #expect(outcome.stderr.contains("catalog on http://127.0.0.1:"))
        try expectNothingLeft(outcome, scene)
    }
}
