// SPDX-License-Identifier: Apache-2.0

import Storage
import TestHouse
import Testing
import Vocabulary

/// Facts for programs, and output for whoever stops listening.
struct CommandFactsTests {
    /// Each prints one JSON value on standard output and exits with the same code as without.
    private static let lines = [
        "slipway build image.yaml -o out", "slipway lock image.yaml", "slipway why image.yaml lib",
        "slipway why image.yaml nothing", "slipway tree image.yaml", "slipway show-config image.yaml",
        "slipway inspect out --files", "slipway inspect rootfs:tree", "slipway sign --key k.key out",
        "slipway verify --key k.pub out", "slipway scan out --advisories records", "slipway sbom out",

        "slipway compare out rootfs:tree --arch amd64", "slipway test out --definition image.yaml",
        "slipway cache usage", "slipway cache prune --to 1GB", "slipway build image.yaml -o rootfs:tree2",
    ]

    @Test func factsAreJSONOnRequest() throws {
        let scene = try CommandScene()
        try scene.scratch.sh("cp -r '\(sourceRoot)/Examples/advisories' records")
        let key = try scene.type("slipway key generate --name k --json --quiet")
        #expect(try JSON.value(key.stdout) != nil && key.exit == 0 && key.stderr == "")
        _ = try scene.type(
            "slipway build image.yaml -o rootfs:tree --arch amd64 && slipway build image.yaml -o out")
        for line in Self.lines {
            let facts = try scene.type("\(line) --json --quiet", before: "rm -rf tree2")
            #expect(try JSON.value(facts.stdout) != nil, "\(line): \(facts)")
            let lines = try scene.type("\(line) --quiet", before: "rm -rf tree2")
            #expect(lines.exit == facts.exit, "\(line): \(lines) \(facts)")
            #expect(!lines.stdout.isEmpty, "\(line) says nothing")
        }
    }

    /// What is written to nobody is dropped; the work goes on to its end, silently.
    @Test func whoeverStopsReadingStopsNothing() throws {
        let scene = try CommandScene()
        let program = CommandScene.program
        for line in [
            "build image.yaml -o out --json", "tree image.yaml", "--help", "build --help",
            "inspect out --files", "bild", "show-config image.yaml", "build image.yaml -o again 2>&1",
        ] {
            let outcome = try scene.type("{ '\(program)' \(line); echo $? >code; } | true; sleep 0; cat code")
            let code = outcome.stdout.filter(\.isNumber)
            #expect(code == (line == "bild" ? "1" : "0"), "\(line): \(outcome)")
            if line != "bild" {
                #expect(
                    !outcome.stderr.contains("rror") && !outcome.stderr.contains("roken"),
                    "\(line): \(outcome)")
            }
        }
        #expect(try HostDirectory.exists(HostPath(scene.path) / "again" / "oci-layout"))
    }

    /// Nothing but facts on standard output, no colour and no moving lines where nobody looks.
    @Test func talkGoesToStandardError() throws {
        let scene = try CommandScene()
        let outcome = try scene.type("slipway build image.yaml -o out")
        #expect(
            outcome.exit == 0 && outcome.stdout.hasPrefix("PLATFORM") && outcome.stderr.contains("compose"))
        #expect(!(outcome.stdout + outcome.stderr).contains("\u{1B}"))
        #expect(!outcome.stderr.contains("\r"))
    }

    /// One line for the files of both architectures, in the order of their finding.
    @Test func whatHoldsOfSeveralArchitecturesIsSaidOnce() throws {
        let scene = try CommandScene()
        for (architecture, triplet) in [("amd64", "x86_64-linux-gnu"), ("arm64", "aarch64-linux-gnu")] {
            try scene.repository.sh(
                """
                mkdir -p t/DEBIAN t/usr/lib/\(triplet)
                printf '#!/bin/none\\n' >t/usr/lib/\(triplet)/run; chmod 755 t/usr/lib/\(triplet)/run
                printf 'Package: odd\\nVersion: 1\\nArchitecture: \(architecture)\\nMaintainer: M <m@example.org>\\nDescription: d\\n' \
                    >t/DEBIAN/control
                '\(LocalRepository.script)' add . "$('\(LocalRepository.script)' deb t built)"; rm -r t
                """)
        }
        try scene.repository.publish()
        try scene.define(packages: "- odd")
        let built = try scene.type("slipway build image.yaml -o out")
        let warnings = built.stderr.split(separator: "\n").filter { $0.contains("/bin/none") }
        #expect(
            warnings == [
                "warning: /usr/lib/x86_64-linux-gnu/run of odd starts with /bin/none, which the image does not have "
                    + "(and the same of 1 other architecture)"
            ], "\(built)")
    }

    @Test(.enabled(if: Tool.exists("script"), "needs script(1), a terminal for programs"))
    func aTerminalSeesProgressAndColourUnlessItSaysNo() throws {
        let scene = try CommandScene()
        let build = "'\(CommandScene.program)' build image.yaml -o out --ignore-lock"
        func watched(_ settings: String) throws -> String {
            try scene.type("\(settings) script -qec \"\(build)\" /dev/null").stdout
        }
        let colourful = try watched("TERM=xterm")
        #expect(colourful.contains("\u{1B}[32m") && colourful.contains("\u{1B}[K"))
        let plain = try watched("TERM=xterm NO_COLOR=1")
        #expect(!plain.contains("\u{1B}[32m") && plain.contains("\u{1B}[K"))
        #expect(try !watched("TERM=dumb").contains("\u{1B}"))
    }
}

/// JSON as any program reads it.
enum JSON {
    static func value(_ text: String) throws -> JSONValue? {
        try? CanonicalJSON.decode(from: Array(text.utf8), what: "standard output", limit: 64 << 20)
    }
}
