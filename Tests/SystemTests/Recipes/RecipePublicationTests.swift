// SPDX-License-Identifier: Apache-2.0

import TestHouse
import Testing

/// What `slipway recipe build` leaves for others: a whole repository, at every moment.
@Suite(
    "A repository of what recipes made",
    .enabled(if: RecipeScene.isPossible, RecipeScene.why))
struct RecipePublicationTests {
    private static let index = "packages/x86_64/APKINDEX.tar.gz"
    /// Another package of the same version.
    private static let more =
        "  - runs: mkdir -p ${{targets.destdir}}/usr/share; echo more >${{targets.destdir}}/usr/share/more"

    private func versions(_ scene: RecipeScene) throws -> [String] {
        String(
            decoding: try scene.scratch.sh(
                "[ ! -e \(Self.index) ] || tar -xOzf \(Self.index) APKINDEX | sed -n '/^P:words$/,/^$/s/^V://p'"
            ),
            as: UTF8.self
        ).split(separator: "\n").map(String.init)
    }

    /// The newer release, by the same recipe.
    private func update(_ scene: RecipeScene) throws {
        try scene.release("1.1")
        try scene.scratch.sh(
            """
            cp words.yaml old.yaml
            sed -e "s/version: \\"1.0\\"/version: \\"1.1\\"/" -e "s/words-1.0.tar.gz/words-1.1.tar.gz/" \
                -e "s/expected-sha256: [0-9a-f]*/expected-sha256: $(sha256sum words-1.1.tar.gz | cut -c1-64)/" \
                -e "s/the words 1.0/the words 1.1/" old.yaml >words.yaml
            """)
    }

    @Test("a build leaves it whole and signed, and an older version stays")
    func whole() throws {
        let scene = try RecipeScene()
        #expect(try scene.build("--key", scene.repository.privateKey).exit == 0)
        try update(scene)
        let outcome = try scene.build("--key", scene.repository.privateKey)
        #expect(outcome.exit == 0, "\(outcome.stderr)")
        #expect(try versions(scene) == ["1.0-r0", "1.1-r0"])
        try scene.run("apk", "verify", "--key", scene.repository.publicKey, Self.index)
    }

