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
        return changed.map(\.suite)
    }

    /// A fresh resolution, and every name that it looked up.
    package struct FreshLock: Sendable {
        package var lock: Lock
        package var diagnostics: [Diagnostic]
        /// Sorted.
        package var consulted: [String]
    }

    /// What a definition resolves to now. Throws the error of refreshing or resolving.
    package func resolution(of file: DefinitionFile, _ options: BuildOptions) async throws -> FreshLock {
        let resolution = try await resolve(file, options)
        return FreshLock(
            lock: resolution.lock, diagnostics: resolution.diagnostics,
            consulted: resolution.consulted.sorted())
    }
}
