// SPDX-License-Identifier: Apache-2.0

internal import Attesting
internal import Distribution
package import Storage
package import Vocabulary

/// Signs an image that stands in a layout: evidence beside it first, the signatures last, and `index.json` moves once.
package struct SigningRun: Sendable {
    private let workshop: Workshop

    package init(_ workshop: Workshop) { self.workshop = workshop }

    /// Evidence and signatures of a fresh build, written beside it.
    package func attest(
        _ built: BuiltImage, inputs: InputsArtifact, reports: [TestReport], name: ImageReference?,
        key: KeyPair,
        in layout: ImageLayout
    ) async throws {
        let image = try await LayoutImage(
            layout, name: built.image.index.digest.description, workers: workshop.workers)
        let subjects = [built.image.index] + built.image.platforms.map(\.manifest)
        let attestations = try ImagePipeline(workshop).attest(
            built, inputs: inputs, reports: reports,
            name: name.map { SignedName($0) } ?? SignedName(local: built.file.definition.name),
            key: key.signingKey, existing: try await layout.existing(for: subjects, in: image))
        try await workshop.workers.run { try layout.write(attestations) }
    }

    /// The signatures of an image of anybody's, in a layout.
    package func sign(_ text: String, key: KeyPair) async throws -> [Digest] {
        let source = try await ImageLocator.layout(text, workshop)
        let layout = source.layout
        let root = try await source.root()
        var subjects = [root]
        if root.mediaType.isIndex { subjects += try await ImageLocator.platforms(of: root, in: source) }
        let bare = subjects.map { Descriptor(mediaType: $0.mediaType, digest: $0.digest, size: $0.size) }
        let existing = try await layout.existing(for: bare, in: source)
        let attestations = try Attester(key: key.signingKey, existing: existing).sign(
            bare, created: nil, name: SignedName(local: String(layout.root.name)))
        try await workshop.workers.run { try layout.write(attestations) }
        return subjects.map(\.digest)
    }
}
