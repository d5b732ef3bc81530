// SPDX-License-Identifier: Apache-2.0

import TestHouse
import Testing

/// What `slipway recipe build` takes for a source, and what it refuses.
@Suite(
    "The sources of a recipe",
    .enabled(if: RecipeScene.isPossible, RecipeScene.why))
struct RecipeSourceTests {
    @Test("a source that is another file stops the build with both digests, and nothing is packed")
    func otherSource() throws {
        let scene = try RecipeScene()
        let wrong = String(repeating: "0", count: 64)
        try scene.define(digest: wrong)
        let outcome = try scene.build()
        let found = String(
            decoding: try scene.scratch.sh("sha256sum words-1.0.tar.gz | cut -c1-64"), as: UTF8.self
        )
        .filter { $0 != "\n" }
        #expect(
            outcome.exit == 1 && outcome.stderr.contains(wrong) && outcome.stderr.contains(found),
            "\(outcome.stderr)")
        try scene.scratch.sh("test ! -e packages/x86_64")
    }

    @Test("a digest that only the second step of an address names is held too")
    func otherSourceLater() throws {
        let scene = try RecipeScene()
        let wrong = String(repeating: "0", count: 64)
        try scene.define(
            steps:
                "  - uses: fetch\n    with: {uri: 'file:words-1.0.tar.gz', expected-sha256: '\(wrong)', directory: again}"
        )
        let outcome = try scene.build()
        #expect(outcome.exit == 1 && outcome.stderr.contains(wrong), "\(outcome.stderr)")
    }

    @Test("a source of which the recipe knows the SHA-512 alone is held against it")
    func otherSourceBySHA512() throws {
        let scene = try RecipeScene()
        let found = String(
            decoding: try scene.scratch.sh("sha512sum words-1.0.tar.gz | cut -c1-128"), as: UTF8.self
        )
        .filter { $0 != "\n" }
        for (digest, isRight) in [(found, true), (String(repeating: "0", count: 128), false)] {
            let with = "{uri: 'file:words-1.0.tar.gz', expected-sha512: '\(digest)'}"
            try scene.define(source: "  - uses: fetch\n    with: \(with)")
            let outcome = try scene.build()
            #expect((outcome.exit == 0) == isRight, "\(outcome.stderr)")
            if !isRight {
                #expect(
                    outcome.stderr.contains("sha512:\(digest)") && outcome.stderr.contains("sha512:\(found)"),
                    "\(outcome.stderr)")
            }
        }
    }

    @Test("a source of which the recipe expects no digest is taken, and a warning says so")
    func unpinnedSource() throws {
        let scene = try RecipeScene()
        try scene.define(
            source: "  - uses: fetch\n    with: {uri: 'file:words-1.0.tar.gz', expected-none: 'true'}")
        let outcome = try scene.build()
        #expect(
            outcome.exit == 0
                && outcome.stderr.contains("warning: file:words-1.0.tar.gz is taken as it is (sha256:"),
            "\(outcome.stderr)")
    }

    @Test(
        "a release that reaches out of its folder is refused",
        arguments: [
            ("a path above", "d['../../../../evil'] = b'x'", "'../../../../evil', which leaves the folder"),
            (
                "an absolute path through a link",
                "L['words-1.0/out'] = '/tmp'; d['words-1.0/out/evil'] = b'x'", "/out in /"
            ),
            ("a link above", "L['words-1.0/up'] = '../../..'; d['words-1.0/up/evil'] = b'x'", "/up in /"),
            (
                "another name of a file above", "H['words-1.0/a'] = '../../../etc/passwd'",
                "'words-1.0/a -> ../../../etc/passwd', which leaves the folder"
            ),
        ])
    func hostileRelease(_ name: String, _ content: String, _ complaint: String) throws {
        let scene = try RecipeScene()
        try scene.scratch.sh(
            """
            python3 - <<'END'
            import io, tarfile
            d, L, H = {}, {}, {}
            \(content)
            with tarfile.open('words-1.0.tar.gz', 'w:gz') as tar:
                for kind, links in (tarfile.SYMTYPE, L), (tarfile.LNKTYPE, H):
                    for path, target in links.items():
                        entry = tarfile.TarInfo(path); entry.type = kind; entry.linkname = target; tar.addfile(entry)
                for path, data in d.items():
                    entry = tarfile.TarInfo(path); entry.size = len(data); tar.addfile(entry, io.BytesIO(data))
            END
            """)
        try scene.define()
        let outcome = try scene.build()
        #expect(outcome.exit == 1 && outcome.stderr.contains(complaint), "\(name): \(outcome.stderr)")
        try scene.scratch.sh(
            "test ! -e /tmp/evil; test ! -e ../evil; test ! -e packages/x86_64/words-1.0-r0.apk")
    }

    struct Checkout: Sendable, CustomTestStringConvertible {
        let name: String
        let inputs: String
        /// Nil where it is built.
        var refusal: String?
        var testDescription: String { name }
    }

    @Test(
        "a repository's commit is a source like any other",
        .enabled(if: Tool.exists("git"), "needs git"),
        arguments: [
            Checkout(name: "a tag", inputs: "tag: v1.0, expected-commit: COMMIT"),
            Checkout(name: "a branch that has gone on", inputs: "branch: main, expected-commit: COMMIT"),
            Checkout(name: "the tag's own object, with a warning", inputs: "tag: v1.0, expected-commit: TAG"),
            Checkout(
                name: "another commit is refused with both",
                inputs: "tag: v1.0, expected-commit: '\(String(repeating: "1", count: 40))'",
                refusal: "expects the commit \(String(repeating: "1", count: 40))"),
            Checkout(name: "no such tag", inputs: "tag: v9, expected-commit: COMMIT", refusal: "v9"),
            Checkout(
                name: "an address that runs a program",
                inputs: "tag: v1.0, expected-commit: COMMIT, repository: 'ext::sh -c touch% evil'",
                refusal: "could not be had"),
        ])
    func checkouts(_ example: Checkout) throws {
        let scene = try RecipeScene()
        let (commit, tag) = try scene.repositoryOfRelease()
        let inputs = example.inputs.replacing("COMMIT", with: commit).replacing("TAG", with: tag)
        let place =
            inputs.contains("repository:") ? "" : "repository: 'file://\(scene.scratch.path)/upstream', "
        try scene.define(source: "  - uses: git-checkout\n    with: {\(place)\(inputs)}")
        let outcome = try scene.build()
        if let refusal = example.refusal {
            #expect(outcome.exit == 1 && outcome.stderr.contains(refusal), "\(outcome.stderr)")
            try scene.scratch.sh(
                "test ! -e evil; test ! -e /evil; test ! -e packages/x86_64/words-1.0-r0.apk")
            return
        }
        #expect(outcome.exit == 0 && outcome.stderr.contains("at 1700000000 by 1000"), "\(outcome.stderr)")
        // What was brought once is asked of nobody.
        try scene.scratch.sh("mv upstream gone")
        let again = try scene.build("-o", "again")
        #expect((again.exit == 0) == !example.inputs.contains("TAG"), "\(again.stderr)")
    }
}
