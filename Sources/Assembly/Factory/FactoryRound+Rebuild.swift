// SPDX-License-Identifier: Apache-2.0

internal import Pipeline
internal import Records
internal import Storage
internal import Vocabulary

extension FactoryRound {
    /// Builds and publishes an image. Whatever stops that, between the first package and the last tag, is remembered
    /// with the cause of the rebuild, and the next round tries again.
    func rebuild(
        _ file: DefinitionFile, _ entry: FactoryConfiguration.Image, _ lock: Lock, _ cause: RebuildCause,
        _ sources: SourceState, because reason: String
    ) async throws -> Result {
        do {
            return try await publish(file, entry, lock, cause, sources, because: reason)
        } catch {
            try RoundStop.rethrow(error)
            return try fail(file.definition.name, cause, error)
        }
    }

    /// Build, test, gates, publish, sign, tag, remember: in this order, so that a kill between any two of them leaves
    /// nothing that the next round would not reach again.
    private func publish(
        _ file: DefinitionFile, _ entry: FactoryConfiguration.Image, _ lock: Lock, _ cause: RebuildCause,
        _ sources: SourceState, because reason: String
    ) async throws -> Result {
        let image = file.definition.name
        let workshop = pipeline.workshop
        let layout = try ImageLayout.create(at: state.directory / "images" / image)
        let built = try await pipeline.build(file, BuildOptions(), locked: lock, into: layout.blobs)
        var record = RebuildRecord(
            image: image, started: built.started, finished: built.finished, outcome: .published, cause: cause,
            index: built.image.index.digest, platforms: built.summaries, lock: lock.content, tests: [],
            findings: nil, message: "")
        record.tests = try await pipeline.test(built, from: layout.blobs)
        if let verdict = try await judge(built, layout, entry, &record) {
            record.outcome = .refused
            record.message = verdict
            record.finished = workshop.now()
            try state.records.store(.init(rebuild: record, source: sources), of: image)
            return Result(image: image, decision: "refused", record: record)
        }
        try await publisher.of(image).publish(built, reports: record.tests, in: layout)
        record.message = "rebuilt because \(reason)"
        record = try await move(entry.tags, to: built.image.index.digest, record, sources)
        return Result(image: image, decision: record.outcome.rawValue, record: record)
    }

    /// Moves the tags that no rollback holds to what was published, and remembers that.
    private func move(
        _ names: [ImageReference.Tag], to digest: Digest, _ record: RebuildRecord, _ sources: SourceState
    ) async throws -> RebuildRecord {
        let image = record.image
        return try await state.movingTags(pipeline.workshop.workers) {
            let tags = try state.records.tags(of: image)
            let free = names.filter { name in !tags.contains { $0.tag == name.name && $0.held } }
            for name in free { try await publisher.of(image).move(name, to: digest) }
            var record = record
            record.outcome = free.count == names.count ? .published : .held
            record.finished = pipeline.workshop.now()
            let moved = free.map {
                PublishedTag(
                    image: image, tag: $0.name, digest: digest, held: false, moved: record.finished)
            }
            try state.records.store(.init(rebuild: record, tags: moved, source: sources), of: image)
            return record
        }
    }

    /// Tests and gates; nil where all let the image through, else why not, in a sentence.
    /// - Throws: `PipelineError.testsNotRun` where this machine lacks what tests need: that says nothing about the image.
    private func judge(
        _ built: BuiltImage, _ layout: ImageLayout, _ entry: FactoryConfiguration.Image,
        _ record: inout RebuildRecord
    ) async throws -> String? {
        do throws(PipelineError) {
            let gate = TestGate(allowUntested: entry.gates.allowUntested)
            pipeline.workshop.report.report(try gate.check(record.tests, of: built.image))
        } catch {
            let couldNotRun = record.tests.contains { $0.results.contains { $0.outcome == .notRun } }
            if case .testsNotRun = error, couldNotRun { throw error }
            return "\(error)"
        }
        var refusals: [ImageGates.Refusal] = []
        for inventory in try await pipeline.inventories(of: built, in: layout.blobs) {
            let findings = advisories.map { pipeline.scan(inventory, against: $0) }
            record.findings = record.findings ?? findings
            refusals += ImageGates(entry.gates).refusals(of: inventory, findings: findings)
        }
        return refusals.isEmpty
            ? nil : refusals.map { "the gate '\($0.gate)' said no: \($0.reason)" }.joined(separator: "; ")
    }

    /// Nothing was published: recorded, and tried again in the next round. What fails in the same way round after round
    /// is recorded once, so that it does not bury what came before.
    func fail(_ image: String, _ cause: RebuildCause, _ error: any Error) throws -> Result {
        let now = pipeline.workshop.now()
        let record = RebuildRecord(
            image: image, started: now, finished: now, outcome: .failed, cause: cause, index: nil,
            platforms: [],
            lock: nil, tests: [], findings: nil, message: "\(error)")
        let last = try state.records.rebuilds(of: image, limit: 1).first
        let isKnown =
            last.map { $0.outcome == .failed && $0.cause == cause && $0.message == record.message } ?? false
        if !isKnown { try state.records.store(.init(rebuild: record), of: image) }
        return Result(image: image, decision: "failed", record: record)
    }

    /// A resolution that must not be built: recorded, and not looked at again until something differs.
    func refuse(
        _ image: String, _ cause: RebuildCause, _ lock: Lock.Content, _ sources: SourceState,
        _ message: String
    ) throws -> Result {
        let now = pipeline.workshop.now()
        let record = RebuildRecord(
            image: image, started: now, finished: now, outcome: .refused, cause: cause, index: nil,
            platforms: [],
            lock: lock, tests: [], findings: nil, message: message)
        try state.records.store(.init(rebuild: record, source: sources), of: image)
        return Result(image: image, decision: "refused: \(message)", record: record)
    }
}
