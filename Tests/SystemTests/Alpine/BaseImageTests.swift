// SPDX-License-Identifier: Apache-2.0

import TestHouse
import Testing
import Vocabulary

/// `contents.baseimage`: an image that stands on another one, by the finished program.
@Suite("An image on a base image", .enabled(if: FactoryScene.isPossible, FactoryScene.why))
struct BaseImageTests {
    /// The greeter as a base image, with the list of what is installed in it beside it.
    private func scene() throws -> AlpineScene {
        let scene = try AlpineScene()
        var facts = AlpineRepository.Facts()
        facts.depends = ["greeting"]
        facts.replaces = ["docs"]
        try scene.repository.add(
            "extra", "2-r0", facts,
            files: ["usr/share/extra/text": "more of it", "usr/share/docs": "taken over"])
        try scene.publish()
        try makeBase(scene)
        try define(scene)
        return scene
    }

    private func makeBase(_ scene: AlpineScene) throws {
        try scene.scratch.sh("rm -rf base installed tree")
        try scene.run("build", "greeter/image.yaml", "-o", "base")
        try scene.run("build", "greeter/image.yaml", "-o", "rootfs:tree")
        try scene.scratch.sh(
            "mkdir -p installed/x86_64; cp tree/usr/lib/apk/db/installed installed/x86_64/APKINDEX")
    }

    private func define(_ scene: AlpineScene, packages: String = "extra") throws {
        let definition = """
            contents:
              baseimage:
                image: base/
                apkindex: installed
              repositories: [\(scene.repository.url)]
              keyring: [\(scene.repository.publicKey)]
              packages: [\(packages)]
            archs: [x86_64]
            tests:
              - name: starts what the base image starts
                expect: {stdout: greeting}
              - name: shows what was added
                run: [/usr/bin/show, /usr/share/extra/text, /usr/share/docs]
                expect: {stdout: more of it}

            """
        try scene.scratch.write(Array(definition.utf8), to: "top.yaml")
    }

    /// The layers of the images in a layout, a line each.
    private func layers(_ layout: String, _ scene: AlpineScene) throws -> String {
        String(
            decoding: try scene.scratch.sh(
                """
                cd \(layout)/blobs/sha256
                for blob in *; do grep -l 'oci.image.config.v1+json.*"layers"' $blob 2>/dev/null || true; done | while read manifest; do
                    grep -o '"layers":.*' $manifest | grep -o 'sha256:[0-9a-f]*' || true
                done
                """), as: UTF8.self)
    }

    @Test(
        "its layers stay, its process stays, and what is added runs on it; its own evidence proves all of it")
    func wholeLine() throws {
        let scene = try scene()
        let built = try scene.run(
            "build", "top.yaml", "-o", "top", "--test", "--sign", "slipway.key", "--json")
        #expect(!built.stderr.contains("base-index"), "\(built.stderr)")
        let below = try layers("base", scene).split(separator: "\n").first
        #expect(try layers("top", scene).split(separator: "\n").contains(try #require(below)))
        let inspected = try scene.run("inspect", "top")
        for line in [
            "extra 2-r0", "greeting 1.0-r0", "docs 1-r0", "user          65532",
            "starts        /usr/bin/show",
        ] {
            #expect(inspected.text.contains(line), "\(line): \(inspected.text)")
        }
        let bill = try scene.run("sbom", "top", "--key", "slipway.pub").text
        #expect(bill.contains("part of the image on which this one stands"))
        #expect(bill.contains("/greeting@1.0-r0?"))

        let again = try scene.run("build", "top.yaml", "-o", "top", "--json")
        #expect(again.text.contains("\"wasRemembered\" : true"), "\(again.text)")
        try scene.scratch.sh("mv base gone; mv top.yaml gone.yaml")
        let home = try Scratch()
        let proof = try scene.attempt(
            ["verify", "--rebuild", "--key", "slipway.pub", "top"], home: home.path)
        #expect(proof.exit == 0 && proof.text.contains("identical"), "\(proof.stderr)\(proof.text)")
    }

