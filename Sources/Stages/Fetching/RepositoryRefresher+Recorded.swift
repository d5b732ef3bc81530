// SPDX-License-Identifier: Apache-2.0

internal import Storage
package import Vocabulary

extension RepositoryRefresher {
    /// What could be had of the repositories that a lock was made from.
    package struct Recorded: Sendable {
        /// Of those whose chain from the signature to the index holds.
        package var snapshots: [RepositorySnapshot]
        package var diagnostics: [Diagnostic]
    }

    /// The repositories as a lock's witness recorded them, their signatures and the digests of their indexes checked
    /// again. Dates are not: a lock may be old. Nothing is refreshed; signed files and indexes come from the store
    /// and the cache, and, where `downloading`, by their digests from the recorded places.
    ///
    /// `locating` says where a keyring that the definition names is now; nil where it is nowhere. What is not at hand is
    /// a diagnostic. Throws where something is at hand and wrong.
    package func recorded(
        _ witness: Witness, lines: [Located<RepositoryLine>], keyring: [KeyringEntry],
        downloading: Bool = false, allowUnsigned: Bool = false,
        locating: @escaping @Sendable (KeyringEntry) -> HostPath? = { $0.file }
    ) async throws(FetchingError) -> Recorded {
        var options = ReadingOptions(keyring: keyring, allowUnsigned: allowUnsigned)
        options.locating = locating
        options.isRecorded = true
        let named = witness.repositories.map { repository in
            lines.first { $0.value.description == repository.line }
        }
        let readers = try await readers(of: named.compactMap { $0 }, options)
        var rest = readers[...]
        let jobs = zip(witness.repositories, named).map { repository, line in
            (repository, line == nil ? nil : rest.popFirst())
        }
        let found = try await each(jobs) {
            ordinal, job async throws(FetchingError) -> Result<RepositorySnapshot, RecordedGap> in
            guard let reader = job.1 else {
                return .failure(
                    RecordedGap(
                        reason:
                            "the definition does not name it, and no keyring is at hand to check its signature with"
                    ))
            }
            return try await reader.recorded(job.0, downloading: downloading).map { snapshot in
                var snapshot = snapshot
                snapshot.ordinal = ordinal
                return snapshot
            }
        }
        var recorded = Recorded(snapshots: [], diagnostics: [])
        for ((repository, line), result) in zip(zip(witness.repositories, named), found) {
            switch result {
            case .success(let snapshot): recorded.snapshots.append(snapshot)
            case .failure(let gap):
                recorded.diagnostics.append(
                    Diagnostic(
                        .warning, .chainNotChecked,
                        "'\(repository.line)': \(gap.reason), so that only the lock's digests vouch for its packages",
                        at: line?.location))
            }
        }
        return recorded
    }
}
