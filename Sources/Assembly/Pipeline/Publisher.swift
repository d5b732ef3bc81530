// SPDX-License-Identifier: Apache-2.0

internal import Distribution
package import Storage
package import Vocabulary

/// Publishes a build to one repository: image, evidence and signatures by digest, and the tags last, one by one. What
/// was published before is found again, so that a publisher that is killed anywhere is simply started again.
package struct Publisher: Sendable {
    private let workshop: Workshop
    private let repository: ImageReference
    private let key: KeyPair

    package init(_ workshop: Workshop, to repository: ImageReference, key: KeyPair) {
        self.workshop = workshop
        self.repository = repository
        self.key = key
    }

    /// Everything but the tags. Throws `DistributionError`, `StorageError`, or what signing throws.
    package func publish(_ built: BuiltImage, reports: [TestReport], in layout: ImageLayout) async throws {
        let inputs = try ImagePipeline(workshop).inputs(of: built, in: layout.blobs)
        let (index, referrer) = (built.image.index, try inputs.descriptor())
        try await workshop.workers.run { try layout.list(index, inputs: referrer) }
        try await SigningRun(workshop).attest(
            built, inputs: inputs, reports: reports, name: repository, key: key, in: layout)
        workshop.report(.began(.push, repository.name))
        let image = try await LayoutImage(layout, name: index.digest.description, workers: workshop.workers)
        let summary = try await workshop.registry.pushImage(image, to: repository)
        workshop.report(.ended(.push, "\(repository.name), \(Wording.summary(summary))"))
    }

    /// Moves a tag to a published image.
    package func move(_ tag: ImageReference.Tag, to digest: Digest) async throws {
        workshop.report(.began(.tag, "\(tag)"))
        let (descriptor, bytes) = try await workshop.registry.manifest(repository.at(digest))
        _ = try await workshop.registry.pushManifest(
            bytes, mediaType: descriptor.mediaType, to: repository.tagged(tag))
        workshop.report(.ended(.tag, "\(repository.tagged(tag)) → \(digest)"))
    }
}
