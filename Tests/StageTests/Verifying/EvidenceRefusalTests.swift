// SPDX-License-Identifier: Apache-2.0

import Attesting
import TestHouse
import Testing
import Verifying
import Vocabulary

@Suite("Evidence that is refused") struct EvidenceRefusalTests {
    /// A bundle whose text was changed after it was signed.
    private func replace(_ bundle: [UInt8], _ old: String, _ new: String) -> [UInt8] {
        Array(
            String(decoding: bundle, as: UTF8.self).split(
                separator: old, maxSplits: 1, omittingEmptySubsequences: false
            ).joined(separator: new).utf8)
    }

    private func judge(_ bundle: [UInt8], _ signed: SignedSample, _ subject: Digest) throws -> JudgedEvidence
    {
        EvidenceJudge(key: try VerificationKey(pem: signed.key.publicPEM)).judge(
            FoundEvidence(bundles: [.init(place: "here", bytes: bundle)]), about: subject)
    }

    @Test("two signatures, other payload types, base64 tricks, a payload exchanged")
    func bundles() throws {
        let signed = try SignedSample()
        let item = signed.attestations.signatures[0]
        let subject = item.subject.digest
        let good = item.bundle
        #expect(try judge(good, signed, subject).attestations.count == 1)

        let text = String(decoding: good, as: UTF8.self)
        let signature = try #require(text.split(separator: "\"sig\":\"").last?.split(separator: "\"").first)
        let payload = try #require(text.split(separator: "\"payload\":\"").last?.split(separator: "\"").first)
        let other = try SigstoreBundle(signed.attestations.evidence[0].bundle).envelope
        let cases: [(String, [UInt8])] = [
            (
                "two signatures",
                replace(
                    good, "[{\"sig\":\"\(signature)\"}]",
                    "[{\"sig\":\"\(signature)\"},{\"sig\":\"\(signature)\"}]")
            ),
            ("no signature", replace(good, "[{\"sig\":\"\(signature)\"}]", "[]")),
            ("another payload type", replace(good, "application/vnd.in-toto+json", "application/json")),
            ("a line break in the payload", replace(good, "\(payload)", "\(payload)\\n")),
            ("padding twice", replace(good, "\(payload)", "\(payload)====")),
            ("another payload", replace(good, "\(payload)", Base64.encode(other.payload))),
            ("another signature", replace(good, "\(signature)", Base64.encode(other.signature))),
            ("an empty signature", replace(good, "\(signature)", "")),
            ("raw r and s", replace(good, "\(signature)", Base64.encode([UInt8](repeating: 1, count: 64)))),
        ]
        for (name, bytes) in cases {
            let judged = try judge(bytes, signed, subject)
            #expect(judged.attestations.isEmpty && judged.refusals.count == 1, "\(name)")
            #expect(judged.refusals.allSatisfy { $0.isFatal }, "\(name)")
        }
    }

    @Test("what the key signed for another purpose is no statement, and no statement is a simple signature")
    func payloadTypes() throws {
        let signed = try SignedSample()
        let subject = signed.sample.image.index.digest
        let statement = try SigstoreBundle(signed.attestations.signatures[0].bundle).envelope.payload
        let type = MediaType(rawValue: "text/plain")
        let bundle = try SigstoreBundle(
            envelope: SignedEnvelope(
                payload: statement, payloadType: type,
                signature: signed.key.sign(SignedEnvelope.signedBytes(of: statement, type: type))),
            keyHint: signed.key.hint
        ).encode()
        #expect(try judge(bundle, signed, subject).refusals == [.init("here", .payloadType(type))])

        let judge = EvidenceJudge(key: try VerificationKey(pem: signed.key.publicPEM))
        let raw = FoundEvidence.Simple(
            place: "tag", payload: statement, signature: Base64.encode(try signed.key.sign(statement)))
        let judged = judge.judge(FoundEvidence(simpleSignatures: [raw]), about: subject)
        #expect(judged.simpleSignatures.isEmpty && judged.refusals.count == 1)
        // The simple signature's payload, signed as if it were DSSE's, is not its signature either.
        let simple = signed.attestations.simpleSignatures[0]
        let wrapped = FoundEvidence.Simple(
            place: "tag", payload: simple.payload,
            signature: Base64.encode(
                try signed.key.sign(SignedEnvelope.signedBytes(of: simple.payload, type: .simpleSigning))))
        #expect(
            judge.judge(FoundEvidence(simpleSignatures: [wrapped]), about: subject).simpleSignatures.isEmpty)
    }

    @Test("a simple signature of another digest, and one whose payload was changed")
    func simple() async throws {
        var signed = try SignedSample()
        var some = signed.attestations
        some.signatures = []
        let index = signed.sample.image.index.digest
        some.simpleSignatures[0].payload = signed.attestations.simpleSignatures[1].payload
        some.simpleSignatures[0].signature = signed.attestations.simpleSignatures[1].signature
        try signed.image.publish(some)
        #expect(try await signed.failures() == ["attestations", "signature"])
        #expect(try await signed.found("signature", index).contains("a signature of \(signed.amd64.digest)"))

        var altered = try SignedSample()
        some = altered.attestations
        some.signatures = []
        some.simpleSignatures[0].payload = try SimpleSigningPayload(
            reference: "elsewhere.example.org/app", manifest: altered.sample.image.index.digest
        ).encode()
        try altered.image.publish(some)
        #expect(try await altered.failures() == ["signature"])
    }

    @Test("ten thousand damaged bundles: none but the very statement is accepted")
    func mutations() throws {
        let signed = try SignedSample()
        let item = signed.attestations.signatures[0]
        let payload = try SigstoreBundle(item.bundle).envelope.payload
        let judge = EvidenceJudge(key: try VerificationKey(pem: signed.key.publicPEM))
        for bytes in Mutations(
            of: item.bundle, tokens: ["\"sig\"", "payload", "==", "{", "null"], count: 10_000, seed: 19)
        {
            let judged = judge.judge(
                FoundEvidence(bundles: [.init(place: "here", bytes: bytes)]), about: item.subject.digest)
            #expect(judged.attestations.allSatisfy { $0.payload == payload })
        }
    }
}
