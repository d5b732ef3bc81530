// SPDX-License-Identifier: Apache-2.0

/// Where a recipe's next release is looked for, and which of what is found is one (`update`).
package struct UpdateRule: Sendable, Equatable {
    package enum Backend: Sendable, Equatable {
        /// `OWNER/NAME`; releases, or tags.
        case github(identifier: String, usesTags: Bool)
        /// The tags of the recipe's first git-checkout.
        case git
        /// A project of release-monitoring.org by its number.
        case releaseMonitor(Int64)
        /// A project of the Python package index.
        case pypi(String)
        /// A source package in the machine's own apt configuration.
        case aptSource(String)
        /// A page, and a pattern whose first group is the version.
        case listing(url: String, pattern: String)
        /// An image's tags.
        case oci(String)
    }

    /// How a tag becomes a version.
    package struct Filter: Sendable, Equatable {
        package var stripPrefix = ""
        package var stripSuffix = ""
        package var prefix: String?
        package var contains: String?
        package init() {}
    }

    /// A pattern and what takes its place; `$1` is its first group.
    package struct Transform: Sendable, Equatable {
        package var match: String
        package var replace: String

        package init(match: String, replace: String) {
            self.match = match
            self.replace = replace
        }
    }

    package struct Schedule: Sendable, Equatable {
        package enum Period: String, Sendable, CaseIterable { case daily, weekly, monthly }
        package var period: Period
        package var reason: String

        package init(period: Period, reason: String) {
            self.period = period
            self.reason = reason
        }
    }

    package var isEnabled: Bool
    /// A newer release is reported, and a person takes it.
    package var isManual = false
    /// Dependents are built again with it.
    package var isShared = false
    /// Releases are taken one after the other, none left out.
    package var requiresSequence = false
    /// What stands between the parts of upstream's versions in place of a dot.
    package var versionSeparator: String?
    package var ignoredPatterns: [String] = []
    package var transforms: [Transform] = []
    package var takesPrereleases = false
    /// Why it is not enabled.
    package var excludeReason: String?
    package var schedule: Schedule?
    /// Nil where nothing is said: the first git-checkout's tags, else nothing.
    package var backend: Backend?
    package var filter = Filter()

    package init(isEnabled: Bool) { self.isEnabled = isEnabled }
}
