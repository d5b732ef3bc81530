// SPDX-License-Identifier: Apache-2.0

package import Storage
package import Transport
package import Vocabulary

/// Brings the sources of recipes into a store, each held against the digest that the recipe names. Nothing that a recipe
/// runs takes part in it.
package struct SourceFetcher: Sendable {
    /// A source in the store.
    package struct Source: Sendable, Equatable {
        package let digest: Digest
        package let size: Int64
    }

    static let limit: Int64 = 4 << 30

    /// Where a distribution's own sources are looked for, and in which suite where a source names none.
    package typealias Archive = (refresher: RepositoryRefresher, suite: String?)

    let files: RepositoryFiles
    let archive: @Sendable () throws -> Archive
    let python: PipSettings
    let store: ContentStore
    var workers: WorkerThreads { files.workers }

    /// - Parameters:
    ///   - python: says where sources of Python projects are looked up (`pypi:NAME@VERSION`).
    ///   - archive: is asked for sources of a distribution alone (`debian:NAME[@SUITE]`).
    package init(
        transport: HTTPTransport, store: ContentStore, workers: WorkerThreads, python: PipSettings,
        archive: @escaping @Sendable () throws -> Archive
    ) {
        files = RepositoryFiles(transport: transport, workers: workers)
        self.archive = archive
        self.python = python
        self.store = store
    }

    /// A file; one that the store has already is asked of nobody. Relative `file:` names begin at `folder`. A diagnostic says
    /// that the recipe takes whatever comes.
    /// - Throws: `FetchingError.source`, `.sourceMismatch` with both digests.
    package func fetch(
        _ fetch: Recipe.Fetch, beside folder: HostPath,
        progress: @escaping @Sendable (Int64) -> Void = { _ in }
    ) async throws(FetchingError) -> (Source, [Diagnostic]) {
        if case .sha256(let digest) = fetch.expected, let size = store.size(of: digest) {
            return (Source(digest: digest, size: size), [])
        }
        if let (source, diagnostics) = try await indexed(fetch, progress) {
            return (source, diagnostics + (try await check(source, fetch)))
        }
        let source =
            if let archived = try await archived(fetch, progress) { archived } else {
                try await download(fetch, beside: folder, progress)
            }
        return (source, try await check(source, fetch))
    }

    private func download(
        _ fetch: Recipe.Fetch, beside folder: HostPath, _ progress: @escaping @Sendable (Int64) -> Void
    ) async throws(FetchingError) -> Source {
        let url = Self.url(fetch.uri, beside: folder)
        guard ["http://", "https://", "file://"].contains(where: url.hasPrefix) else {
            throw .source(
                fetch.uri, reason: "sources come from http:, https:, file:, pypi: and debian: addresses")
        }
        let found: (digest: Digest, size: Int64)
        do throws(RepositoryFiles.Failure) {
            found = try await files.take(url, limit: Self.limit, into: store, progress: progress)
        } catch {
            switch error {
            case .absent: throw .source(fetch.uri, reason: "there is no such file")
            case .unreachable(let reason): throw .source(fetch.uri, reason: reason)
            default: throw error.aboutSource(fetch.uri, at: url)
            }
        }
        return Source(digest: found.digest, size: found.size)
    }

    private func check(_ source: Source, _ fetch: Recipe.Fetch) async throws(FetchingError) -> [Diagnostic] {
        switch fetch.expected {
        case .sha256(let digest):
            guard digest == source.digest else {
                throw .sourceMismatch(fetch.uri, expected: "\(digest)", found: "\(source.digest)")
            }
            return []
        case .sha512(let hex):
            let found = try await sha512(of: source)
            guard hex == found else {
                throw .sourceMismatch(fetch.uri, expected: "sha512:\(hex)", found: "sha512:\(found)")
            }
            return []
        case .none:
            return [
                Self.warning(
                    .sourceUnpinned,
                    "\(fetch.uri) is taken as it is (\(source.digest)): the recipe expects no digest")
            ]
        }
    }

    func sha512(of source: Source) async throws(FetchingError) -> String {
        do {
            return try await workers.run { [store] in
                var hasher = SHA512Hasher()
                try store.reader(of: source.digest).forEachPiece { piece in
                    try Task.checkCancellation()
                    hasher.update(piece)
                }
                return hasher.finalize()
            }
        } catch is CancellationError {
            throw .cancelled
        } catch {
            throw .storage(.init(error))
        }
    }

    static func warning(_ code: Diagnostic.Code, _ text: String) -> Diagnostic {
        Diagnostic(.warning, code, URLCredentials.hidden(in: text))
    }

    /// `file:NAME` is a path from the recipe's folder.
    private static func url(_ uri: String, beside folder: HostPath) -> String {
        guard uri.hasPrefix("file:"), !uri.hasPrefix("file:/") else { return uri }
        return "file://" + folder.text + "/" + uri.dropFirst("file:".count)
    }
}
