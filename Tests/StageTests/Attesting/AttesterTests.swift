// SPDX-License-Identifier: Apache-2.0

import Attesting
import Describing
import TestHouse
import Testing
import Vocabulary

extension SampleImage {
    static let name = "registry.example.org/app"

    /// SPDX of each platform, by manifest.
    func sboms() throws -> [Digest: [UInt8]] {
        var all: [Digest: [UInt8]] = [:]
        for (platform, packages) in zip(image.platforms, lock.content.architectures) {
            all[platform.manifest.digest] = try SPDXDocument.encode(
                BillOfMaterialsWriter().describe(
                    lock: packages, witness: lock.witness, image: platform, name: Self.name))
        }
        return all
    }

    func attest(_ key: SigningKey, existing: ExistingEvidence = .none) throws -> Attestations {
        try Attester(key: key, existing: existing).attest(
            image: image, facts: facts, sboms: sboms(), tests: tests,
            name: SignedName(ImageReference("\(Self.name):1")))
    }
}

extension ExistingEvidence {
    init(_ attestations: Attestations) {
        self.init(
            bundles: Dictionary(
                grouping: attestations.evidence + attestations.signatures, by: \.subject.digest
            ).mapValues { $0.map(\.bundle) },
            simpleSignatures: Dictionary(grouping: attestations.simpleSignatures, by: \.subject))
    }
}

@Suite("Attesting") struct AttesterTests {
    private let key = SigningKey.generate()

    private func payload(_ item: Attestations.Item) throws -> [UInt8] {
        let bundle = try SigstoreBundle(item.bundle)
        #expect(key.isSignature(bundle.envelope.signature, of: bundle.envelope.signedBytes))
        #expect(bundle.keyHint == key.hint)
        return bundle.envelope.payload
    }

