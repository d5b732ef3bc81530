// SPDX-License-Identifier: Apache-2.0

internal import Distribution
internal import Inspecting
internal import Storage
internal import Verifying
package import Vocabulary

/// Checks an image by a public key: every byte, every signature, and what was attested against what is there.
package struct VerificationRun: Sendable {
    private let workshop: Workshop

    package init(_ workshop: Workshop) { self.workshop = workshop }

    /// The verdict on a layout or reference by the public key in a file. Throws where no answer could be formed.
    package func verify(_ text: String, key: HostPath) async throws -> Verdict {
        workshop.report(.began(.verify, text))
        let verifier = try Self.verifier(key)
        let source = try await ImageLocator.source(text, workshop)
        // Everything is read from where the image is: a good copy of our own would hide a damaged blob there.
        let scratch = try TemporaryDirectory(in: workshop.directories.temporary)
        let store =
            try (source as? LayoutImage)?.layout.blobs
            ?? ContentStore(at: scratch.path / "image", .disposable)
        let verdict = try await verifier.verify(
            source: source, reference: text, inventories: await inventories(of: source, store),
            content: { [workers = workshop.workers] blob in
                try await source.fetch(blob, into: store)
                try await workers.run {
                    try DistributionError.translating { try store.reader(of: blob.digest).drain() }
                }
            })
        workshop.report(.ended(.verify, Figures.count(verdict.checks.count, "check")))
        return verdict
    }

    /// A verifier by the public key in a file.
    static func verifier(_ key: HostPath) throws -> ImageVerifier {
        guard try HostDirectory.exists(key) else { throw PipelineError.noKeyFile(key) }
        let pem = try HostDirectory.read(key, limit: 64 << 10)
        return ImageVerifier(key: try VerificationKey(pem: pem, what: "'\(key)'"))
    }

    /// What the content says is installed; an image that cannot be read has no inventory, and the checks say so.
    private func inventories(of source: any ImageSource, _ store: ContentStore) async -> [Digest:
        ImageInventory]
    {
        let inspector = Inspector(workers: workshop.workers, hashesFiles: false)
        guard let found = try? await inspector.inventory(of: source, store: store) else { return [:] }
        return Dictionary(found.map { ($0.manifest.digest, $0) }, uniquingKeysWith: { first, _ in first })
    }
}
