// SPDX-License-Identifier: Apache-2.0

package import Vocabulary

/// Decides every package of an image: pure, from the definition and the repositories' snapshots to a lock.
package struct Resolver: Sendable {
    package init() {}

    /// The lock for all architectures of the definition. Throws where no set of packages satisfies it, with the
    /// derivation as text.
    package func resolve(
        _ definition: ImageDefinition, snapshots: [RepositorySnapshot]
    ) throws(ResolutionError) -> (Lock, [Diagnostic]) {
        throw .noRepositories(file: definition.file)
    }
}

/// Why there is no lock.
package enum ResolutionError: Error, Equatable, CustomStringConvertible {
    case noRepositories(file: String)

    package var description: String {
        switch self {
        case .noRepositories(let file): "\(file): contents.repositories names no repository; add one"
        }
    }
}
