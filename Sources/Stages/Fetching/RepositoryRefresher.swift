// SPDX-License-Identifier: Apache-2.0

package import Execution
package import Storage
package import Transport
package import Vocabulary

/// Brings repositories up to date: signed release, checks, indexes. What is unchanged is not downloaded again.
package struct RepositoryRefresher: Sendable {
    let files: RepositoryFiles
    let store: ContentStore
    let cache: Cache
    let verifier: ClearsignedVerifier
    let workers: WorkerThreads
    let machine: @Sendable () async throws(FetchingError) -> AptConfiguration
    let clock: @Sendable () -> Timestamp

    /// `store` gets the signed release files and the indexes as they were downloaded, under their digests; `cache`
    /// the parsed indexes. `apt` is asked at most once, and only where a line says `deb system`.
    package init(
        transport: HTTPTransport, store: ContentStore, cache: Cache, verifier: ClearsignedVerifier,
        workers: WorkerThreads,
        apt: @escaping @Sendable () async throws(FetchingError) -> AptConfiguration = AptConfiguration
            .ofThisMachine,
        clock: @escaping @Sendable () -> Timestamp
    ) {
        files = RepositoryFiles(transport: transport, workers: workers)
        self.store = store
        self.cache = cache
        self.verifier = verifier
        self.workers = workers
        machine = apt
        self.clock = clock
    }

    /// Every repository as it stands now, in the order of `lines`. `keyring` is the definition's, for lines without
    /// signed-by; files that signed-by names are relative to the definition's folder. Throws the first line's failure:
    /// a source that does not answer or verify stops the run.
    package func refresh(
        _ lines: [Located<RepositoryLine>], keyring: [KeyringEntry], architectures: [Architecture],
        allowUnsigned: Bool = false
    ) async throws(FetchingError) -> [RepositorySnapshot] {
        let options = ReadingOptions(keyring: keyring, allowUnsigned: allowUnsigned)
        return try await each(try await readers(of: lines, options)) {
            _, reader async throws(FetchingError) in
            try await reader.refresh(architectures)
        }
    }

    var indexes: IndexLoader { IndexLoader(files: files, store: store, cache: cache, workers: workers) }

    /// Runs `body` for each item at the same time; results by place, and of the failures the first by place.
    func each<Item: Sendable, Value: Sendable>(
        _ items: [Item], _ body: @escaping @Sendable (Int, Item) async throws(FetchingError) -> Value
    ) async throws(FetchingError) -> [Value] {
        var results: [Result<Value, FetchingError>?] = Array(repeating: nil, count: items.count)
        await withTaskGroup(of: (Int, Result<Value, FetchingError>).self) { group in
            for (place, item) in items.enumerated() {
                group.addTask {
                    do throws(FetchingError) {
                        return (place, .success(try await body(place, item)))
                    } catch {
                        return (place, .failure(error))
                    }
                }
            }
            for await (place, result) in group { results[place] = result }
        }
        var values: [Value] = []
        for case .some(let result) in results { values.append(try result.get()) }
        return values
    }
}
