// SPDX-License-Identifier: Apache-2.0

import Attesting
import Distribution
import TestHouse
import Testing
import Verifying
import Vocabulary

/// A signed sample with everything that verifying it takes.
struct SignedSample {
    var sample: SampleImage
    let key = SigningKey.generate()
    var image: MemoryImage
    var attestations: Attestations
    var inventories: [Digest: ImageInventory]

    init(seed: String = "sample") throws {
        sample = try SampleImage(seed: seed)
        image = MemoryImage(sample)
        attestations = try sample.attest(key)
        inventories = [:]
        for platform in sample.image.platforms {
            inventories[platform.manifest.digest] = sample.inventory(of: platform)
        }
    }

    /// The sample with its evidence published.
    static func published(seed: String = "sample") throws -> SignedSample {
        var signed = try SignedSample(seed: seed)
        try signed.image.publish(signed.attestations)
        return signed
    }

    var amd64: Descriptor { sample.image.platforms[0].manifest }

    func verify(_ key: SigningKey? = nil) async throws -> Verdict {
        let image = image
        return try await ImageVerifier(key: VerificationKey(pem: (key ?? self.key).publicPEM)).verify(
            source: image, reference: "registry.example.org/app:1", inventories: inventories,
            content: { _ = try await image.blob($0, limit: .max) })
    }

    /// The names of the checks that failed, each once, sorted.
    func failures(_ key: SigningKey? = nil) async throws -> [String] {
        Set(try await verify(key).checks.filter { $0.outcome == .failed }.map(\.name)).sorted()
    }

    func found(_ name: String, _ subject: Digest) async throws -> String {
        try await verify().checks.filter { $0.name == name && $0.subject == subject }.map(\.found).joined(
            separator: "\n")
    }
}

@Suite("Verifying an image") struct ImageVerifierTests {
    @Test("a whole image passes every check, and the verdict covers the index and both platforms")
    func passes() async throws {
        let signed = try SignedSample.published()
        let verdict = try await signed.verify()
        #expect(verdict.checks.filter { $0.outcome != .passed } == [])
        #expect(verdict.outcome == .passed)
        let names = [
            "manifest", "content", "signature", "attestations", "provenance", "provenance-inputs",
            "provenance-packages", "sbom", "sbom-packages", "sbom-lock", "test-report",
        ]
        #expect(verdict.checks.map(\.name) == ["index", "signature", "attestations"] + names + names)
    }

    @Test("one platform alone passes too, its inputs bound to it through the index")
    func platformAlone() async throws {
        var signed = try SignedSample.published()
        signed.image.rootDescriptor = signed.amd64
        #expect(try await signed.verify().outcome == .passed)
    }

