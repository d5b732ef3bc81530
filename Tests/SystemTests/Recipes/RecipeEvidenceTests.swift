// SPDX-License-Identifier: Apache-2.0

import TestHouse
import Testing

#if canImport(Glibc)
    import Glibc
#endif

/// What is said inside and beside packages of where they come from, and how it is held against them.
@Suite(
    "The evidence of a package",
    .enabled(if: RecipeScene.isPossible, RecipeScene.why))
struct RecipeEvidenceTests {
    private static let package = "packages/x86_64/words-1.0-r0.apk"
    private static let random = "cat /proc/sys/kernel/random/uuid >${{targets.destdir}}/usr/share/id"

    private func built(_ more: String..., steps: String = "") throws -> RecipeScene {
        let scene = try RecipeScene()
        try scene.run("key", "generate")
        try scene.define(steps: steps)
        let outcome = try scene.build(
            ["--key", scene.repository.privateKey, "--provenance-key", "slipway.key"] + more)
        #expect(outcome.exit == 0, "\(outcome.stderr)")
        return scene
    }

    private func verify(
        _ scene: RecipeScene, _ file: String = package, keys: [String]? = nil, more: [String] = [],
        home: String? = nil
    ) throws -> SlipwayProgram.Outcome {
        let keys = keys ?? [scene.repository.publicKey, "slipway.pub"]
        return try SlipwayProgram.run(
            ["recipe", "verify", file] + keys.flatMap { ["--key", $0] } + more, in: scene.scratch.path,
            environment: home.map { ["HOME": $0] } ?? [:])
    }

    private static let bill = "var/lib/db/sbom/words-1.0-r0.spdx.json"

    /// A package with its licence's text, unpacked beside its recipe.
    private func unpacked() throws -> RecipeScene {
        let scene = try RecipeScene()
        try scene.scratch.sh("sed -i 's/{license: MIT}/{license: MIT, license-path: words.in}/' words.yaml")
        #expect(try scene.build().exit == 0)
        try scene.scratch.sh("tar -xzf \(Self.package) \(Self.bill) usr/share/licenses 2>/dev/null")
        return scene
    }

    @Test("a package's bill names it, its licence, and its source by address and digest")
    func bill() throws {
        let scene = try unpacked()
        try scene.scratch.sh("cmp usr/share/licenses/words/words.in words-1.0/words.in")
        let bill = String(decoding: try scene.scratch.read(Self.bill), as: UTF8.self)
        let digest = String(
            decoding: try scene.scratch.sh("sha256sum words-1.0.tar.gz | cut -c1-64"), as: UTF8.self
        )
        .filter { $0 != "\n" }
        for part in [
            "pkg:apk/unknown/words@1.0-r0?arch=x86_64", "\"licenseDeclared\":\"MIT\"", digest,
            "fetched as file:words-1.0.tar.gz", "2023-11-14T22:13:20Z", "GENERATED_FROM",
        ] {
            #expect(bill.contains(part), "\(part): \(bill)")
        }
    }

    @Test(
        "SPDX's own tools take a package's bill",
        .enabled(if: PythonTool.spdxTools != nil, "spdx-tools could not be had"))
    func validBill() throws {
        let validator = try #require(PythonTool.spdxTools)
        try unpacked().scratch.sh("'\(validator)' -i \(Self.bill)")
    }

