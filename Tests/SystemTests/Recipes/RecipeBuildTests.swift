// SPDX-License-Identifier: Apache-2.0

import Glibc
import TestHouse
import Testing
import Vocabulary

/// `slipway recipe build`, by the finished program: a build root of private packages, a release, and what becomes of it.
@Suite(
    "A package built from a recipe",
    .enabled(
        if: SlipwayProgram.isThere && Tool.exists("bwrap") && Tool.exists("busybox"),
        "needs slipway, bubblewrap and busybox-static"))
struct RecipeBuildTests {
    /// A repository whose busybox is the whole build root, and upstream's release of `words`.
    private final class Scene {
        let scratch: Scratch
        let repository: AlpineRepository

        init() throws {
            scratch = try Scratch()
            repository = try AlpineRepository()
            try repository.add(
                "busybox", "1-r0",
                script: """
                    mkdir -p bin; cp /usr/bin/busybox bin/ 2>/dev/null || cp /bin/busybox bin/
                    for name in $(bin/busybox --list); do [ $name = busybox ] || ln -s busybox bin/$name; done
                    """)
            try run("apk", "index", "\(repository.directory)/x86_64", "--key", repository.privateKey)
            try release("1.0")
            try define()
        }

        /// `slipway …`, which must succeed.
        @discardableResult
        func run(_ arguments: String...) throws -> SlipwayProgram.Outcome {
            let outcome = try SlipwayProgram.run(arguments, in: scratch.path)
            #expect(outcome.exit == 0, "\(arguments): \(outcome.stderr)\(outcome.text)")
            return outcome
        }

        func release(_ version: String) throws {
            try scratch.sh(
                """
                rm -rf words-\(version); mkdir -p words-\(version)/man
                printf '#!/bin/sh\\necho words \(version)\\n' >words-\(version)/words.in
                echo 'how to use words' >words-\(version)/man/words.1
                ln -s words.in words-\(version)/link
                tar --sort=name --mtime=@1700000000 --owner=4711 --group=4711 -czf words-\(version).tar.gz words-\(version)
                """)
        }

        /// A repository of the release: v1.0 is an annotated tag, main has gone on.
        func repositoryOfRelease() throws -> (commit: String, tag: String) {
            let ids = String(
                decoding: try scratch.sh(
                    """
                    rm -rf upstream; mkdir upstream; cd upstream
                    export GIT_AUTHOR_DATE='1700000000 +0000' GIT_COMMITTER_DATE='1700000000 +0000'
                    git init -q -b main; git config user.name a; git config user.email a@b.c
                    cp -r ../words-1.0/. .; git add .; git commit -qm one; git tag -a -m one v1.0
                    echo more >more; git add .; git commit -qm two
                    git rev-parse v1.0^{commit} v1.0
                    """), as: UTF8.self
            ).split(separator: "\n").map(String.init)
            return (ids[0], ids[1])
        }

        func define(
            digest: String? = nil, steps: String = "", source: String? = nil,
            test: String = "words | grep -x 'the words 1.0'"
        ) throws {
            let found = String(
                decoding: try scratch.sh("sha256sum words-1.0.tar.gz | cut -c1-64"), as: UTF8.self
            ).filter { $0 != "\n" }
            let recipe = """
                package:
                  name: words
                  version: "1.0"
                  epoch: 0
                  description: says words
                  copyright: [{license: MIT}]
                environment:
                  contents:
                    repositories: [\(repository.url)]
                    keyring: [\(repository.publicKey)]
                    packages: [busybox]
                  environment: {GREETING: hello}
                pipeline:
                \(source ?? "  - uses: fetch\n    with: {uri: 'file:words-1.0.tar.gz', expected-sha256: \(digest ?? found)}")
                \(steps)
                  - name: install
                    runs: |
                      mkdir -p ${{targets.destdir}}/usr/bin ${{targets.destdir}}/usr/share/man/man1
                      sed 's/words/the words/' words.in >${{targets.destdir}}/usr/bin/words
                      chmod 755 ${{targets.destdir}}/usr/bin/words
                      cp man/words.1 ${{targets.destdir}}/usr/share/man/man1/
                      echo "$GREETING at $SOURCE_DATE_EPOCH by $(id -u)"
                test:
                  environment: {contents: {packages: [busybox]}}
                  pipeline:
                    - runs: \(test)
                subpackages:
                  - name: words-doc
                    description: what is said of words
                    pipeline: [{uses: split/manpages}]

                """
            try scratch.write(Array(recipe.utf8), to: "words.yaml")
        }

        func build(_ more: String...) throws -> SlipwayProgram.Outcome {
            try SlipwayProgram.run(
                ["recipe", "build", "\(scratch.path)/words.yaml", "--arch", "amd64"] + more,
                in: scratch.path)
        }
    }

