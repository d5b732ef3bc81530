// SPDX-License-Identifier: Apache-2.0

package import Pipeline
internal import Records
internal import Storage
package import Vocabulary

/// One look at everything: poll, decide, and rebuild exactly what differs. A round that is killed anywhere is done
/// again from the start by the next one and reaches the same tags: whatever it had built or published is found again.
package struct FactoryRound: Sendable {
    let pipeline: ImagePipeline
    let state: FactoryState
    let configuration: FactoryConfiguration
    let publisher: FactoryPublisher
    let advisories: AdvisorySet?
    /// What the factory has still to build itself.
    let pending: PendingPackages

    package init(
        pipeline: ImagePipeline, state: FactoryState, configuration: FactoryConfiguration,
        publisher: FactoryPublisher, advisories: AdvisorySet?, pending: PendingPackages = PendingPackages()
    ) {
        self.pipeline = pipeline
        self.state = state
        self.configuration = configuration
        self.publisher = publisher
        self.advisories = advisories
        self.pending = pending
    }

    /// What a round did with one image.
    package struct Result: Sendable {
        package var image: String
        /// What was decided, in a sentence.
        package var decision: String
        /// Nil where nothing had to be done.
        package var record: RebuildRecord?
        /// Its definition could not be read or its repositories did not answer: nothing was decided.
        package var isUndecided = false

        /// No image came of this, and no gate said no.
        package var failed: Bool { isUndecided || record?.outcome == .failed }
    }

    /// Goes through all images, in the order of `factory.yaml`. An image whose sources do not answer is reported
    /// and the others go on.
    /// - Throws: only what stops the whole round: records that cannot be written, cancellation.
    package func run(
        forcing forced: Set<String> = [], each: @Sendable (Result) -> Void = { _ in }
    ) async throws -> [Result] {
        var results: [Result] = []
        for entry in configuration.images {
            try Task.checkCancellation()
            var result = try await look(at: entry.value, isForced: { forced.contains($0) })
            if result.record == nil { result = try await settle(entry.value.tags, after: result) }
            each(result)
            results.append(result)
        }
        return results
    }
}