    @Test("the package database goes on from the one below, without the file that was taken over")
    func database() throws {
        let scene = try scene()
        try scene.run("build", "top.yaml", "-o", "rootfs:top")
        let installed = String(
            decoding: try scene.scratch.sh("cat top/usr/lib/apk/db/installed"), as: UTF8.self)
        let names = installed.split(separator: "\n").filter { $0.hasPrefix("P:") }
        #expect(
            names.sorted() == [
                "P:docs", "P:extra", "P:greeting", "P:greeting-doc", "P:show", "P:wolfi-baselayout",
            ])
        #expect(installed.split(separator: "\n").filter { $0 == "R:docs" }.count == 1, "of one package alone")
        #expect(
            String(decoding: try scene.scratch.sh("cat top/etc/apk/world top/usr/share/docs"), as: UTF8.self)
                == "docs\nextra\ngreeting\nshow\nwolfi-baselayout\ntaken over\n")
    }

    @Test("what it holds stays in its version: a package that needs another one is a reason with its lines")
    func newer() throws {
        let scene = try scene()
        try scene.repository.add(world: "greeting 1.1-r0; depends: cmd:show; file: usr/share/greeting/text")
        try scene.publish()
        try define(scene, packages: "'greeting>1.0-r0'")
        let outcome = try scene.attempt(["build", "top.yaml", "-o", "top"])
        #expect(
            outcome.exit == 1 && outcome.stderr.contains("top.yaml:3:5")
                && outcome.stderr.contains("greeting=1.0-r0") && outcome.stderr.contains("greeting>1.0-r0"),
            "\(outcome.stderr)")
    }

    @Test("a lock that was made on another base image is refused")
    func otherBase() throws {
        let scene = try scene()
        try scene.run("lock", "top.yaml")
        try scene.run("build", "top.yaml", "-o", "top")
        try scene.scratch.sh(
            "sed -i 's/title: greeter/title: other/' greeter/image.yaml; echo '#' >>greeter/image.yaml")
        try scene.run("build", "greeter/image.yaml", "-o", "base2")
        try scene.scratch.sh("rm -r base; mv base2 base")
        let outcome = try scene.attempt(["build", "top.yaml", "-o", "top2"])
        #expect(
            outcome.exit == 1 && outcome.stderr.contains("the lock was made for another base image"),
            "\(outcome.stderr)")
        try scene.run("build", "top.yaml", "-o", "top2", "--ignore-lock")
    }

    @Test(
        "damage and odd bases are refused with a sentence, and nothing is written",
        arguments: [
            (
                "a flipped byte in a layer",
                "f=$(ls -S base/blobs/sha256/* | head -1); cp $f largest; \(Tool.flip("largest", at: 100)); cp largest $f",
                "remove this file"
            ),
            ("no index.json", "rm base/index.json", "top.yaml:3:5"),
            ("no list of what is installed", "rm -r installed", "APKINDEX"),
            (
                "an image without apk's database",
                """
                printf 'files: [{path: /x, content: x}]\\narchs: [amd64]\\n' >plain.yaml; rm -r base
                '\(SlipwayProgram.path)' build plain.yaml -o base 2>/dev/null >/dev/null
                """, "no package database"
            ),
            ("another architecture", "sed -i 's/x86_64/aarch64/' top.yaml", "linux/arm64"),
        ])
    func odd(_ name: String, _ script: String, _ sentence: String) throws {
        let scene = try scene()
        try scene.scratch.sh(script)
        let outcome = try scene.attempt(["build", "top.yaml", "-o", "top"])
        #expect(outcome.exit != 0 && outcome.stderr.contains(sentence), "\(name): \(outcome.stderr)")
        let index = try scene.scratch.sh("cat top/index.json 2>/dev/null || echo none")
        #expect(!String(decoding: index, as: UTF8.self).contains("sha256:"))
    }

    @Test("a list beside it that says something else is a warning; the image is right")
    func otherList() throws {
        let scene = try scene()
        try scene.scratch.sh("sed -i 's/^V:1.0-r0/V:7.0-r0/' installed/x86_64/APKINDEX")
        let outcome = try scene.run("build", "top.yaml", "-o", "top")
        #expect(
            outcome.stderr.contains("differ in greeting 1.0-r0, greeting 7.0-r0")
                && outcome.stderr.contains("top.yaml:3:5: warning"),
            "\(outcome.stderr)")
        #expect(try scene.run("inspect", "top").text.contains("greeting 1.0-r0"))
    }

    @Test("a package that makes a link of a directory below is refused: what lies there cannot be moved")
    func moved() throws {
        let scene = try scene()
        try scene.repository.add(
            "merged", "1-r0", script: "mkdir -p opt/share usr; ln -s ../opt/share usr/share")
        try scene.publish()
        try define(scene, packages: "merged")
        let outcome = try scene.attempt(["build", "top.yaml", "-o", "top"])
        #expect(
            outcome.exit == 1 && outcome.stderr.contains("is in the base image, and a package makes a link"),
            "\(outcome.stderr)")
    }

    /// apko's own test image, its base as apko built it: the packages' part of the tree is the same.
    @Test(
        "apko's image on top of its base has the same files, also by apko's own lock",
        .enabled(if: SharedFixtures.areHere, "\(SharedFixtures.hint)"), arguments: [true, false])
    func apkosGolden(_ byItsLock: Bool) throws {
        let scratch = try Scratch()
        try scratch.sh(
            """
            cp -r --no-preserve=mode '\(sourceRoot)/\(SharedFixtures.path("apk/apko-cli"))' testdata
            \(byItsLock ? "" : "rm testdata/image_on_top.apko.lock.json")
            """)
        let built = try SlipwayProgram.run(
            ["build", "testdata/image_on_top.apko.yaml", "-o", "rootfs:ours", "--arch", "amd64"],
            in: scratch.path)
        #expect(built.exit == 0, "\(built.stderr)")
        let differences = try scratch.sh(
            """
            mkdir theirs; cd theirs
            blobs=../testdata/top_image/blobs/sha256
            for layer in bf74ddaf55d32ec9672a0a40efc6cb1bf0a167763c18fc22586c8a301167822f \\
                7bd766d91d366d79c001436814bdfd629ef6da668805945c414cb074ddb7f0ed; do
                # A link takes a directory's place, as a runtime has it.
                tar -tzf $blobs/$layer >../names; grep -qx lib/apk ../names && rm -rf lib/apk
                tar -xzf $blobs/$layer --exclude 'dev/*'
            done
            cd ..; diff -r --no-dereference theirs ours | sed 's/^diff -r .*ours/differs: ours/' | grep -E '^(Only|differs)' || true
            """)
        #expect(
            String(decoding: differences, as: UTF8.self) == """
                differs: ours/etc/apk/repositories
                differs: ours/etc/apk/world
                Only in theirs/etc: apko.json
                differs: ours/usr/lib/apk/db/installed

                """)
    }
}
