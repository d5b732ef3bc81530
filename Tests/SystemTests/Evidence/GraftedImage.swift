// SPDX-License-Identifier: Apache-2.0

import Pipeline
import Storage
import TestHouse
import Vocabulary

/// A copy of a signed layout in which the evidence of one platform hangs beneath the other platform's manifest, in place
/// of its own: every bundle is the key's, and about something else.
struct GraftedImage: Sendable {
    let layout: HostPath
    /// The manifest that has somebody else's evidence.
    let subject: Digest
    private let scratch: Scratch

    init(of build: SignedBuild, in scratch: Scratch) throws {
        layout = try build.copy(to: scratch)
        self.scratch = scratch
        subject = build.platforms[0]
        let donor = build.platforms[1]
        let victim = subject
        let layout = try ImageLayout.open(at: layout)
        let parts = try LayoutParts(layout, root: build.outcome.index)
        guard let descriptor = parts.manifests.first(where: { $0.digest == victim }) else { return }
        var added: [Descriptor] = []
        for bundle in parts.bundles where bundle.subject == donor {
            var manifest = bundle.manifest
            manifest.subject = Descriptor(
                mediaType: descriptor.mediaType, digest: descriptor.digest, size: descriptor.size)
            let bytes = try CanonicalJSON.encode(manifest)
            try layout.blobs.write(bytes)
            added.append(Descriptor(bytes, mediaType: .imageManifest, artifactType: .sigstoreBundle))
        }
        let own = Set(parts.bundles.filter { $0.subject == victim }.map(\.referrer.digest))
        try layout.update { index in
            index.manifests.removeAll { own.contains($0.digest) }
            index.manifests += added
        }
    }

    /// Pushes it as anybody would, with whatever hangs on it.
    func push(to repository: String) async throws {
        let reference = try ImageReference("\(repository):1")
        try await SignedBuild.inWorkshop(at: "\(scratch.path)/home") { workshop in
            _ = try await Transfer(workshop).push(layout.text, to: reference)
        }
    }
}

/// What a signed layout consists of, each part by what it is.
struct LayoutParts {
    struct NotListed: Error { let image: Digest }

    struct Bundle {
        var referrer: Descriptor
        var manifest: ImageManifest
        var subject: Digest
        var layer: Descriptor
        var predicateType: PredicateType
    }

    let index: Descriptor
    private(set) var manifests: [Descriptor] = []
    private(set) var images: [ImageManifest] = []
    private(set) var bundles: [Bundle] = []
    private(set) var inputs: (manifest: Descriptor, artifact: InputsArtifact)?
    /// The manifests at cosign's signature tags.
    private(set) var signatureTags: [(manifest: Descriptor, content: SimpleSigningManifest)] = []

    init(_ layout: ImageLayout, root: Digest) throws {
        func document<Value: Decodable>(_ descriptor: Descriptor) throws -> Value {
            try CanonicalJSON.decode(
                from: try layout.blobs.read(descriptor.digest), what: "a test's manifest")
        }
        let entries = try layout.index().manifests
        guard let index = entries.first(where: { $0.digest == root }) else {
            throw NotListed(image: root)
        }
        self.index = index
        let list: ImageIndex = try document(index)
        manifests = list.manifests
        images = try list.manifests.map { try document($0) }
        for entry in entries where entry.digest != root {
            let manifest: ImageManifest = try document(entry)
            if manifest.artifactType == .slipwayInputs {
                inputs = (entry, try InputsArtifact(layout.blobs.read(entry.digest)))
            } else if let subject = manifest.subject?.digest, let layer = manifest.layers.first {
                let bundle = try SigstoreBundle(layout.blobs.read(layer.digest))
                bundles.append(
                    Bundle(
                        referrer: entry, manifest: manifest, subject: subject, layer: layer,
                        predicateType: try StatementHeader(payload: bundle.envelope.payload).predicateType))
            } else {
                signatureTags.append((entry, try SimpleSigningManifest(layout.blobs.read(entry.digest))))
            }
        }
    }
}
