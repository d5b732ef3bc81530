// SPDX-License-Identifier: Apache-2.0

import TestHouse
import Testing

/// 2 where a check said no, 3 where something could not be checked: what scripts decide by.
struct CommandExitTests {
    @Test func verdicts() throws {
        let scene = try CommandScene()
        let signed =
            "slipway build image.yaml -o out --sign k.key --allow-untested amd64 --allow-untested arm64"
        let made = try scene.type(
            "slipway key generate --name k && slipway key generate --name other && \(signed)"
                + " && slipway build image.yaml -o bare --arch amd64")
        #expect(made.exit == 0, "\(made)")
        try scene.scratch.sh("cp -r '\(sourceRoot)/Examples/advisories' records")
        for (line, exit, words) in [
            ("slipway verify --key k.pub out", 3 as Int32, "the image has no tests"),
            ("slipway verify --key other.pub out", 2, "REFUSED: out"),
            ("slipway verify --key k.pub bare", 2, "REFUSED: bare"),
            ("slipway verify --key k.key out", 1, "holds a private key"),
            ("slipway verify --key none.pub out", 1, "there is no key 'none.pub'"),
            ("slipway scan out --advisories records", 3, "NOT covered: "),
            ("slipway test out --definition image.yaml", 3, "linux/amd64"),
            ("slipway build image.yaml -o x --test", 3, "the definition has no tests"),
            ("slipway build image.yaml -o x --sign k.key", 3, "--allow-untested amd64"),
            ("slipway why image.yaml lib", 0, "depends on lib (>= 1.0)"),
        ] {
            let outcome = try scene.type(line)
            #expect(outcome.exit == exit, "\(line): \(outcome)")
            #expect((outcome.stdout + outcome.stderr).contains(words), "\(line): \(outcome)")
        }
    }

    @Test(
        .enabled(
            if: Tool.exists("runc") && Tool.exists("busybox") && Tool.isRoot, "needs runc, busybox, root"))
    func testsAndContainers() throws {
        let scene = try CommandScene()
        try scene.define(
            rest: "tests: [{name: fails, with: [busybox], run: [busybox, 'false']}]\n"
                + "files: [{path: /usr/bin/busybox, source: busybox, mode: 0o755}]")
        try scene.scratch.sh("cp $(command -v busybox) busybox")
        for (line, exit, words) in [
            ("slipway test image.yaml --arch amd64", 2 as Int32, "FAILED  fails"),
            ("slipway build image.yaml -o out --arch amd64 --test", 2, "test 'fails' failed"),
            ("slipway run image.yaml -- /usr/bin/busybox sh -c 'echo said; exit 7'", 7, "said"),
            (
                "slipway run image.yaml --json -- /usr/bin/busybox sh -c 'echo said >&2; exit 7'", 7,
                #""stderr" : "said\n""#
            ),
            ("slipway run image.yaml -- /none", 1, "/none"),
        ] {
            let outcome = try scene.type(line)
            #expect(outcome.exit == exit, "\(line): \(outcome)")
            #expect((outcome.stdout + outcome.stderr).contains(words), "\(line): \(outcome)")
        }
    }
}
