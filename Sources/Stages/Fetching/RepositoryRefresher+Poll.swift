// SPDX-License-Identifier: Apache-2.0

internal import Storage
package import Vocabulary

extension RepositoryRefresher {
    /// Which of these repositories serve another signed file now than the recorded one: one question each, or one
    /// download where the server names nothing, and nothing is believed of it. A repository that does not answer is in `failures`.
    package func changes(
        since witnesses: [RepositoryWitness]
    ) async throws(FetchingError) -> (changed: [RepositoryWitness], failures: [FetchingError]) {
        let results = try await each(witnesses) { _, witness async throws(FetchingError) in
            for file in witness.signedFiles {
                do throws(RepositoryFiles.Failure) {
                    let bytes = try await signedFiles.read(file.url, limit: SignedFiles.limit)
                    if ContentHasher.digest(of: bytes) != file.digest {
                        return Result<Bool, FetchingError>.success(true)
                    }
                } catch {
                    return .failure(error.about(file.url, of: witness.line))
                }
            }
            return .success(false)
        }
        var changed: [RepositoryWitness] = []
        var failures: [FetchingError] = []
        for (witness, result) in zip(witnesses, results) {
            switch result {
            case .success(let isOther): if isOther { changed.append(witness) }
            case .failure(.cancelled): throw .cancelled
            case .failure(let error): failures.append(error)
            }
        }
        return (changed, failures)
    }

    /// Every name under which the repositories now offer something else than they did when `recorded` was written down;
    /// nil where that cannot be told: other repositories, or an index of then that is no longer in the cache.
    package func changedNames(
        in snapshots: [RepositorySnapshot], since recorded: [RepositoryWitness]
    ) async -> Set<String>? {
        guard snapshots.map(\.witness.line) == recorded.map(\.line) else { return nil }
        var pairs: [(old: Digest, new: PackageIndex)] = []
        for (snapshot, old) in zip(snapshots, recorded) {
            let new = snapshot.witness
            guard new.url == old.url, new.indexes.map(\.path) == old.indexes.map(\.path) else { return nil }
            for place in new.indexes.indices where new.indexes[place].digest != old.indexes[place].digest {
                pairs.append((old.indexes[place].digest, snapshot.indexes[place].packages))
            }
        }
        let loader = indexes
        let names = try? await workers.map(pairs, atMost: workers.count) { pair in
            loader.cached(pair.old).map { pair.new.names(differingFrom: $0) }
        }
        guard let names else { return nil }
        return names.reduce(into: Set<String>?.some([])) { all, some in
            all = some.flatMap { all?.union($0) }
        }
    }
}
