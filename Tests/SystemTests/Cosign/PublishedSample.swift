// SPDX-License-Identifier: Apache-2.0

import Attesting
import Describing
import TestHouse
import Vocabulary

/// Pushes a sample and its evidence by plain requests, as any client would.
struct PublishedSample {
    struct Refused: Error { let answer: String }

    let port: Int

    /// Everything that Slipway says about the sample, signed.
    static func attest(_ sample: SampleImage, name: String, _ key: SigningKey) throws -> Attestations {
        var sboms: [Digest: [UInt8]] = [:]
        for (platform, lock) in zip(sample.image.platforms, sample.lock.content.architectures) {
            sboms[platform.manifest.digest] = try SPDXDocument.encode(
                BillOfMaterialsWriter().describe(
                    lock: lock, witness: sample.lock.witness, image: platform, name: name))
        }
        return try Attester(key: key).attest(
            image: sample.image, facts: sample.facts, sboms: sboms, tests: sample.tests,
            name: SignedName(ImageReference("\(name):1")))
    }

    func publish(_ sample: SampleImage, _ attestations: Attestations) throws {
        for platform in sample.image.platforms {
            for blob in [platform.config] + platform.layers.map(\.descriptor) {
                try put(blob: sample.blobs[blob.digest])
            }
            try put(manifest: sample.blobs[platform.manifest.digest], .imageManifest)
        }
        try put(manifest: sample.blobs[sample.image.index.digest], .imageIndex, "1")
        try put(blob: Array("{}".utf8))
        let inputs = sample.inputs
        let parts =
            [inputs.definition, inputs.lock] + inputs.localFiles.map(\.content)
            + inputs.releases.map(\.content)
        for part in parts { try put(blob: sample.blobs[part.digest]) }
        try put(manifest: try inputs.encode(), .imageManifest)
        for item in attestations.evidence + attestations.signatures {
            try put(blob: item.bundle)
            try put(manifest: item.manifest, .imageManifest)
        }
        for simple in attestations.simpleSignatures {
            var manifest = SimpleSigningManifest()
            manifest.append(simple)
            let (config, bytes) = try manifest.encode()
            try put(blob: simple.payload)
            try put(blob: config)
            try put(manifest: bytes, .imageManifest, SimpleSigningManifest.tag(of: simple.subject))
        }
    }

    private func put(blob bytes: [UInt8]?) throws {
        let bytes = bytes ?? []
        let target = "/v2/app/blobs/uploads/?digest=\(ContentHasher.digest(of: bytes))"
        try expectCreated(
            RawHTTP.ask(port, "POST", target, ["Content-Type": "application/octet-stream"], body: bytes))
    }

    private func put(manifest bytes: [UInt8]?, _ type: MediaType, _ tag: String? = nil) throws {
        let bytes = bytes ?? []
        let target = "/v2/app/manifests/\(tag ?? ContentHasher.digest(of: bytes).description)"
        try expectCreated(RawHTTP.ask(port, "PUT", target, ["Content-Type": type.rawValue], body: bytes))
    }

    private func expectCreated(_ answer: RawHTTP.Answer) throws {
        guard answer.status == 201 else { throw Refused(answer: "\(answer.status) \(answer.text)") }
    }
}