    @Test("it is built without network as nobody, split, and known by what its files offer")
    func wholeLine() throws {
        let scene = try Scene()
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
        let scene = try Scene()
        _ = try scene.build("--key", scene.repository.privateKey)
        let other = try Scratch()
        try scene.scratch.sh("touch words.yaml; sleep 1")
        #expect(try scene.build("--key", scene.repository.privateKey, "-o", "\(other.path)/out").exit == 0)
        try scene.scratch.sh(
            "for name in packages/x86_64/*.apk; do cmp $name \(other.path)/out/x86_64/${name##*/}; done")
    }

    @Test("a source that is another file stops the build with both digests, and nothing is packed")
    func otherSource() throws {
        let scene = try Scene()
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
        let scene = try Scene()
        let wrong = String(repeating: "0", count: 64)
        try scene.define(
            steps:
                "  - uses: fetch\n    with: {uri: 'file:words-1.0.tar.gz', expected-sha256: '\(wrong)', directory: again}"
        )
        let outcome = try scene.build()
        #expect(outcome.exit == 1 && outcome.stderr.contains(wrong), "\(outcome.stderr)")
    }

    @Test("a step that fails is named with its place; its log is kept, and no package is there")
    func failingStep() throws {
        let scene = try Scene()
        try scene.define(steps: "  - name: breaks\n    runs: echo almost; false; echo never")
        let outcome = try scene.build()
        #expect(
            outcome.exit == 1
                && outcome.stderr.contains("words.yaml:16:5: the step 'breaks' ended with exit status 1")
                && !outcome.stderr.contains("never"), "\(outcome.stderr)")
        try scene.scratch.sh(
            "grep -q almost packages/x86_64/words-1.0-r0.log; test ! -e packages/x86_64/words-1.0-r0.apk")
    }

    @Test(
        "a release that reaches out of its folder is refused",
        arguments: [
            ("a path above", "d['../../../../evil'] = b'x'"),
            (
                "an absolute path through a link",
                "L['words-1.0/out'] = '/tmp'; d['words-1.0/out/evil'] = b'x'"
            ),
            ("a link above", "L['words-1.0/up'] = '../../..'; d['words-1.0/up/evil'] = b'x'"),
        ])
    func hostileRelease(_ name: String, _ content: String) throws {
        let scene = try Scene()
        try scene.scratch.sh(
            """
            python3 - <<'END'
            import io, tarfile
            d, L = {}, {}
            \(content)
            with tarfile.open('words-1.0.tar.gz', 'w:gz') as tar:
                for path, target in L.items():
                    entry = tarfile.TarInfo(path); entry.type = tarfile.SYMTYPE; entry.linkname = target; tar.addfile(entry)
                for path, data in d.items():
                    entry = tarfile.TarInfo(path); entry.size = len(data); tar.addfile(entry, io.BytesIO(data))
            END
            """)
        try scene.define()
        let outcome = try scene.build()
        #expect(outcome.exit == 1, "\(name): \(outcome.stderr)")
        try scene.scratch.sh(
            "test ! -e /tmp/evil; test ! -e ../evil; test ! -e packages/x86_64/words-1.0-r0.apk")
    }

    @Test("a package whose test fails is not published, and the one before it stays")
    func failingTest() throws {
        let scene = try Scene()
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
        let scene = try Scene()
        try scene.define(
            test: "test -x /usr/bin/words; test ! -e /usr/share/man/man1/words.1; test ! -e words.in; pwd")
        let outcome = try scene.build()
        #expect(outcome.exit == 0 && outcome.stderr.contains("\n/home/build\n"), "\(outcome.stderr)")
    }

    @Test("a patch beside the recipe is in the workspace")
    func patched() throws {
        let scene = try Scene()
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
        let scene = try Scene()
        #expect(try scene.build().exit == 0)
        #expect(try scene.run("cache", "usage").text.contains("roots"))
        try scene.run("cache", "prune", "--to", "0")
        #expect(try !scene.run("cache", "usage").text.contains("roots"))
        #expect(try scene.build().exit == 0)
    }

    @Test("a first recipe of a release is read, and says how its files are built")
    func firstRecipe() throws {
        let scene = try Scene()
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
        let scene = try Scene()
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

    /// Over this machine's apt mirror: the upstream tarball by Debian's signed index, gcc and musl for the build root.
    @Test(
        "lua from its upstream release is a static program, the same to the byte wherever it is built",
        .enabled(if: getenv("SLIPWAY_DEEP") != nil, "with SLIPWAY_DEEP=1 (make deep): minutes"))
    func lua() throws {
        let scratch = try Scratch()
        for (folder, home) in [("one", "home"), ("two/deeper", "home")] {
            try scratch.sh("mkdir -p \(folder) home; cp '\(sourceRoot)/Examples/recipes/lua.yaml' \(folder)/")
            let outcome = try SlipwayProgram.run(
                ["recipe", "build", "\(folder)/lua.yaml", "-o", "\(folder)/out", "--quiet"], in: scratch.path,
                environment: ["HOME": "\(scratch.path)/\(home)"])
            #expect(outcome.exit == 0, "\(outcome.stderr.suffix(2000))")
        }
        try scratch.sh(
            "for name in one/out/*/*.apk; do cmp $name two/deeper/${name#one/}; done; ls one/out/*/lua-[0-9]*.apk"
        )
    }
}
