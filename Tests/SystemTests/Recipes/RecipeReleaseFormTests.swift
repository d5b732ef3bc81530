// SPDX-License-Identifier: Apache-2.0

import TestHouse
import Testing

/// Releases in other forms than a tar, and repositories that are more than one.
@Suite(
    "The forms of a release",
    .enabled(if: RecipeScene.isPossible, RecipeScene.why), .enabled(if: Tool.exists("git"), "needs git"))
struct RecipeReleaseFormTests {
    private static func make(_ form: String) -> String {
        """
        python3 - <<'END'
        import bz2, gzip, io, tarfile, zipfile
        data = gzip.open('words-1.0.tar.gz').read()
        if '\(form)' == 'bz2': open('words-1.0.tar.gz', 'wb').write(bz2.compress(data))
        else:
            with tarfile.open(fileobj=io.BytesIO(data)) as tar, zipfile.ZipFile('words-1.0.tar.gz', 'w') as z:
                for entry in tar:
                    info = zipfile.ZipInfo(entry.name + ('/' if entry.isdir() else ''), (2023, 11, 14, 22, 13, 20))
                    kind = 0o040000 if entry.isdir() else 0o120000 if entry.issym() else 0o100000
                    info.create_system, info.external_attr = 3, (kind | entry.mode) << 16
                    z.writestr(info, entry.linkname if entry.issym() else b'' if entry.isdir() else tar.extractfile(entry).read())
        END
        """
    }

    @Test("zip and bzip2 are built as a tar is", arguments: ["zip", "bz2"])
    func forms(_ form: String) throws {
        let scene = try RecipeScene()
        try scene.scratch.sh(Self.make(form))
        try scene.define()
        let outcome = try scene.build()
        #expect(outcome.exit == 0 && outcome.stderr.contains("at 1700000000 by 1000"), "\(outcome.stderr)")
    }

    @Test(
        "a zip that reaches out of its folder is refused",
        arguments: [
            (
                "a path above", "z.writestr('words-1.0/../../../../evil', 'x')",
                "'words-1.0/../../../../evil', which leaves the folder"
            ),
            (
                "an absolute path through a link",
                "link('words-1.0/out', '/tmp'); z.writestr('words-1.0/out/evil', 'x')", "/out in /"
            ),
            (
                "a link above", "link('words-1.0/up', '../../..'); z.writestr('words-1.0/up/evil', 'x')",
                "/up in /"
            ),
        ])
    func hostileZip(_ name: String, _ content: String, _ complaint: String) throws {
        let scene = try RecipeScene()
        try scene.scratch.sh(
            """
            python3 - <<'END'
            import zipfile
            with zipfile.ZipFile('words-1.0.tar.gz', 'w') as z:
                def link(name, target):
                    info = zipfile.ZipInfo(name); info.create_system = 3; info.external_attr = 0o120777 << 16
                    z.writestr(info, target)
                \(content)
            END
            """)
        try scene.define()
        let outcome = try scene.build()
        #expect(outcome.exit == 1 && outcome.stderr.contains(complaint), "\(name): \(outcome.stderr)")
        try scene.scratch.sh(
            "test ! -e /tmp/evil; test ! -e ../evil; test ! -e packages/x86_64/words-1.0-r0.apk")
    }