    @Test("a licence's text that is not in the sources stops the build, and names what was looked for")
    func missingLicence() throws {
        let scene = try RecipeScene()
        for path in ["COPYING", "../../etc/passwd", "link"] {
            try scene.define()
            try scene.scratch.sh(
                "sed -i 's|{license: MIT}|{license: MIT, license-path: \(path)}|' words.yaml")
            let outcome = try scene.build()
            #expect(
                outcome.exit == 1 && outcome.stderr.contains("license-path '\(path)'"), "\(outcome.stderr)")
        }
    }

    @Test("from its repository's signature to its inputs everything holds")
    func whole() throws {
        let scene = try built()
        let outcome = try verify(scene)
        #expect(outcome.exit == 0 && outcome.text.contains("(4 checks)"), "\(outcome.stderr)\(outcome.text)")
        // What no key speaks for is not checked.
        #expect(try verify(scene, keys: ["slipway.pub"]).exit == 3)
        #expect(try verify(scene, keys: [scene.repository.publicKey]).exit == 3)
    }

    @Test(
        "cosign takes the provenance of a package",
        .enabled(if: Cosign.three != nil, "cosign 3 could not be had")
    )
    func cosigned() throws {
        let scene = try built()
        let cosign = try #require(Cosign.three)
        let answer = cosign.run(
            "verify-blob-attestation --bundle \(Self.package).sigstore.json --key slipway.pub --type slsaprovenance1 "
                + "--insecure-ignore-tlog=true \(Self.package)", in: scene.scratch)
        #expect(answer.accepted, "\(answer.output)")
    }

    struct Attack: Sendable, CustomTestStringConvertible {
        let name: String
        let script: String
        /// The check that says no.
        let check: String
        var testDescription: String { name }
    }

    @Test(
        "what was changed is refused",
        arguments: [
            Attack(name: "a byte of the package", script: Tool.flip(package, at: -20), check: "package"),
            Attack(
                name: "the provenance of another package of the same build",
                script: "cp packages/x86_64/words-doc-1.0-r0.apk.sigstore.json \(package).sigstore.json",
                check: "provenance"),
            Attack(name: "no provenance", script: "rm \(package).sigstore.json", check: "provenance"),
            Attack(
                name: "words of a provenance",
                script:
                    "python3 -c \"import json,base64; p='\(package).sigstore.json'; b=json.load(open(p)); e=b['dsseEnvelope']; e['payload']=base64.b64encode(base64.b64decode(e['payload']).replace(b'words.yaml', b'words.yamm')).decode(); json.dump(b, open(p,'w'))\"",
                check: "provenance"),
            Attack(
                name: "somebody else's signature",
                script:
                    "HOME=$PWD \(SlipwayProgram.path) key generate --name other >/dev/null; mv other.pub slipway.pub",
                check: "provenance"),
            Attack(
                name: "the inputs", script: "for f in packages/inputs/*; do printf x >>$f; done",
                check: "inputs"),
            Attack(
                name: "an index of another key",
                script:
                    "HOME=$PWD \(SlipwayProgram.path) key generate --type rsa --bits 2048 --name bad >/dev/null; rm packages/x86_64/APKINDEX.tar.gz; HOME=$PWD \(SlipwayProgram.path) apk index packages/x86_64 --key bad.rsa >/dev/null",
                check: "signature"),
            Attack(
                name: "an index without the package",
                script:
                    "mkdir away; mv packages/x86_64/words-1.0-r0.* away/; HOME=$PWD \(SlipwayProgram.path) apk index packages/x86_64 --key KEY >/dev/null; mv away/* packages/x86_64/",
                check: "package"),
        ])
    func attacked(_ attack: Attack) throws {
        let scene = try built()
        try scene.scratch.sh(attack.script.replacing("KEY", with: scene.repository.privateKey))
        let outcome = try verify(scene, more: ["--rebuild", "--json"])
        #expect(outcome.exit == 2, "\(outcome.stderr)\(outcome.text)")
        // Nothing of it is built after that.
        #expect(!outcome.text.contains("\"rebuild\""), "\(outcome.text)")
        try scene.scratch.write(outcome.stdout, to: "verdict.json")
        let names = String(
            decoding: try scene.scratch.sh(
                "python3 -c \"import json; print(*{c['name'] for v in json.load(open('verdict.json')) for c in v['checks'] if c['outcome'] == 'failed'})\""
            ),
            as: UTF8.self)
        #expect(names.contains(attack.check), "\(names)")
    }

    @Test(
        "built again from its inputs elsewhere, without the release at hand, it is the same to the byte",
        arguments: ["apk", "deb"])
    func again(_ form: String) throws {
        let scene = try built("--format", form, "--without-tests")
        let file = form == "apk" ? Self.package : "packages/pool/main/w/words/words_1.0-r0_amd64.deb"
        let home = try Scratch()
        try scene.scratch.sh("mv words-1.0.tar.gz gone; mv words.yaml gone.yaml; \(Tool.nextSecond)")
        let outcome = try verify(
            scene, file, keys: ["slipway.pub", scene.repository.publicKey], more: ["--rebuild"],
            home: home.path)
        #expect(
            outcome.exit == (form == "apk" ? 0 : 3) && outcome.text.contains("identical, byte for byte"),
            "\(outcome.stderr)\(outcome.text)")
        let doc = file.replacing("words-1", with: "words-doc-1").replacing("words_1", with: "words-doc_1")
        #expect(
            try verify(scene, doc, more: ["--rebuild"], home: home.path).text.contains(
                "identical, byte for byte"))
    }

    @Test(
        "a recipe that writes what is never the same is caught, and the file is named",
        arguments: [
            ("a random number", random, "apk"), ("a random number", random, "deb"),
            (
                "the time",
                "date -Ins >${{targets.destdir}}/usr/share/id; cat /proc/uptime >>${{targets.destdir}}/usr/share/id",
                "apk"
            ),
        ])
    func nondeterministic(_ what: String, _ script: String, _ form: String) throws {
        let scene = try built(
            "--format", form, "--without-tests",
            steps: "  - runs: mkdir -p ${{targets.destdir}}/usr/share; \(script)")
        let file = form == "apk" ? Self.package : "packages/pool/main/w/words/words_1.0-r0_amd64.deb"
        let outcome = try verify(scene, file, more: ["--rebuild"])
        #expect(
            outcome.exit == 2 && outcome.text.contains("words differs at /usr/share/id: other content"),
            "\(what): \(outcome.stderr)\(outcome.text)")
        // The other package of the recipe is as it was.
        let doc = file.replacing("words-1", with: "words-doc-1").replacing("words_1", with: "words-doc_1")
        #expect(try verify(scene, doc, more: ["--rebuild"]).text.contains("identical"))
    }

    @Test(
        "a build that fails where it is done again is a refusal that says why, not a trouble of this machine's",
        .enabled(
            if: Tool.exists("taskset") && sysconf(Int32(_SC_NPROCESSORS_ONLN)) > 1,
            "needs util-linux and two processors"))
    func failsAgain() throws {
        let scene = try built(steps: "  - runs: test $(nproc) -gt 1")
        let command = SlipwayProgram.command(
            [
                "recipe", "verify", Self.package, "--rebuild", "--key", "slipway.pub", "--key",
                scene.repository.publicKey,
            ],
            home: scene.scratch.path)
        let said = String(
            decoding: try scene.scratch.sh("set +e; taskset -c 0 \(command) 2>&1; echo exit $?"),
            as: UTF8.self)
        #expect(said.contains("was built again, and that failed") && said.hasSuffix("exit 2\n"), "\(said)")
    }

    @Test(
        "signed again for the same build it is the same, and without a key a note says that nothing is said")
    func repeated() throws {
        let scene = try built()
        let before = try scene.scratch.sh("sha256sum packages/x86_64/*.sigstore.json; ls packages/inputs")
        #expect(
            try scene.build(["--key", scene.repository.privateKey, "--provenance-key", "slipway.key"]).exit
                == 0)
        #expect(
            try scene.scratch.sh("sha256sum packages/x86_64/*.sigstore.json; ls packages/inputs") == before)
        let bare = try scene.build(["-o", "\(scene.scratch.path)/bare"])
        #expect(bare.exit == 0 && bare.stderr.contains("--provenance-key"), "\(bare.stderr)")
        try scene.scratch.sh("test ! -e bare/inputs")
    }
}