    @Test("one byte changed in any blob is refused, and the verdict names the check")
    func anyBlob() async throws {
        let signed = try SignedSample.published()
        let platform = signed.sample.image.platforms[0]
        let artifact = signed.sample.inputs
        var expected: [Digest: [String]] = [
            signed.sample.image.index.digest: ["index"], platform.manifest.digest: ["manifest"],
            platform.layers[0].descriptor.digest: ["content"],
            platform.config.digest: ["content", "manifest"],
            signed.sample.facts.inputs.digest: ["provenance-inputs"],
            artifact.localFiles[0].content.digest: ["provenance-inputs"],
            artifact.lock.digest: ["provenance-inputs"],
            artifact.definition.digest: ["provenance-inputs"],
            artifact.releases[0].content.digest: ["provenance-inputs"],
        ]
        for item in signed.attestations.evidence + signed.attestations.signatures {
            expected[ContentHasher.digest(of: item.bundle)] = ["attestations"]
            expected[ContentHasher.digest(of: item.manifest)] = ["attestations"]
        }
        for simple in signed.attestations.simpleSignatures {
            expected[ContentHasher.digest(of: simple.payload)] = ["attestations"]
        }
        for (digest, bytes) in signed.image.blobs {
            var damaged = signed
            var changed = bytes
            changed[bytes.count / 2] ^= 1
            damaged.image.blobs[digest] = changed
            let failures = try await damaged.failures()
            for name in expected[digest] ?? [] { #expect(failures.contains(name), "\(digest): \(failures)") }
            // The empty object and the configurations of signature tags say nothing, so nothing is decided from them.
            let text = String(decoding: bytes, as: UTF8.self)
            guard text != "{}", !text.contains("0001-01-01") else { continue }
            #expect(!failures.isEmpty, "\(text)")
        }
    }

    @Test("another key, an unsigned image")
    func otherKey() async throws {
        let signed = try SignedSample.published()
        let failures = try await signed.failures(.generate())
        #expect(failures == ["provenance", "sbom", "signature", "test-report"])
        let bare = try SignedSample()
        #expect(try await bare.failures() == ["provenance", "sbom", "signature", "test-report"])
        #expect(try await bare.found("signature", bare.amd64.digest) == "none: the image is not signed")
    }

    @Test("a signature on the index alone does not cover the platforms, and the other way round")
    func indexAlone() async throws {
        for keep in [0, 1] {
            var signed = try SignedSample()
            var some = signed.attestations
            some.signatures = [some.signatures[keep]]
            some.simpleSignatures = [some.simpleSignatures[keep]]
            try signed.image.publish(some)
            let unsigned = try await signed.verify().checks.filter {
                $0.name == "signature" && $0.outcome == .failed
            }
            #expect(unsigned.count == 2)
            #expect(unsigned.allSatisfy { $0.subject != some.signatures[0].subject.digest })
        }
    }

    @Test("the attestations of another image are refused by name")
    func otherImage() async throws {
        let other = try SignedSample.published(seed: "other")
        var signed = try SignedSample()
        let theirs = try other.sample.attest(signed.key)
        try signed.image.publish(signed.attestations)
        signed.image.referrers[signed.amd64.digest] = []
        signed.image.tags = [:]
        for item in theirs.evidence.prefix(3) + theirs.signatures.suffix(1) {
            try signed.image.refer(to: signed.amd64, bundle: item.bundle, .init(rawValue: item.predicateType))
        }
        let failures = try await signed.failures()
        #expect(failures == ["attestations", "provenance", "sbom", "signature", "test-report"])
        let found = try await signed.found("attestations", signed.amd64.digest)
        #expect(found.contains(other.sample.image.platforms[0].manifest.digest.description))
    }

    @Test("an attestation in place of the signature is no signature")
    func attestationOnly() async throws {
        var signed = try SignedSample()
        var some = signed.attestations
        some.signatures = []
        some.simpleSignatures = []
        try signed.image.publish(some)
        #expect(try await signed.failures() == ["signature"])
        #expect(
            try await signed.found("signature", signed.amd64.digest).contains(
                "(https://spdx.dev/Document), which is no signature"))
        #expect(
            try await signed.found("signature", signed.sample.image.index.digest)
                == "none: the image is not signed")
    }

    @Test("each storage form alone is enough, and a bad one beside it hides nothing")
    func storageForms() async throws {
        for simple in [true, false] {
            var signed = try SignedSample()
            var some = signed.attestations
            if simple { some.signatures = [] } else { some.simpleSignatures = [] }
            try signed.image.publish(some)
            #expect(try await signed.verify().outcome == .passed)
            // Somebody else's bundle and signature come to stand beside it.
            let stranger = SigningKey.generate()
            var foreign = try Attester(key: stranger).sign(
                [signed.amd64], created: nil, name: SignedName(local: "x"))
            foreign.simpleSignatures[0].payload = Array("{}".utf8)
            try signed.image.publish(foreign)
            #expect(try await signed.verify().outcome == .passed)
            #expect(
                try await signed.found("attestations", signed.amd64.digest).contains(
                    "of others, which count for nothing"))
        }
    }

    @Test(
        "what building again starts from: the signed provenance and the inputs it names, and only by the right key"
    )
    func provenance() async throws {
        let signed = try SignedSample.published()
        let image = signed.image
        func found(_ key: SigningKey) async throws -> [(provenance: Provenance, inputs: FoundInputs)] {
            try await ImageVerifier(key: VerificationKey(pem: key.publicPEM)).provenance(
                of: signed.amd64.digest, source: image, content: { _ = try await image.blob($0, limit: .max) }
            )
        }
        let one = try #require(try await found(signed.key).first)
        #expect(one.inputs.artifact == signed.sample.inputs && one.inputs.lock == signed.sample.lock)
        #expect(one.provenance.buildDefinition.internalParameters.buildKey == signed.sample.facts.buildKey)
        #expect(try await found(.generate()).isEmpty)
    }

    @Test("a document that is index and manifest in one is refused, as either")
    func ambiguous() async throws {
        var signed = try SignedSample()
        let index = signed.sample.image.index
        let platform = signed.sample.image.platforms[0]
        let both: JSONValue = [
            "schemaVersion": 2,
            "manifests": [
                [
                    "mediaType": .string(platform.manifest.mediaType.rawValue),
                    "digest": .string(platform.manifest.digest.description),
                    "size": .integer(platform.manifest.size),
                ]
            ],
            "config": [
                "mediaType": .string(platform.config.mediaType.rawValue),
                "digest": .string(platform.config.digest.description), "size": .integer(platform.config.size),
            ], "layers": [],
        ]
        let bytes = try CanonicalJSON.encode(both)
        for (type, check) in [(index.mediaType, "index"), (platform.manifest.mediaType, "manifest")] {
            signed.image.rootDescriptor = signed.image.put(bytes, type)
            try signed.image.publish(
                Attester(key: signed.key).sign(
                    [signed.image.rootDescriptor], created: nil, name: SignedName(local: "app")))
            let failures = try await signed.failures()
            #expect(failures.contains(check) && !failures.contains("signature"))
        }
        // The index itself, handed out as a manifest.
        signed.image.rootDescriptor = Descriptor(
            mediaType: .imageManifest, digest: index.digest, size: index.size)
        #expect(try await signed.failures().contains("manifest"))
    }

    @Test("a source that does not answer gives an error and no verdict")
    func down() async throws {
        var signed = try SignedSample.published()
        signed.image.isDown = true
        let image = signed
        await #expect(throws: DistributionError.self) { try await image.verify() }
    }

    @Test("more referrers than are read are an error: evidence could hide among them")
    func flood() async throws {
        var signed = try SignedSample.published()
        signed.image.referrers[signed.amd64.digest] = Array(repeating: signed.amd64, count: 501)
        let image = signed
        await #expect(throws: VerifyingError.tooManyReferrers(signed.amd64.digest, count: 501, limit: 500)) {
            try await image.verify()
        }
    }
}
