// SPDX-License-Identifier: Apache-2.0

/// One line of a factory's history of packages.
package struct PackageBuildRecord: Sendable, Equatable, Codable {
    package enum Outcome: String, Sendable, Codable {
        case published
        /// Built to the very bytes that are published.
        case unchanged
        /// A step, a check or a test failed: what was published before keeps serving.
        case failed
    }

    /// Counts from 1 within one factory; nil before it is stored.
    package var id: Int64?
    package var recipe: String
    package var version: String
    package var started: Timestamp
    package var finished: Timestamp
    package var outcome: Outcome
    package var reasons: [PackageBuildReason]
    /// The release that set it off, where one did.
    package var release: UpstreamRelease?
    package var packages: [PublishedPackage]
    /// Where the whole log is, below the repository.
    package var log: String?
    /// One sentence for people.
    package var message: String

    package init(
        recipe: String, version: String, started: Timestamp, finished: Timestamp, outcome: Outcome,
        reasons: [PackageBuildReason], release: UpstreamRelease?, packages: [PublishedPackage], log: String?,
        message: String
    ) {
        self.recipe = recipe
        self.version = version
        self.started = started
        self.finished = finished
        self.outcome = outcome
        self.reasons = reasons
        self.release = release
        self.packages = packages
        self.log = log
        self.message = message
    }
}
