// SPDX-License-Identifier: Apache-2.0

import TestHouse
import Testing

/// `slipway recipe outdated` and `bump`, on a git repository and files of this machine.
@Suite(
    "Recipes that follow their upstream",
    .enabled(if: SlipwayProgram.isThere && Tool.exists("git"), "needs slipway and git"))
struct RecipeBumpTests {
    /// A project with a release 1.0 whose recipe is there, and 1.1.
    private struct Scene {
        let scratch: Scratch

        init() throws {
            scratch = try Scratch()
            try scratch.sh(
                """
                git init -q -b main up; cd up; git config user.name a; git config user.email a@b.c
                for v in 1.0 1.1 2.0-rc1; do echo $v >f; git add f; git commit -qm $v; git tag v$v; done
                cd ..; for v in 1.0 1.1; do echo "words $v" >words-$v.txt; done
                cat >words.yaml <<END
                # words, by hand
                package:
                  name: words
                  version: "1.0"   # 1.0 is what we have
                  epoch: 4
                environment: {contents: {repositories: [deb system trixie main], packages: [dash]}}
                pipeline:
                  - uses: git-checkout
                    with:
                      repository: file://$PWD/up
                      tag: v\\${{package.version}}
                      expected-commit: $(git -C up rev-parse v1.0)
                  - uses: fetch
                    with: {uri: 'file:words-\\${{package.version}}.txt', expected-sha256: $(sha256sum words-1.0.txt | cut -c1-64), extract: false}
                  - uses: fetch
                    with: {uri: 'file:words-1.0.txt', expected-sha512: $(sha512sum words-1.0.txt | cut -c1-128), extract: false}
                update:
                  enabled: true
                  git: {strip-prefix: v}
                END
                cp words.yaml before.yaml
                """)
        }

        func run(_ arguments: String...) throws -> SlipwayProgram.Outcome {
            try SlipwayProgram.run(["recipe"] + arguments, in: scratch.path)
        }

        var isUntouched: Bool {
            (try? scratch.sh("cmp words.yaml before.yaml; ! ls .words* 2>/dev/null")) != nil
        }

        func text(_ script: String) throws -> String {
            String(decoding: try scratch.sh(script), as: UTF8.self)
        }
    }

    @Test("a newer tag is seen, taken with all of its pins, and nothing else of the text changes")
    func bump() throws {
        let scene = try Scene()
        let seen = try scene.run("outdated", "words.yaml")
        #expect(seen.exit == 0 && seen.text.contains("1.1 is taken by itself"), "\(seen.stderr)\(seen.text)")
        let outcome = try scene.run("bump", "words.yaml")
        #expect(outcome.exit == 0, "\(outcome.stderr)")
        try scene.scratch.sh(
            """
            sed -e 's/version: "1.0"/version: "1.1"/' -e 's/epoch: 4/epoch: 0/' \
                -e "s/$(git -C up rev-parse v1.0)/$(git -C up rev-parse v1.1)/" \
                -e "s/$(sha256sum words-1.0.txt | cut -c1-64)/$(sha256sum words-1.1.txt | cut -c1-64)/" before.yaml >wanted.yaml
            diff words.yaml wanted.yaml
            """)
        #expect(try scene.run("outdated", "words.yaml").text.contains("up to date"))
        let again = try scene.run("bump", "words.yaml")
        #expect(again.exit == 1 && again.stderr.contains("1.1 is the newest"), "\(again.stderr)")
    }

    @Test(
        "nothing changes where something fails",
        arguments: [
            ("a release that is not there", "--to 9.9", "v9.9"),
            ("a version that no recipe has", "--to 2.0-rc1", "is no version"),
            ("the same version", "--to 1.0", "--epoch"),
        ])
    func failing(_ name: String, _ arguments: String, _ complaint: String) throws {
        let scene = try Scene()
        let words = ["bump", "words.yaml"] + arguments.split(separator: " ").map(String.init)
        let outcome = try SlipwayProgram.run(["recipe"] + words, in: scene.scratch.path)
        #expect(outcome.exit == 1 && outcome.stderr.contains(complaint), "\(name): \(outcome.stderr)")
        #expect(scene.isUntouched)
    }

    @Test("a file that cannot be fetched leaves the recipe as it was, although the commit was found")
    func halfFetched() throws {
        let scene = try Scene()
        try scene.scratch.sh("rm words-1.1.txt")
        let outcome = try scene.run("bump", "words.yaml")
        #expect(outcome.exit == 1 && outcome.stderr.contains("words-1.1.txt"), "\(outcome.stderr)")
        #expect(scene.isUntouched)
    }

    @Test(
        "--dry-run prints a difference that patch takes, and writes nothing",
        .enabled(if: Tool.exists("patch"), "needs patch"))
    func dry() throws {
        let scene = try Scene()
        let outcome = try scene.run("bump", "words.yaml", "--dry-run")
        #expect(outcome.exit == 0 && scene.isUntouched, "\(outcome.stderr)")
        try scene.scratch.write(Array(outcome.text.utf8), to: "difference")
        #expect(try scene.run("bump", "words.yaml").exit == 0)
        try scene.scratch.sh("patch before.yaml difference; cmp before.yaml words.yaml")
    }

    @Test("--epoch makes another build of the same version")
    func epoch() throws {
        let scene = try Scene()
        #expect(try scene.run("bump", "words.yaml", "--epoch").exit == 0)
        #expect(
            try scene.text("diff before.yaml words.yaml | grep '^[<>]'") == "<   epoch: 4\n>   epoch: 5\n")
    }

    @Test("a place that does not answer is exit code 3, and the others are answered")
    func unanswered() throws {
        let scene = try Scene()
        try scene.scratch.sh("sed 's|/up$|/gone|' words.yaml >gone.yaml")
        let outcome = try scene.run("outdated", "words.yaml", "gone.yaml", "--json")
        #expect(outcome.exit == 3, "\(outcome.stderr)")
        #expect(
            outcome.text.contains("\"outcome\" : \"failed\"")
                && outcome.text.contains("\"outcome\" : \"taken\""))
    }

    @Test("upstream going backwards is said")
    func backwards() throws {
        let scene = try Scene()
        _ = try scene.run("outdated", "words.yaml")
        try scene.scratch.sh(
            "git -C up tag v1.2; sed -i 's/enabled: true/enabled: true\\n  manual: true/' words.yaml")
        #expect(try scene.run("outdated", "words.yaml").text.contains("1.2 waits for a hand"))
        try scene.scratch.sh("git -C up tag -d v1.2")
        let outcome = try scene.run("outdated", "words.yaml")
        #expect(outcome.exit == 0 && outcome.text.contains("went backwards"), "\(outcome.text)")
        #expect(outcome.stderr.contains("1.2 was there before"), "\(outcome.stderr)")
    }
}
