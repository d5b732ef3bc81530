// SPDX-License-Identifier: Apache-2.0

internal import Vocabulary

extension RepositoryRefresher {
    var releases: ReleaseLoader {
        ReleaseLoader(files: files, store: store, verifier: verifier, now: clock())
    }

    /// This machine's apt configuration. A recorded repository may be of another machine: there it is nil where this
    /// machine has none.
    func apt(_ options: ReadingOptions) async throws(FetchingError) -> AptConfiguration? {
        options.isRecorded ? try? await machine() : try await machine()
    }
}
