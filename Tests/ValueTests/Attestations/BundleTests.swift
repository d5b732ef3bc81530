// SPDX-License-Identifier: Apache-2.0

import TestHouse
import Testing
import Vocabulary

@Suite("Sigstore bundles") struct BundleTests {
    private let envelope = SignedEnvelope(
        payload: Array(#"{"a":1}"#.utf8), payloadType: .inTotoStatement, signature: [1, 2, 3])

    /// `protocol.md` of DSSE gives this one.
    @Test("the signed bytes are DSSE's example")
    func signedBytes() {
        let bytes = SignedEnvelope.signedBytes(
            of: Array("hello world".utf8), type: MediaType(rawValue: "http://example.com/HelloWorld"))
        #expect(
            String(decoding: bytes, as: UTF8.self) == "DSSEv1 29 http://example.com/HelloWorld 11 hello world"
        )
    }

    @Test("the written form, byte for byte: no keyid, the key's hint")
    func written() throws {
        let bytes = try SigstoreBundle(envelope: envelope, keyHint: "aGludA==").encode()
        #expect(
            String(decoding: bytes, as: UTF8.self)
                == #"{"dsseEnvelope":{"payload":"eyJhIjoxfQ==","payloadType":"application/vnd.in-toto+json","#
                + #""signatures":[{"sig":"AQID"}]},"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json","#
                + #""verificationMaterial":{"publicKey":{"hint":"aGludA=="}}}"#)
        #expect(try SigstoreBundle(bytes) == SigstoreBundle(envelope: envelope, keyHint: "aGludA=="))
    }

    @Test("members that are not known pass, and URL-safe base64 is read")
    func tolerant() throws {
        let bundle = try SigstoreBundle(
            Array(
                #"""
                {"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json","later":[1],
                 "verificationMaterial":{"publicKey":{"hint":"x"},"tlogEntries":[{"logIndex":"1"}]},
                 "dsseEnvelope":{"payload":"eyJhIjoxfQ==","payloadType":"t","signatures":[{"sig":"-_8=","keyid":"k"}]}}
                """#.utf8))
        #expect(bundle.envelope.signature == [0xFB, 0xFF])
    }

    private func text(
        mediaType: String = "application/vnd.dev.sigstore.bundle.v0.3+json",
        material: String = #"{"publicKey":{"hint":"x"}}"#, payload: String = "eyJhIjoxfQ==",
        signatures: String = #"[{"sig":"AQID"}]"#
    ) -> [UInt8] {
        Array(
            #"""
            {"mediaType":"\#(mediaType)","verificationMaterial":\#(material),
             "dsseEnvelope":{"payload":"\#(payload)","payloadType":"t","signatures":\#(signatures)}}
            """#.utf8)
    }

    @Test("what would be decided from is strict")
    func strict() {
        func refusal(_ bytes: [UInt8]) -> SigstoreBundle.ReadError? {
            do throws(SigstoreBundle.ReadError) {
                _ = try SigstoreBundle(bytes)
                return nil
            } catch { return error }
        }
        #expect(refusal(text()) == nil)
        #expect(refusal(text(signatures: "[]")) == .signatureCount(0))
        #expect(refusal(text(signatures: #"[{"sig":"AQID"},{"sig":"AQID"}]"#)) == .signatureCount(2))
        #expect(refusal(text(payload: "eyJhIjoxfQ")) == .badBase64(member: "the payload"))
        #expect(refusal(text(payload: "eyJhIjoxfR==")) == .badBase64(member: "the payload"))
        #expect(refusal(text(signatures: #"[{"sig":"AQ ID"}]"#)) == .badBase64(member: "the signature"))
        #expect(refusal(text(mediaType: "application/vnd.dev.sigstore.bundle.v0.9+json")) != nil)
        #expect(refusal(text(material: #"{"certificate":{"rawBytes":"AQID"}}"#)) == .keyless)
        #expect(
            refusal(
                Array(
                    #"{"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json","verificationMaterial":{}}"#
                        .utf8)) == .noEnvelope)
        #expect(refusal([UInt8](repeating: 0x20, count: SigstoreBundle.sizeLimit + 1)) != nil)
        #expect(refusal(Array(repeating: 0x5B, count: 100_000)) != nil, "nested without end")
    }

    @Test("ten thousand damaged bundles are read or refused, and never another payload for the same bytes")
    func mutations() throws {
        let good = try SigstoreBundle(envelope: envelope, keyHint: "aGludA==").encode()
        var read = 0
        let tokens = [
            "\"sig\"", "{", "[", "null", "\"\"", "==", "AQID", "1e999", "\\u0000", "\"payload\":\"AA==\",",
        ]
        for bytes in Mutations(of: good, tokens: tokens, count: 10_000, seed: 3) {
            guard let bundle = try? SigstoreBundle(bytes) else { continue }
            read += 1
            let again = try SigstoreBundle(bundle.encode())
            #expect(again == bundle)
        }
        #expect(read > 0 && read < 10_000)
    }
}

@Suite("Statements") struct StatementTests {
    private let digest = ContentHasher.digest(of: "image")

    @Test("a statement as it is written: type v1, a named subject")
    func written() throws {
        let statement = Statement(about: "registry.example.org/app", digest, .signature, EmptyPredicate())
        #expect(
            String(decoding: try statement.encode(), as: UTF8.self)
                == #"{"_type":"https://in-toto.io/Statement/v1","predicate":{},"predicateType":"https://sigstore.dev/cosign/sign/v1","#
                + #""subject":[{"digest":{"sha256":"\#(digest.hex)"},"name":"registry.example.org/app"}]}"#)
    }

    @Test("what cosign writes is read: v0.1, and a subject without a name")
    func others() throws {
        for (type, subject) in [
            ("v0.1", #"{"name":"a","digest":{"sha256":"\#(digest.hex)"}}"#),
            ("v1", #"{"digest":{"sha256":"\#(digest.hex)"},"annotations":{"env":"prod"}}"#),
        ] {
            let header = try StatementHeader(
                payload: Array(
                    #"{"_type":"https://in-toto.io/Statement/\#(type)","subject":[\#(subject)],"predicateType":"t","predicate":[]}"#
                        .utf8))
            #expect(header.isAbout(digest))
            #expect(!header.isAbout(ContentHasher.digest(of: "other")))
        }
    }

    @Test(
        "statements that are refused",
        arguments: [
            (
                #""_type":"https://in-toto.io/Statement/v2","subject":[{"digest":{"sha256":"HEX"}}],"predicateType":"t""#,
                "another version"
            ),
            (#""_type":"https://in-toto.io/Statement/v1","subject":[],"predicateType":"t""#, "no subject"),
            (
                #""_type":"https://in-toto.io/Statement/v1","subject":[{"name":"a"}],"predicateType":"t""#,
                "no digest"
            ),
            (
                #""_type":"https://in-toto.io/Statement/v1","subject":[{"digest":{"sha1":"HEX"}}],"predicateType":"t""#,
                "another algorithm"
            ),
            (
                #""_type":"https://in-toto.io/Statement/v1","subject":[{"digest":{"sha256":"abc"}}],"predicateType":"t""#,
                "half a digest"
            ),
            (
                #""_type":"https://in-toto.io/Statement/v1","subject":[{"digest":{"sha256":"HEX"}}]"#,
                "no predicate type"
            ),
        ])
    func refused(text: String, why: String) {
        let payload =
            "{\(text.split(separator: "HEX", omittingEmptySubsequences: false).joined(separator: digest.hex))}"
        #expect(throws: StatementHeader.ReadError.self, "\(why)") {
            try StatementHeader(payload: Array(payload.utf8))
        }
    }

    @Test("provenance with an external parameter that the build type does not have is refused")
    func unknownParameter() throws {
        func decode(_ extra: String) throws -> Provenance.ExternalParameters {
            try CanonicalJSON.decode(
                from: Array(
                    #"{"definition":"a","inputs":{"digest":{"sha256":"\#(digest.hex)"}}\#(extra)}"#.utf8),
                what: "it")
        }
        #expect(try decode("").inputs.sha256 == digest)
        #expect(throws: CanonicalJSON.ReadError.self) { try decode(#","source":"elsewhere""#) }
    }

    @Test("ten thousand damaged statements are read or refused")
    func mutations() throws {
        let good = try Statement(about: "registry.example.org/app", digest, .provenance, EmptyPredicate())
            .encode()
        var read = 0
        for bytes in Mutations(
            of: good, tokens: ["sha256", "[", "{", "null", "\"subject\":[],"], count: 10_000, seed: 5)
        {
            guard let header = try? StatementHeader(payload: bytes) else { continue }
            read += 1
            #expect(!header.subject.isEmpty && header.subject.allSatisfy { $0.sha256 != nil })
        }
        #expect(read > 0 && read < 10_000)
    }
}
