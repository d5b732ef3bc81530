// SPDX-License-Identifier: Apache-2.0

/// The package files of one architecture's lock, each in the content store under its digest and verified.
package struct FetchedPackages: Sendable, Equatable {
    package struct Item: Sendable, Equatable {
        package var package: LockedPackage
        /// True where the chain digest → recorded index → signed release was walked again; false where only the
        /// digest in the lock vouches for it.
        package var chainVerified: Bool

        package init(package: LockedPackage, chainVerified: Bool) {
            self.package = package
            self.chainVerified = chainVerified
        }
    }

    package var architecture: Architecture
    /// In the lock's order.
    package var items: [Item]
    package var diagnostics: [Diagnostic]

    package init(architecture: Architecture, items: [Item], diagnostics: [Diagnostic]) {
        self.architecture = architecture
        self.items = items
        self.diagnostics = diagnostics
    }
}

/// Files that a definition names, read once and held in the content store.
package struct LocalFiles: Sendable, Equatable {
    /// Key: the path as the definition writes it (`files[].source`).
    package var sources: [String: Descriptor]

    package init(sources: [String: Descriptor]) { self.sources = sources }
}
