// SPDX-License-Identifier: Apache-2.0

import TestHouse
import Testing
import Vocabulary

@Suite(
    "An image of a private repository of .apk packages",
    .enabled(if: FactoryScene.isPossible, FactoryScene.why))
struct AlpineImageTests {
    @Test("runs, is signed and verified, and is proven by its own evidence in a home that knows nothing")
    func wholeLine() throws {
        let scene = try AlpineScene()
        try scene.run(
            "build", "greeter/image.yaml", "--push", "--tag", scene.reference, "--sign", "slipway.key")
        let why = try scene.run("why", "greeter/image.yaml", "greeting-doc")
        #expect(why.text.contains("comes with"), "\(why.text)")
        try scene.run("verify", "--key", "slipway.pub", scene.reference)

        let scratch = scene.scratch
        let home = try Scratch()
        try scratch.sh("mv greeter elsewhere")
        let proof = try scene.attempt(
            ["verify", "--key", "slipway.pub", "--rebuild", "--json", scene.reference], home: home.path)
        #expect(proof.exit == 0, "\(proof.stderr)\(proof.text)")
        #expect(proof.text.contains("\"rebuild\""))

        // Without the repository's packages there is no proof, and no refusal either.
        try scene.repository.remove("greeting")
        let other = try Scratch()
        let unproven = try scene.attempt(
            ["verify", "--key", "slipway.pub", "--rebuild", scene.reference], home: other.path)
        #expect(
            unproven.exit == 3 && unproven.text.contains("greeting"), "\(unproven.stderr)\(unproven.text)")
    }

    @Test(
        "is what cosign verifies too", .enabled(if: !Cosign.all.isEmpty, "Debian's cosign could not be had"),
        arguments: Cosign.all)
    func cosign(_ cosign: Cosign) throws {
        let scene = try AlpineScene()
        let built = try scene.run(
            "build", "greeter/image.yaml", "--push", "--tag", scene.reference, "--sign", "slipway.key",
            "--json")
        struct Built: Decodable {
            struct Platform: Decodable { let manifest: String }
            let index: String
            let platforms: [Platform]
        }
        let facts: Built = try CanonicalJSON.decode(from: built.stdout, what: "the build")
        let name = "\(scene.registry.address)/greeter"
        let key = "--key '\(scene.scratch.path)/slipway.pub' --insecure-ignore-tlog=true"
        for digest in [facts.index, facts.platforms[0].manifest] {
            let signature = cosign.run("verify \(key) \(name)@\(digest)", in: scene.scratch)
            #expect(signature.accepted, "\(signature.output)")
        }
        for type in ["slsaprovenance1", "spdxjson"] {
            let attestation = try cosign.verifyAttestation(
                type, of: "\(name)@\(facts.platforms[0].manifest)", by: "\(scene.scratch.path)/slipway.pub")
            #expect(attestation.accepted, "\(attestation.output)")
        }
    }

    @Test(
        "shows syft exactly the packages of its lock, and whose they are",
        .enabled(if: PythonTool.syft != nil, "syft could not be had"))
    func syft() async throws {
        let scene = try AlpineScene()
        try scene.run("build", "greeter/image.yaml", "--push", "--tag", scene.reference)
        let report = try await SyftReport(of: "registry:\(scene.reference)", .amd64)
        #expect(
            report.artifacts.filter { $0.type == "apk" }.map { "\($0.name) \($0.version)" }.sorted() == [
                "docs 1-r0", "greeting 1.0-r0", "greeting-doc 1.0-r0", "show 1.2.0-r3",
                "wolfi-baselayout 20230201-r0",
            ])
        #expect(report.artifacts.allSatisfy { $0.type == "apk" }, "nothing beside packages")
        #expect(report.distro.id == "wolfi")
    }

    @Test("is the same by apko's lock as by Slipway's own, and a lock of another text is refused")
    func apkosLock() throws {
        let scene = try AlpineScene()
        func index() throws -> String {
            struct Built: Decodable { let index: String; let usedStoredLock: Bool }
            let built = try scene.run("build", "greeter/image.yaml", "-o", "layout", "--json")
            let facts: Built = try CanonicalJSON.decode(from: built.stdout, what: "the build")
            #expect(facts.usedStoredLock)
            return facts.index
        }
        try scene.run("lock", "greeter/image.yaml")
        let own = try index()
        let locked = try scene.run("lock", "--format", "apko", "greeter/image.yaml", "--json")
        for part in [#""version": "v1""#, #""name": "greeting-doc""#, #""checksum": "sha256-"#] {
            #expect(locked.text.contains(part), "\(part): \(locked.text)")
        }
        #expect(try index() == own)
        // Newer packages are nobody's business then.
        try scene.repository.add(world: "docs 2-r0")
        try scene.publish()
        #expect(try index() == own)
        try scene.scratch.sh("echo '# another text' >>greeter/image.yaml")
        let refused = try scene.attempt(["build", "greeter/image.yaml", "-o", "layout"])
        #expect(refused.exit == 1 && refused.stderr.contains("image.lock.json"), "\(refused.stderr)")
    }

    /// Records as Wolfi's feed has them: one entry for each architecture, and those of Chainguard's beside them.
    @Test(
        "is scanned against Wolfi's records: by origin, Chainguard's passed over, what is not covered named")
    func scanned() throws {
        let scene = try AlpineScene()
        try scene.run("build", "greeter/image.yaml", "-o", "layout")
        func entry(_ ecosystem: String, _ architecture: String, fixed: String) -> String {
            """
            {"package": {"ecosystem": "\(ecosystem)", "name": "greeting",
              "purl": "pkg:apk/\(ecosystem.lowercased())/greeting?arch=\(architecture)"},
             "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "\(fixed)"}]}]}
            """
        }
        func scan(fixed: String, sources: String) throws -> SlipwayProgram.Outcome {
            let record = """
                {"schema_version": "1.7.0", "id": "CGA-2222-3333-4444", "modified": "2026-11-01T00:00:00Z",
                 "published": "2026-10-01T00:00:00Z", "upstream": ["CVE-2026-0001", "GHSA-2222-3333-4444"],
                 "affected": [\(entry("Wolfi", "x86_64", fixed: fixed)), \(entry("Wolfi", "aarch64", fixed: fixed)),
                              \(entry("Chainguard", "x86_64", fixed: "9-r0"))]}
                """
            try scene.scratch.write(Array(record.utf8), to: "CGA-2222-3333-4444.json")
            try scene.scratch.sh(
                """
                mkdir -p records; mv CGA-2222-3333-4444.json records
                cat >records/coverage.json <<END
                {"version": 1, "coverage": [{"ecosystem": "Wolfi", "sources": \(sources),
                  "complete-as-of": "$(date -u +%Y-%m-%dT%H:%M:%SZ)", "from": "a test"}]}
                END
                """)
            return try scene.attempt(["scan", "layout", "--advisories", "records"])
        }
        let affected = try scan(fixed: "1.1-r0", sources: "\"all\"")
        #expect(
            affected.exit == 2 && affected.text.contains("CVE-2026-0001") && affected.text.contains("1.1-r0"),
            "\(affected.stderr)\(affected.text)")
        let fixed = try scan(fixed: "1.0-r0", sources: "\"all\"")
        #expect(fixed.exit == 0, "\(fixed.stderr)\(fixed.text)")
        let uncovered = try scan(fixed: "1.0-r0", sources: "[\"greeting\"]")
        #expect(
            uncovered.exit == 3 && uncovered.text.contains("show"), "\(uncovered.stderr)\(uncovered.text)")
    }

    @Test("what the command line adds is in the image, its lock and its evidence")
    func additions() throws {
        let scene = try AlpineScene()
        try scene.repository.add(world: "extra 1-r0")
        try scene.publish()
        let added = ["-p", "extra", "--annotation", "org.example.team=docs", "-r", scene.repository.url]
        try scene.run("lock", "greeter/image.yaml", "-p", "extra")
        let stale = try scene.run("build", "greeter/image.yaml", "-o", "layout")
        #expect(stale.stderr.contains("holds for another text"), "\(stale.stderr)")
        let built = try scene.attempt(
            ["build", "greeter/image.yaml", "-o", "layout", "--sign", "slipway.key", "--ignore-lock"] + added)
        #expect(built.exit == 0, "\(built.stderr)")
        #expect(try scene.run("inspect", "layout").text.contains("extra 1-r0"))
        let home = try Scratch()
        let proof = try scene.attempt(
            ["verify", "--rebuild", "--key", "slipway.pub", "layout"], home: home.path)
        #expect(proof.exit == 0 && proof.text.contains("identical"), "\(proof.stderr)\(proof.text)")
        let odd = try scene.attempt(["build", "greeter/image.yaml", "-o", "layout", "-p", "a b"])
        #expect(odd.exit == 1 && odd.stderr.contains("--package-append:1:1"), "\(odd.stderr)")
    }

    @Test("is rebuilt by the factory when its keeper indexes a newer package, and the history says why")
    func rebuilt() throws {
        let scene = try AlpineScene()
        let factory = ["--config", "factory.yaml", "--state", "state"]
        func round() throws -> SlipwayProgram.Outcome {
            let outcome = try scene.attempt(["factory", "once"] + factory)
            #expect(outcome.exit == 0, "\(outcome.stderr)\(outcome.text)")
            return outcome
        }
        _ = try round()
        let first = try scene.registry.digest("greeter", "1")
        _ = try round()
        #expect(try scene.registry.digest("greeter", "1") == first, "nothing changed")

        // Something that the image has nothing to do with.
        try scene.repository.add(world: "stranger 1.0-r0")
        try scene.publish()
        _ = try round()
        #expect(try scene.registry.digest("greeter", "1") == first, "a stranger came")

        try scene.repository.add(world: "greeting 1.1-r0; depends: cmd:show; file: usr/share/greeting/text")
        try scene.publish()
        _ = try round()
        let second = try scene.registry.digest("greeter", "1")
        #expect(second != first)
        let why = try scene.attempt(["factory", "why", "greeter"] + factory)
        #expect(why.text.contains("greeting 1.0-r0 → 1.1-r0"), "\(why.text)\(why.stderr)")
        #expect(why.text.contains("rebuilt because"), "\(why.text)")
        try scene.run("verify", "--key", "slipway.pub", scene.reference)
    }

    @Test(
        "a key that is named by its URL is announced with its fingerprint, and stands in image and evidence")
    func keyByURL() throws {
        let scene = try AlpineScene()
        let mirror = try BadMirror(serving: scene.repository.root)
        let key = "\(mirror.url)/packages.rsa.pub"
        try scene.scratch.sh(
            "sed -i 's|^    - /.*rsa.pub$|    - \(key)|' greeter/image.yaml; grep -q http greeter/image.yaml")
        let built = try scene.run("build", "greeter/image.yaml", "-o", "layout", "--sign", "slipway.key")
        #expect(
            built.stderr.contains("is trusted from now on; its fingerprint is sha256:"), "\(built.stderr)")
        let again = try scene.run("build", "greeter/image.yaml", "-o", "layout")
        #expect(!again.stderr.contains("trusted from now on"), "it was said once")
        try scene.scratch.sh("mv greeter elsewhere")
        let home = try Scratch()
        let proof = try scene.attempt(
            ["verify", "--key", "slipway.pub", "--rebuild", "layout"], home: home.path)
        #expect(proof.exit == 0, "\(proof.stderr)\(proof.text)")
    }
}
