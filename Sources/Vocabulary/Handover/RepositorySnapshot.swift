// SPDX-License-Identifier: Apache-2.0

/// One repository as it stands now: its signed release, verified, and the parsed indexes of the architectures that
/// were asked for. Refreshing makes it, Resolving reads it.
package struct RepositorySnapshot: Sendable {
    package struct Index: Sendable {
        package var architecture: Architecture
        package var packages: PackageIndex
        /// The manifest of the base image in which all of these packages are installed; nil for what a repository offers.
        package var image: Digest?

        package init(architecture: Architecture, packages: PackageIndex, image: Digest? = nil) {
            self.architecture = architecture
            self.packages = packages
            self.image = image
        }
    }

    /// The place of the line in the definition, from 0; the order in which repositories are consulted.
    package var ordinal: Int
    package var family: PackageFamily
    /// Whether it stands for a base image, in which everything that it lists is installed.
    package var isInstalled: Bool { indexes.contains { $0.image != nil } }
    /// Alpine's `@tag`: only what asks for the tag may come from here.
    package var tag: String?
    package var witness: RepositoryWitness
    package var indexes: [Index]
    package var diagnostics: [Diagnostic]

    package init(
        ordinal: Int, family: PackageFamily, tag: String? = nil, witness: RepositoryWitness, indexes: [Index],
        diagnostics: [Diagnostic]
    ) {
        self.ordinal = ordinal
        self.family = family
        self.tag = tag
        self.witness = witness
        self.indexes = indexes
        self.diagnostics = diagnostics
    }
}
