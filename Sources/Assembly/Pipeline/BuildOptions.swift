// SPDX-License-Identifier: Apache-2.0

package import Vocabulary

/// What a caller may decide about a build beside the definition; all of it is recorded in the provenance.
package struct BuildOptions: Sendable, Equatable {
    /// What the definition says beside its file's text.
    package var additions = DefinitionAdditions()
    /// Nil builds every architecture of the definition.
    package var architectures: [Architecture]?
    /// Accept repositories without a signature: loud, and recorded.
    package var allowUnsigned = false
    /// Clamps every time in the image; part of the build key where it is set.
    package var sourceDateEpoch: Timestamp?
    /// Resolve anew even where a lock holds for the definition.
    package var ignoreLock = false
    /// Platforms whose tests may be left unrun.
    package var allowUntested: [Architecture] = []

    /// Let the package indexes travel with the evidence too, so that the chain to the repositories' signatures can be
    /// checked when no mirror has them any more.
    package var withIndexes = false

    package init() {}

    /// The definition for the chosen architectures alone.
    func narrow(_ definition: ImageDefinition) throws(PipelineError) -> ImageDefinition {
        var definition = definition
        definition.architectures = try chosen(from: definition.architectures)
        return definition
    }

    /// The lock for the chosen architectures alone.
    func narrow(_ lock: Lock) throws(PipelineError) -> Lock {
        let kept = Set(try chosen(from: lock.content.architectures.map(\.architecture)))
        var lock = lock
        lock.content.architectures.removeAll { !kept.contains($0.architecture) }
        return lock
    }

    private func chosen(from known: [Architecture]) throws(PipelineError) -> [Architecture] {
        guard let architectures else { return known }
        if let stranger = architectures.first(where: { !known.contains($0) }) {
            throw .architectureNotDefined(stranger, known: known)
        }
        return known.filter(architectures.contains)
    }
}

/// A build and everything that its evidence will say.
package struct BuiltImage: Sendable {
    package var file: DefinitionFile
    package var lock: Lock
    /// True where the lock came from `F.lock.json`.
    package var usedStoredLock: Bool
    /// True where the image of this very build key was at hand.
    package var wasRemembered: Bool
    package var key: Digest
    package var sourceDateEpoch: Timestamp?
    package var image: ComposedImage
    package var started: Timestamp
    package var finished: Timestamp
    /// Of every stage, in their order.
    package var diagnostics: [Diagnostic]

    /// What a page shows of each platform.
    package var summaries: [RebuildRecord.PlatformSummary] {
        image.platforms.map { platform in
            let lock = lock.content.architectures.first { $0.architecture == platform.architecture }
            return RebuildRecord.PlatformSummary(
                platform: platform.architecture.platform, manifest: platform.manifest.digest,
                compressedSize: platform.layers.reduce(0) { $0 + $1.descriptor.size },
                uncompressedSize: platform.layers.reduce(0) { $0 + $1.uncompressedSize },
                files: platform.fileCount,
                packages: lock?.packages.count { $0.role != .dataOnly } ?? 0)
        }
    }
}
