// SPDX-License-Identifier: Apache-2.0

package import Vocabulary

extension RepositoryRefresher {
    /// Which of these repositories serve another release file now than the recorded one: one small download each, and
    /// nothing is believed of it. A repository that does not answer is in `failures`.
    package func changes(
        since witnesses: [RepositoryWitness]
    ) async throws(FetchingError) -> (changed: [RepositoryWitness], failures: [FetchingError]) {
        let results = try await each(witnesses) { _, witness async throws(FetchingError) in
            do throws(RepositoryFiles.Failure) {
                let bytes = try await files.read(witness.releaseURL, limit: ReleaseLoader.limit)
                return Result<Bool, FetchingError>.success(ContentHasher.digest(of: bytes) != witness.release)
            } catch {
                return .failure(error.about(witness.releaseURL, of: witness.line))
            }
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
}