    /// A repository whose man pages are a submodule, with a submodule in it.
    private func scene(_ more: String = "") throws -> (scene: RecipeScene, commit: String) {
        let scene = try RecipeScene()
        let ids = String(
            decoding: try scene.scratch.sh(
                """
                export GIT_AUTHOR_DATE='1700000000 +0000' GIT_COMMITTER_DATE='1700000000 +0000' GIT_ALLOW_PROTOCOL=file
                new() { git init -q -b main $1; git -C $1 config user.name a; git -C $1 config user.email a@b.c; }
                mod() { git -C $1 -c protocol.file.allow=always submodule --quiet add "$2" $3; }
                new deep; echo deep >deep/deep; git -C deep add .; git -C deep commit -qm deep
                new pages; cp words-1.0/man/* pages; git -C pages add .; mod pages file://$PWD/deep deep; git -C pages commit -qm pages
                new upstream; cd upstream; cp ../words-1.0/words.in .; ln -s words.in link; git add .; cd ..
                mod upstream file://$PWD/pages man; sed -i "s|file://.*/pages|../pages|" upstream/.gitmodules
                \(more)
                cd upstream; git add .; git commit -qm one; git tag v1.0
                git rev-parse v1.0
                """), as: UTF8.self
        ).split(separator: "\n").map(String.init)
        return (scene, ids[0])
    }

    private func source(_ scene: RecipeScene, _ inputs: String) -> String {
        "  - uses: git-checkout\n    with: {repository: 'file://\(scene.scratch.path)/upstream', tag: v1.0, \(inputs)}"
    }

    @Test("submodules come with theirs, each at the commit that the tree names")
    func submodules() throws {
        let (scene, commit) = try scene()
        let steps = "  - runs: grep -x deep man/deep/deep && test -L link && test ! -e man/.git"
        try scene.define(
            steps: steps, source: source(scene, "expected-commit: \(commit), recurse-submodules: true"))
        let outcome = try scene.build()
        #expect(outcome.exit == 0, "\(outcome.stderr)")
        // Without them the same commit is another source.
        try scene.define(source: source(scene, "expected-commit: \(commit)"))
        #expect(try scene.build().exit == 1)
    }

    @Test(
        "a submodule that a stranger could read this machine with is refused",
        arguments: [
            (
                "a program", "sed -i 's|url = .*|url = ext::sh -c touch% evil|' upstream/.gitmodules",
                "is not asked"
            ),
            (
                "a path of this machine", "sed -i 's|url = .*|url = /etc|' upstream/.gitmodules",
                "is not asked"
            ),
            (
                "an option", "sed -i 's|url = .*|url = --upload-pack=touch|' upstream/.gitmodules",
                "disallowed submodule url"
            ),
            (
                "another commit's place", "sed -i 's|url = .*|url = ../deep|' upstream/.gitmodules",
                "could not be had"
            ),
        ])
    func hostileSubmodule(_ name: String, _ change: String, _ complaint: String) throws {
        let (scene, commit) = try scene(change)
        try scene.define(source: source(scene, "expected-commit: \(commit), recurse-submodules: true"))
        let outcome = try scene.build()
        #expect(outcome.exit == 1 && outcome.stderr.contains(complaint), "\(name): \(outcome.stderr)")
        try scene.scratch.sh("test ! -e evil; test ! -e /evil")
    }

    @Test("a commit of another branch is put on top, and one that does not fit stops the build")
    func cherryPick() throws {
        let scene = try RecipeScene()
        let (commit, _) = try scene.repositoryOfRelease()
        let picks = String(
            decoding: try scene.scratch.sh(
                """
                cd upstream; git checkout -q -b fix v1.0
                echo fixed >fixed; git add .; git commit -q -m fix; git rev-parse HEAD
                echo other >fixed; git commit -q -a -m clash; git rev-parse HEAD; git checkout -q main
                """), as: UTF8.self
        ).split(separator: "\n").map(String.init)
        func build(_ pick: String) throws -> SlipwayProgram.Outcome {
            try scene.define(
                steps: "  - runs: grep -x fixed fixed && test ! -e more",
                source: source(scene, "expected-commit: \(commit), cherry-picks: 'fix/\(pick): it is broken'")
            )
            return try scene.build()
        }
        let outcome = try build(picks[0])
        #expect(outcome.exit == 0, "\(outcome.stderr)")
        let refused = try build(picks[1])
        #expect(refused.exit == 1 && refused.stderr.contains("could not apply"), "\(refused.stderr)")
        #expect(try build(String(repeating: "1", count: 40)).exit == 1)
    }
}
