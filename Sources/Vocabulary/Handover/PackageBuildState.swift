// SPDX-License-Identifier: Apache-2.0

/// What a recipe's packages were made of when they were published last: what a factory compares to know whether they must
/// be made again.
package struct PackageBuildState: Sendable, Equatable, Codable {
    /// The recipe as it was compiled, with the files beside it.
    package var recipe: Digest
    /// With the release: `1.2.3-r0`.
    package var version: String
    package var packages: [PublishedPackage]
    /// Sonames of shared libraries that it offers: `libz.so.1`.
    package var offeredLibraries: [String]
    /// Those of other recipes that it was linked with, and who made them then.
    package var linkedLibraries: [String: PackageName]
    /// What went into its files and stays there, by name: a static toolchain, libraries that were linked statically; each
    /// with the version it had.
    package var staticInputs: [String: String]
    package var published: Timestamp

    package init(
        recipe: Digest, version: String, packages: [PublishedPackage], offeredLibraries: [String],
        linkedLibraries: [String: PackageName], staticInputs: [String: String], published: Timestamp
    ) {
        self.recipe = recipe
        self.version = version
        self.packages = packages
        self.offeredLibraries = offeredLibraries
        self.linkedLibraries = linkedLibraries
        self.staticInputs = staticInputs
        self.published = published
    }
}
