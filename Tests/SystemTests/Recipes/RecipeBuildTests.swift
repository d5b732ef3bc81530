// SPDX-License-Identifier: Apache-2.0

import TestHouse
import Testing
import Vocabulary

/// `slipway recipe build`, by the finished program: a build root of private packages, a release, and what becomes of it.
@Suite(
    "A package built from a recipe",
    .enabled(if: RecipeScene.isPossible, RecipeScene.why))
struct RecipeBuildTests {
    @Test("it is built without network as nobody, split, and known by what its files offer")
    func wholeLine() throws {
        let scene = try RecipeScene()
        let built = try scene.build("--key", scene.repository.privateKey)
        #expect(built.exit == 0, "\(built.stderr)")
        #expect(built.stderr.contains("hello at 1700000000 by 1000"), "\(built.stderr)")
        let log = String(
            decoding: try scene.scratch.sh("cat packages/x86_64/words-1.0-r0.log"), as: UTF8.self)
        #expect(log.contains("==> install (") && log.contains("hello at 1700000000"), "\(log)")
        let shown = try scene.run("apk", "show", "packages/x86_64/words-1.0-r0.apk")
        for line in [
            "pkgver: 1.0-r0", "origin: words", "provides: cmd:words=1.0-r0", "builddate: 1700000000",
            "/usr/bin/words",
        ] {
            #expect(shown.text.contains(line), "\(line): \(shown.text)")
        }
        #expect(!shown.text.contains("words.1") && !shown.text.contains("depend: cmd:sh"), "\(shown.text)")
        #expect(
            try scene.run("apk", "show", "packages/x86_64/words-doc-1.0-r0.apk")
                .text.contains("/usr/share/man/man1/words.1"))
        try scene.run(
            "apk", "verify", "--key", scene.repository.publicKey, "packages/x86_64/words-1.0-r0.apk",
            "packages/x86_64/words-doc-1.0-r0.apk")
    }

    @Test("built again, elsewhere and later, it is the same to the byte")
    func reproducible() throws {
        let scene = try RecipeScene()
        _ = try scene.build("--key", scene.repository.privateKey)
        let other = try Scratch()
        try scene.scratch.sh("touch words.yaml; \(Tool.nextSecond)")
        #expect(try scene.build("--key", scene.repository.privateKey, "-o", "\(other.path)/out").exit == 0)
        try scene.scratch.sh(
            "for name in packages/x86_64/*.apk; do cmp $name \(other.path)/out/x86_64/${name##*/}; done")
    }

    @Test("a step that fails is named with its place; its log is kept, and no package is there")
    func failingStep() throws {
        let scene = try RecipeScene()
        try scene.define(steps: "  - name: breaks\n    runs: echo almost; false; echo never")
        let outcome = try scene.build()
        #expect(
            outcome.exit == 1
                && outcome.stderr.contains("words.yaml:16:5: the step 'breaks' ended with exit status 1")
                && !outcome.stderr.contains("never"), "\(outcome.stderr)")
        try scene.scratch.sh(
            "grep -q almost packages/x86_64/words-1.0-r0.log; test ! -e packages/x86_64/words-1.0-r0.apk")
    }

    @Test("a package whose test fails is not published, and the one before it stays")
    func failingTest() throws {
        let scene = try RecipeScene()
        #expect(try scene.build().exit == 0)
        let before = try scene.scratch.sh("sha256sum packages/x86_64/*.apk")
        try scene.define(test: "words | grep -x 'other words'")
        let outcome = try scene.build()
        #expect(
            outcome.exit == 1 && outcome.stderr.contains("the step 'runs' ended with exit status 1"),
            "\(outcome.stderr)")
        #expect(try scene.scratch.sh("sha256sum packages/x86_64/*.apk") == before)
        #expect(try scene.build("--without-tests").exit == 0)
    }

    @Test("a test finds the package and its needs, and nothing of the build root's or of its subpackages")
    func testImage() throws {
        let scene = try RecipeScene()
        try scene.define(
            test: "test -x /usr/bin/words; test ! -e /usr/share/man/man1/words.1; test ! -e words.in; pwd")
        let outcome = try scene.build()
        #expect(outcome.exit == 0 && outcome.stderr.contains("\n/home/build\n"), "\(outcome.stderr)")
    }

    @Test("a patch beside the recipe is in the workspace")
    func patched() throws {
        let scene = try RecipeScene()
        try scene.scratch.sh(
            """
            mkdir words; cp words-1.0/words.in old; sed s/words/patched/ old >new
            diff -u --label a/words.in --label b/words.in old new >words/change.patch || true
            """)
        try scene.define(steps: "  - runs: patch -p1 <change.patch", test: "/usr/bin/words | grep patched")
        let outcome = try scene.build()
        #expect(outcome.exit == 0, "\(outcome.stderr)")
    }

    @Test("build roots are counted and pruned like everything that can be made again")
    func prunedRoots() throws {
        let scene = try RecipeScene()
        #expect(try scene.build().exit == 0)
        #expect(try scene.run("cache", "usage").text.contains("roots"))
        try scene.run("cache", "prune", "--to", "0")
        #expect(try !scene.run("cache", "usage").text.contains("roots"))
        #expect(try scene.build().exit == 0)
    }

    @Test("a first recipe of a release is read, and says how its files are built")
    func firstRecipe() throws {
        let scene = try RecipeScene()
        try scene.scratch.sh("mkdir p-2; touch p-2/configure p-2/Makefile; tar -czf p-2.tar.gz p-2")
        try scene.run("recipe", "init", "p.yaml", "--version", "2", "--source", "file:p-2.tar.gz")
        let text = String(decoding: try scene.scratch.sh("cat p.yaml"), as: UTF8.self)
        for line in [
            "uri: \"file:p-${{package.version}}.tar.gz\"", "- uses: autoconf/configure",
            "deb system trixie main",
        ] {
            #expect(text.contains(line), "\(line): \(text)")
        }
        #expect(try scene.run("recipe", "check", "p.yaml").text.contains("p 2-r0"))
        let again = try SlipwayProgram.run(
            ["recipe", "init", "p.yaml", "--version", "2", "--source", "file:p-2.tar.gz"],
            in: scene.scratch.path)
        #expect(again.exit == 1 && again.stderr.contains("p.yaml"))
    }

    @Test("a sysroot lies beside the build root: steps link with it, cannot change it, and no package has it")
    func sysroot() throws {
        let scene = try RecipeScene()
        try scene.repository.add(
            "libwords", "1-r0", script: "mkdir -p usr/include; echo said >usr/include/words.h")
        try scene.repository.publish()
        let change = "if touch ${{targets.sysroot}}/usr/include/other; then exit 1; fi"
        try scene.define(
            steps: """
                  - runs: |
                      grep -x said ${{targets.sysroot}}/usr/include/words.h
                      test ! -e /usr/include/words.h
                      \(change)
                """, test: "test ! -e /usr/include/words.h; test ! -e /run/sysroot; words")
        try scene.scratch.sh("echo 'sysroot: {contents: {packages: [libwords]}}' >>words.yaml")
        // It names no repository: those of the command line are its.
        let outcome = try scene.build("-r", scene.repository.url, "-k", scene.repository.publicKey)
        #expect(outcome.exit == 0, "\(outcome.stderr)")
        let without = try scene.build()
        #expect(
            without.exit == 1 && without.stderr.contains("the sysroot asks for libwords")
                && without.stderr.contains("words.yaml:"), "\(without.stderr)")
    }
}