    @Test(
        "three statements a platform, a signature for the index and each manifest, each bound to its subject")
    func everything() throws {
        let sample = try SampleImage()
        let attestations = try sample.attest(key)
        let manifests = sample.image.platforms.map(\.manifest.digest)
        #expect(
            attestations.evidence.map(\.predicateType)
                == (PredicateType.evidence + PredicateType.evidence).map(\.rawValue))
        #expect(attestations.signatures.map(\.subject.digest) == [sample.image.index.digest] + manifests)
        #expect(attestations.simpleSignatures.map(\.subject) == [sample.image.index.digest] + manifests)
        for item in attestations.evidence + attestations.signatures {
            let header = try StatementHeader(payload: payload(item))
            #expect(header.type == StatementHeader.version1 && header.isAbout(item.subject.digest))
            #expect(header.subject.count == 1 && header.subject[0].name == SampleImage.name)
            #expect(header.predicateType.rawValue == item.predicateType)
            let manifest: ImageManifest = try CanonicalJSON.decode(from: item.manifest, what: "it")
            #expect(
                manifest.subject
                    == Descriptor(
                        mediaType: item.subject.mediaType, digest: item.subject.digest,
                        size: item.subject.size))
            #expect(manifest.artifactType == .sigstoreBundle && manifest.config == .emptyJSON)
            #expect(manifest.layers == [Descriptor(item.bundle, mediaType: .sigstoreBundle)])
            #expect(manifest.annotations?["org.opencontainers.image.created"] == "2025-06-15T15:06:40Z")
            #expect(manifest.annotations?["dev.sigstore.bundle.predicateType"] == item.predicateType)
        }
        for simple in attestations.simpleSignatures {
            #expect(
                try SimpleSigningPayload(simple.payload)
                    == .init(reference: "\(SampleImage.name):1", manifest: simple.subject))
            #expect(key.isSignature(try #require(Base64.decode(simple.signature)), of: simple.payload))
        }
    }

    @Test("provenance: one external input, every dependency by digest, the key of the build")
    func provenance() throws {
        let sample = try SampleImage()
        let item = try sample.attest(key).evidence[0]
        let statement: Statement<Provenance> = try CanonicalJSON.decode(from: payload(item), what: "it")
        let build = statement.predicate.buildDefinition
        #expect(build.externalParameters.inputs.content?.digest == sample.facts.inputs.digest)
        #expect(build.externalParameters.definition == "image.yaml")
        #expect(build.internalParameters.buildKey == sample.facts.buildKey)
        #expect(build.internalParameters.platform == "linux/amd64")
        #expect(build.internalParameters.sourceDateEpoch == nil)
        #expect(build.internalParameters.diagnostics == sample.facts.diagnostics)
        #expect(
            build.resolvedDependencies.count == 1 + 2 + 4
                && build.resolvedDependencies.allSatisfy { $0.sha256 != nil })
        let app = try #require(build.resolvedDependencies.first { $0.name == "app" })
        #expect(app.uri == "pkg:deb/debian/app@5:8.0.2-3%2Bdeb13u1?arch=amd64&distro=debian-13")
        #expect(app.downloadLocation?.hasSuffix("app_5:8.0.2-3+deb13u1_amd64.deb") == true)
        #expect(statement.predicate.runDetails.metadata.finishedOn == sample.facts.finished)
        #expect(statement.predicate.runDetails.builder.version == ["slipway": "0.1.0"])
        // Exactly two external parameters stand in the text that was signed.
        let text: JSONValue = try CanonicalJSON.decode(from: payload(item), what: "it")
        #expect(
            text["predicate"]?["buildDefinition"]?["externalParameters"]?.object?.keys.sorted() == [
                "definition", "inputs",
            ])
    }

    @Test("an untested image is FAILED to whoever reads only the standard's members")
    func untested() throws {
        var sample = try SampleImage()
        sample.tests[0].results = [.init(name: "answers", outcome: .notRun, detail: "no emulator")]
        sample.tests[1].results = []
        for item in try sample.attest(key).evidence
        where item.predicateType == PredicateType.testResult.rawValue {
            let statement: Statement<TestResult> = try CanonicalJSON.decode(from: payload(item), what: "it")
            #expect(statement.predicate.result == .failed && statement.predicate.report.outcome == .notRun)
        }
    }

    @Test("signing twice publishes nothing new: bundles, manifests and signatures are the same bytes")
    func twice() throws {
        var sample = try SampleImage()
        let first = try sample.attest(key)
        sample.facts.started = Timestamp(seconds: 1_760_000_000)
        sample.facts.finished = Timestamp(seconds: 1_760_000_009)
        sample.tests[0].runtime = "crun 1.20"
        #expect(try sample.attest(key, existing: ExistingEvidence(first)) == first)
        #expect(try sample.attest(key) != first, "signatures are random")
    }

    @Test("what says something else is signed anew: build key, test outcome, bill, key, name")
    func changed() throws {
        let sample = try SampleImage()
        let first = try sample.attest(key)
        func renewed(_ key: SigningKey, _ change: (inout SampleImage) -> Void) throws -> [String] {
            var other = sample
            change(&other)
            let second = try other.attest(key, existing: ExistingEvidence(first))
            return zip(first.evidence, second.evidence).filter { $0.bundle != $1.bundle }.map(
                \.0.predicateType)
        }
        #expect(try renewed(key) { _ in } == [])
        #expect(
            try renewed(key) { $0.facts.buildKey = ContentHasher.digest(of: "another") } == [
                PredicateType.provenance.rawValue, PredicateType.provenance.rawValue,
            ])
        #expect(
            try renewed(key) { $0.tests[1].results[0].outcome = .failed } == [
                PredicateType.testResult.rawValue
            ])
        #expect(
            try renewed(key) { $0.lock.content.architectures[0].packages[0].homepage = nil } == [
                PredicateType.spdx.rawValue
            ])
        #expect(try renewed(.generate()) { _ in }.count == 6)
    }

    @Test("a bundle that claims the key and is not signed by it covers nothing")
    func forged() throws {
        let sample = try SampleImage()
        var existing = ExistingEvidence(try sample.attest(key))
        let subject = sample.image.index.digest
        let forger = SigningKey.generate()
        let bundle = try SigstoreBundle(try #require(existing.bundles[subject]?.first))
        let forged = try SigstoreBundle(
            envelope: SignedEnvelope(
                payload: bundle.envelope.payload, payloadType: .inTotoStatement,
                signature: forger.sign(bundle.envelope.signedBytes)), keyHint: key.hint
        ).encode()
        existing.bundles[subject] = [forged]
        let again = try sample.attest(key, existing: existing)
        #expect(again.signatures[0].bundle != forged)
    }

    @Test("without a bill or a report nothing is attested")
    func missing() throws {
        let sample = try SampleImage()
        let name = SignedName(local: "app")
        #expect(throws: AttestingError.missingBillOfMaterials(sample.image.platforms[0].manifest.digest)) {
            try Attester(key: key).attest(
                image: sample.image, facts: sample.facts, sboms: [:], tests: sample.tests, name: name)
        }
        #expect(throws: AttestingError.missingTestReport(sample.image.platforms[0].manifest.digest)) {
            try Attester(key: key).attest(
                image: sample.image, facts: sample.facts, sboms: sample.sboms(), tests: [], name: name)
        }
    }
}
