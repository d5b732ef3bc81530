// SPDX-License-Identifier: Apache-2.0

internal import Attesting
internal import Distribution
internal import Storage
internal import Vocabulary

/// A layout that holds one build with what refers to it.
extension ImageLayout {
    /// Lists a build and its inputs. The image that was there already keeps its evidence; another one takes the layout
    /// over.
    func list(_ index: Descriptor, inputs: Descriptor) throws {
        try update { entries in
            if !entries.manifests.contains(where: { $0.digest == index.digest }) {
                entries.manifests = [index]
            }
            if !entries.manifests.contains(where: { $0.digest == inputs.digest }) {
                entries.manifests.append(inputs)
            }
        }
    }

    /// What stands beside these subjects already, for the signer to find again.
    func existing(for subjects: [Descriptor], in image: LayoutImage) async throws -> ExistingEvidence {
        var found = ExistingEvidence.none
        for subject in subjects {
            for referrer in try await image.referrers(of: subject.digest) {
                guard
                    let manifest: ImageManifest = try? CanonicalJSON.decode(
                        from: try await image.manifest(referrer), what: "a referrer"),
                    manifest.artifactType == .sigstoreBundle, let layer = manifest.layers.first
                else { continue }
                found.bundles[subject.digest, default: []].append(
                    try await image.blob(layer, limit: SigstoreBundle.sizeLimit))
            }
            for signature in try simpleSignatures(of: subject.digest).signatures {
                found.simpleSignatures[subject.digest, default: []].append(
                    Attestations.SimpleSignature(
                        subject: subject.digest, payload: try blobs.read(signature.payload.digest),
                        signature: signature.signature))
            }
        }
        return found
    }

    /// Writes evidence, then signatures, then cosign's tags, and lists all of it at once.
    func write(_ attestations: Attestations) throws {
        var added: [Descriptor] = []
        for item in attestations.evidence + attestations.signatures {
            try blobs.write(item.bundle)
            try blobs.write(item.manifest)
            added.append(Descriptor(item.manifest, mediaType: .imageManifest, artifactType: .sigstoreBundle))
        }
        try blobs.write(Array("{}".utf8))
        var tagged: [String: Descriptor] = [:]
        for signature in attestations.simpleSignatures {
            var manifest = try simpleSignatures(of: signature.subject)
            manifest.append(signature)
            let (config, bytes) = try manifest.encode()
            for blob in [signature.payload, config, bytes] { try blobs.write(blob) }
            let tag = ReferrerTags.signatures(of: signature.subject).name
            tagged[tag] = Descriptor(bytes, mediaType: .imageManifest, annotations: [Self.tagAnnotation: tag])
        }
        try update { index in
            index.manifests += added.filter { new in !index.manifests.contains { $0.digest == new.digest } }
            index.manifests.removeAll { tagged[$0.annotations?[Self.tagAnnotation] ?? ""] != nil }
            index.manifests += tagged.sorted { $0.key < $1.key }.map(\.value)
        }
    }

    private func simpleSignatures(of subject: Digest) throws -> SimpleSigningManifest {
        guard let descriptor = try resolve(tag: ReferrerTags.signatures(of: subject).name) else {
            return SimpleSigningManifest()
        }
        return try SimpleSigningManifest(try blobs.read(descriptor.digest))
    }
}