    @Test("another package of the same version is refused, and takes its place where that is asked for")
    func otherBytes() throws {
        let scene = try RecipeScene()
        let key = ["--key", scene.repository.privateKey]
        #expect(try scene.build(key[0], key[1]).exit == 0)
        let before = try scene.scratch.sh("sha256sum packages/x86_64/*.apk packages/x86_64/APKINDEX.tar.gz")
        // Again the same: nothing is to be said.
        #expect(try scene.build(key[0], key[1]).exit == 0)
        try scene.define(steps: Self.more)
        let refused = try scene.build(key[0], key[1])
        #expect(
            refused.exit == 1 && refused.stderr.contains("words-1.0-r0.apk' is published already")
                && refused.stderr.contains("'epoch'"), "\(refused.stderr)")
        #expect(
            try scene.scratch.sh("sha256sum packages/x86_64/*.apk packages/x86_64/APKINDEX.tar.gz") == before)
        let replaced = try scene.build(key[0], key[1], "--replace")
        #expect(replaced.exit == 0, "\(replaced.stderr)")
        try scene.run("apk", "verify", "--key", scene.repository.publicKey, Self.index)
        #expect(
            try scene.run("apk", "show", "packages/x86_64/words-1.0-r0.apk").text.contains("/usr/share/more")
        )
    }

    @Test(
        "killed around any name that it gives, the repository that was there or the new one verifies",
        .enabled(if: FaultShim.isPossible, "no C compiler"), arguments: [false, true])
    func killed(replacing: Bool) throws {
        let scene = try RecipeScene()
        let arguments = [
            "--key", scene.repository.privateKey, "--provenance-key", "slipway.key", "--replace",
        ]
        try scene.run("key", "generate")
        #expect(try scene.build(arguments).exit == 0)
        if replacing {
            try scene.define(steps: Self.more)
        } else {
            try update(scene)
        }
        // Everything that is no part of the repository is there before.
        #expect(try scene.build(arguments + ["-o", "\(scene.scratch.path)/other"]).exit == 0)
        try scene.scratch.sh("cp -a packages before")
        let shim = try FaultShim()
        let log = "\(scene.scratch.path)/log"
        #expect(try scene.build(arguments, environment: shim.environment(log: log)).exit == 0)
        let names = FileLog(String(decoding: try scene.scratch.sh("cat log"), as: UTF8.self)).names
        let own = names.indices.filter { names[$0].hasPrefix("\(scene.scratch.path)/packages/") }
        #expect(own.count >= (replacing ? 5 : 6), "\(names)")
        for number in own {
            // Where time is short, before and after take turns.
            for after in [false, true] where KillPoint.isDeep || after == (number % 2 == 0) {
                try scene.scratch.sh("rm -rf packages; cp -a before packages")
                let outcome = try scene.build(
                    arguments, environment: shim.environment(.killed(at: number + 1, after: after)))
                #expect(outcome.wasKilled, "\(names[number]): \(outcome.stderr)")
                try scene.run("apk", "verify", "--key", scene.repository.publicKey, Self.index)
                let found = try versions(scene)
                #expect(
                    replacing
                        ? [[], ["1.0-r0"]].contains(found)
                        : [["1.0-r0"], ["1.0-r0", "1.1-r0"]].contains(found),
                    "\(names[number]) \(after): \(found)")
            }
            #expect(try scene.build(arguments).exit == 0)
            #expect(try versions(scene) == (replacing ? ["1.0-r0"] : ["1.0-r0", "1.1-r0"]))
            try scene.run("apk", "verify", "--key", scene.repository.publicKey, Self.index)
        }
    }

    @Test(
        "one build gives both forms; dpkg installs the .deb, and apt takes it from the signed repository",
        .enabled(if: Tool.isRoot && Tool.exists("apt-get") && Tool.exists("gpg"), "needs root, apt and gpg"))
    func bothForms() throws {
        let scene = try RecipeScene()
        let keyring = try DebianConsumer.makeKey(in: scene.scratch)
        let keys = [
            "--key", scene.repository.privateKey, "--gpg-key", "packages@example.org", "--gpg-home",
            "\(scene.scratch.path)/gnupg", "--without-tests",
        ]
        let outcome = try scene.build(["--format", "apk", "--format", "deb"] + keys)
        #expect(outcome.exit == 0, "\(outcome.stderr)")
        try scene.run("apk", "verify", "--key", scene.repository.publicKey, Self.index)
        try scene.run("deb", "verify", "packages", "--keyring", keyring)
        let file = "packages/pool/main/w/words/words_1.0-r0_amd64.deb"
        let said = try DebianConsumer.fields(of: file, in: scene.scratch)
        #expect(
            said["Version"] == "1.0-r0" && said["Architecture"] == "amd64" && said["Depends"] == nil,
            "\(said)")
        try DebianConsumer.install([file], in: scene.scratch)
        #expect(try scene.scratch.sh("sh root/usr/bin/words") == Array("the words 1.0\n".utf8))
        let apt = try DebianConsumer.apt(
            "packages", suite: "stable", keyring: keyring, asking: "words-doc", in: scene.scratch)
        #expect(apt.contains("Inst words-doc (1.0-r0 Recipes:stable [amd64])"), "\(apt)")
        // Another's key is no key of this repository.
        let other = try Scratch()
        let stranger = try DebianConsumer.makeKey(in: other)
        #expect(throws: Tool.Failure.self) {
            try DebianConsumer.apt(
                "packages", suite: "stable", keyring: stranger, asking: "words", in: scene.scratch)
        }
        // A build root takes what was published in the form of its own family, whichever is asked for first.
        try scene.scratch.sh(
            """
            sed -e '/^test:/,$d' -e 's/name: words$/name: reader/' -e 's/\\[busybox\\]/[busybox, words]/' words.yaml >reader.yaml
            mv reader.yaml words.yaml
            """)
        let reader = try scene.build(["--format", "deb", "--format", "apk"] + keys)
        #expect(reader.exit == 0, "\(reader.stderr)")
    }
}
