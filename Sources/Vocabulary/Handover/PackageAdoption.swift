// SPDX-License-Identifier: Apache-2.0

/// A recipe's text that becomes its file, now that what it says is published. Whoever is killed before that is remembered
/// finds a file that nobody seems to have built, and why it came about here.
package struct PackageAdoption: Sendable, Equatable, Codable {
    /// The recipe as it becomes (`PackageBuildState.recipe`).
    package var recipe: Digest
    package var reasons: [PackageBuildReason]
    /// The release that it was built for; nil where it was built for another reason.
    package var release: UpstreamRelease?

    package init(recipe: Digest, reasons: [PackageBuildReason], release: UpstreamRelease?) {
        self.recipe = recipe
        self.reasons = reasons
        self.release = release
    }
}
