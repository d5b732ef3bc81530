// SPDX-License-Identifier: Apache-2.0

/// A release that a project made, as a place where projects announce theirs shows it.
package struct UpstreamRelease: Sendable, Hashable, Codable {
    /// As a recipe's `package.version` says it.
    package var version: String
    /// As the place calls it: a tag, a file, a version with its prefix.
    package var name: String
    /// When it appeared, where the place says so.
    package var appeared: Timestamp?
    /// When it was first seen from here.
    package var seen: Timestamp
    /// Where: a URL without credentials, or an address such as `pypi:NAME`.
    package var place: String
    /// Of a tag in git, in lowercase hex.
    package var commit: String?

    package init(
        version: String, name: String, appeared: Timestamp?, seen: Timestamp, place: String,
        commit: String? = nil
    ) {
        self.version = version
        self.name = name
        self.appeared = appeared
        self.seen = seen
        self.place = place
        self.commit = commit
    }

    /// The earliest time at which it is known to have been there.
    package var since: Timestamp { min(appeared ?? seen, seen) }
}

/// What became of a look at a recipe's upstream.
package struct UpstreamReport: Sendable, Equatable, Codable {
    /// What happens next, by the recipe's own rule.
    package enum Outcome: String, Sendable, Codable {
        /// The recipe has the newest release.
        case current
        /// `next` is taken without a person.
        case taken
        /// `next` waits for a person (`manual`).
        case byHand = "by-hand"
        /// `next` waits for the recipe's turn (`schedule`).
        case waits
        /// Nobody looks (`enabled: false`, or nothing says where).
        case ignored
        /// The place answered, and none of what it has is a release.
        case nothingFound = "nothing-found"
        /// Upstream's newest release is older than it was at the last look, or than the recipe's.
        case backwards
        /// The place did not answer.
        case failed
    }

    /// Something at the place that is no release for this recipe.
    package struct PassedOver: Sendable, Hashable, Codable {
        package var name: String
        package var reason: String

        package init(name: String, reason: String) {
            self.name = name
            self.reason = reason
        }
    }

    package var recipe: PackageName
    /// The recipe's.
    package var version: String
    /// Where it was looked, in words; nil where nothing says where.
    package var place: String?
    package var outcome: Outcome
    /// A sentence for people where the outcome needs one.
    package var reason: String?
    /// The newest release, whether the recipe has it or not.
    package var newest: UpstreamRelease?
    /// The release that follows: the newest, or the oldest that is newer with `require-sequential`.
    package var next: UpstreamRelease?
    /// How many releases are newer than the recipe's.
    package var behind = 0
    /// Since when the recipe is not up to date.
    package var behindSince: Timestamp?
    /// The first of what was passed over, and how many there are.
    package var passedOver: [PassedOver] = []
    package var passedOverCount = 0

    package init(recipe: PackageName, version: String, outcome: Outcome, reason: String? = nil) {
        self.recipe = recipe
        self.version = version
        self.outcome = outcome
        self.reason = reason
    }
}

/// What is kept of a look at upstream for the next one: without it nothing is known of how long and of backwards.
package struct UpstreamMemory: Sendable, Equatable, Codable {
    /// The recipe's version, and since when it has it.
    package var version: String
    package var since: Timestamp?
    /// The newest release at the last look that found any.
    package var newest: String?
    /// The newest release that was there and is gone. Forgotten once upstream or the recipe has moved on.
    package var withdrawn: String?
    /// When the place last had any release, to the day.
    package var found: Timestamp?
    /// The first look that found nothing, after the last that did.
    package var silent: Timestamp?
    /// When releases newer than the recipe's were first seen.
    package var seen: [String: Timestamp] = [:]

    package init(version: String, since: Timestamp? = nil) {
        self.version = version
        self.since = since
    }
}
