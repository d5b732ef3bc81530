// SPDX-License-Identifier: Apache-2.0

internal import Fetching
internal import Resolving
package import Vocabulary

/// What the factory asks of the machine.
extension ImagePipeline {
    /// Suites whose signed release differs from the recorded one: one small download each, nothing is believed of it.
    /// - Throws: the first failure of a repository that does not answer.
    package func changedSuites(since recorded: [RepositoryWitness]) async throws -> [String] {
        let (changed, failures) = try await workshop.refresher().changes(since: recorded)
        if let failure = failures.first { throw failure }
        return changed.map { $0.suite ?? $0.url }
    }

    /// A fresh resolution, and every name that it looked up.
    package struct FreshLock: Sendable {
        package var lock: Lock
        package var diagnostics: [Diagnostic]
        /// Sorted.
        package var consulted: [String]
    }

    /// The repositories of a definition as they are now. Throws the error of refreshing.
    package func snapshots(of file: DefinitionFile, _ options: BuildOptions) async throws
        -> [RepositorySnapshot]
    {
        try await refresh(file, options)
    }

    /// Every name under which the repositories offer something else than at the time of `recorded`; nil where that
    /// cannot be told. Throws where the place for scratch files cannot be had.
    package func changedNames(
        in snapshots: [RepositorySnapshot], since recorded: [RepositoryWitness]
    ) async throws -> Set<String>? {
        try await workshop.refresher().changedNames(in: snapshots, since: recorded)
    }

    /// What a definition resolves to from these repositories; `published` is the lock that is in use. Throws the error
    /// of resolving.
    package func resolution(
        of file: DefinitionFile, _ options: BuildOptions, from snapshots: [RepositorySnapshot],
        published: Lock.Content? = nil
    ) async throws -> FreshLock {
        try await resolve(
            file, options, from: snapshots, known: published.map { PackagePins(of: $0) } ?? PackagePins())
    }
}
