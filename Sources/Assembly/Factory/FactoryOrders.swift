// SPDX-License-Identifier: Apache-2.0

package import Pipeline
internal import Records
package import Vocabulary

/// What people order by hand: back to an earlier digest, and free again.
package struct FactoryOrders: Sendable {
    private let state: FactoryState
    private let publisher: FactoryPublisher
    private let workshop: Workshop

    package init(state: FactoryState, publisher: FactoryPublisher, workshop: Workshop) {
        self.state = state
        self.publisher = publisher
        self.workshop = workshop
    }

    /// Moves a tag back to the digest before (or to `digest`, which must have been published) and holds it there:
    /// no rebuild moves it until it is released. Once more goes back one more.
    /// - Throws: `FactoryError` where there is nothing to go back to.
    package func rollBack(_ image: String, tag name: String, to digest: Digest? = nil) async throws
        -> PublishedTag
    {
        try await state.movingTags(workshop.workers) {
            let current = try tag(name, of: image)
            let published = try state.records.published(of: image)
            let target =
                if let digest { published.first { $0 == digest } } else {
                    published.drop { $0 != current.digest }.first { $0 != current.digest }
                }
            guard let target else { throw FactoryError.nothingToRollBackTo(image: image, tag: name) }
            return try await move(
                current, to: target, held: true, .rolledBack, "'\(name)' rolled back to \(target) and held")
        }
    }

    /// Lets rebuilds move a held tag again, beginning with the newest published image.
    /// - Throws: `FactoryError.notHeld`.
    package func release(_ image: String, tag name: String) async throws -> PublishedTag {
        try await state.movingTags(workshop.workers) {
            let current = try tag(name, of: image)
            guard current.held else { throw FactoryError.notHeld(image: image, tag: name) }
            let newest = try state.records.published(of: image).first ?? current.digest
            return try await move(current, to: newest, held: false, .released, "'\(name)' released")
        }
    }

    private func move(
        _ tag: PublishedTag, to digest: Digest, held: Bool, _ outcome: RebuildRecord.Outcome,
        _ message: String
    ) async throws -> PublishedTag {
        if digest != tag.digest {
            try await publisher.of(tag.image).move(try ImageReference.Tag(tag.tag), to: digest)
        }
        let now = workshop.now()
        let moved = PublishedTag(image: tag.image, tag: tag.tag, digest: digest, held: held, moved: now)
        try state.records.store(
            .init(rebuild: note(tag.image, outcome, digest, message, now), tags: [moved]), of: tag.image)
        return moved
    }

    private func tag(_ name: String, of image: String) throws -> PublishedTag {
        let known = try state.records.images()
        guard known.contains(image) else { throw FactoryError.unknownImage(image, known: known) }
        let tags = try state.records.tags(of: image)
        guard let tag = tags.first(where: { $0.tag == name }) else {
            throw FactoryError.unknownTag(image: image, tag: name, known: tags.map(\.tag))
        }
        return tag
    }

    private func note(
        _ image: String, _ outcome: RebuildRecord.Outcome, _ index: Digest, _ message: String,
        _ now: Timestamp
    ) -> RebuildRecord {
        RebuildRecord(
            image: image, started: now, finished: now, outcome: outcome,
            cause: RebuildCause(trigger: .request, repositories: [], packages: []), index: index,
            platforms: [], lock: nil,
            tests: [], findings: nil, message: message)
    }
}
