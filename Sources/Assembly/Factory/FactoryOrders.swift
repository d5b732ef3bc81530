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
    /// no rebuild moves it until it is released.
    /// - Throws: `FactoryError` where there is nothing to go back to.
    package func rollBack(_ image: String, tag name: String, to digest: Digest? = nil) async throws
        -> PublishedTag
    {
        let current = try tag(name, of: image)
        let published = try state.records.rebuilds(of: image, limit: 1000).filter {
            ($0.outcome == .published || $0.outcome == .held) && $0.index != nil
        }
        let earlier = published.compactMap(\.index).first { candidate in
            digest.map { $0 == candidate } ?? (candidate != current.digest)
        }
        guard let earlier else { throw FactoryError.nothingToRollBackTo(image: image, tag: name) }
        try await publisher.of(image).move(try ImageReference.Tag(name), to: earlier)
        let now = workshop.now()
        let moved = PublishedTag(image: image, tag: name, digest: earlier, held: true, moved: now)
        try state.records.store(
            .init(
                rebuild: note(
                    image, .rolledBack, earlier, "'\(name)' rolled back to \(earlier) and held", now),
                tags: [moved]),
            of: image)
        return moved
    }

    /// Lets rebuilds move a held tag again, beginning with the newest published image.
    /// - Throws: `FactoryError.notHeld`.
    package func release(_ image: String, tag name: String) async throws -> PublishedTag {
        let current = try tag(name, of: image)
        guard current.held else { throw FactoryError.notHeld(image: image, tag: name) }
        let newest = try state.records.newest(of: image, with: [.published, .held])?.index ?? current.digest
        if newest != current.digest {
            try await publisher.of(image).move(try ImageReference.Tag(name), to: newest)
        }
        let now = workshop.now()
        let moved = PublishedTag(image: image, tag: name, digest: newest, held: false, moved: now)
        try state.records.store(
            .init(rebuild: note(image, .released, newest, "'\(name)' released", now), tags: [moved]),
            of: image)
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
