// SPDX-License-Identifier: Apache-2.0

import TestHouse
import Testing
import Vocabulary

@Suite("Simple signing") struct SimpleSigningTests {
    private let digest = ContentHasher.digest(of: "image")

    @Test("the payload is cosign's, byte for byte")
    func payload() throws {
        let bytes = try SimpleSigningPayload(reference: "127.0.0.1:5000/app:1", manifest: digest).encode()
        #expect(
            String(decoding: bytes, as: UTF8.self)
                == #"{"critical":{"identity":{"docker-reference":"127.0.0.1:5000/app:1"},"image":{"docker-manifest-digest":"\#(digest)"},"#
                + #""type":"cosign container image signature"},"optional":null}"#)
        #expect(
            try SimpleSigningPayload(bytes)
                == SimpleSigningPayload(reference: "127.0.0.1:5000/app:1", manifest: digest))
    }

    @Test("a payload of another type is refused")
    func otherType() throws {
        let bytes = Array(
            #"{"critical":{"identity":{"docker-reference":"a"},"image":{"docker-manifest-digest":"\#(digest)"},"type":"atomic"}}"#
                .utf8)
        #expect(throws: CanonicalJSON.ReadError.self) { try SimpleSigningPayload(bytes) }
    }

    @Test("appending keeps what others put there, and appending twice changes nothing")
    func append() throws {
        let other = Descriptor(
            Array("other".utf8), mediaType: .simpleSigning,
            annotations: [
                SimpleSigningManifest.signatureAnnotation: "AAAA", "dev.sigstore.cosign/certificate": "PEM",
            ])
        let theirs = try CanonicalJSON.encode(ImageManifest(config: .emptyJSON, layers: [other]))
        var manifest = try SimpleSigningManifest(theirs)
        let signature = Attestations.SimpleSignature(subject: digest, payload: [1], signature: "BBBB")
        manifest.append(signature)
        manifest.append(signature)
        #expect(manifest.layers.count == 2 && manifest.layers[0] == other)
        #expect(manifest.signatures.map(\.signature) == ["AAAA", "BBBB"])
        let (config, bytes) = try manifest.encode()
        let again = try SimpleSigningManifest(bytes)
        #expect(again.layers == manifest.layers)
        #expect(again.config == Descriptor(config, mediaType: .imageConfig))
        #expect(String(decoding: config, as: UTF8.self).contains(other.digest.description))
    }

    @Test("the tag of a subject")
    func tag() {
        #expect(SimpleSigningManifest.tag(of: digest) == "sha256-\(digest.hex).sig")
    }

    @Test("five thousand damaged payloads and manifests are read or refused")
    func mutations() throws {
        let payload = try SimpleSigningPayload(reference: "registry.example.org/app", manifest: digest)
            .encode()
        for bytes in Mutations(of: payload, tokens: ["null", "{", "critical"], count: 5000, seed: 7) {
            if let read = try? SimpleSigningPayload(bytes) { _ = try read.encode() }
        }
        var manifest = SimpleSigningManifest()
        manifest.append(.init(subject: digest, payload: payload, signature: "BBBB"))
        for bytes in Mutations(
            of: try manifest.encode().manifest, tokens: ["layers", "[", "{"], count: 5000, seed: 9)
        {
            if let read = try? SimpleSigningManifest(bytes) { _ = try read.encode() }
        }
    }
}
