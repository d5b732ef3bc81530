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

    private static let limit: Int64 = 4 << 30

    /// Where a distribution's own sources are looked for, and in which suite where a source names none.
    package typealias Archive = (refresher: RepositoryRefresher, suite: String?)

    let files: RepositoryFiles
    let archive: @Sendable () throws -> Archive
    let store: ContentStore
    var workers: WorkerThreads { files.workers }

    /// - Parameter archive: is asked for sources of a distribution alone (`debian:NAME[@SUITE]`).
    package init(
        transport: HTTPTransport, store: ContentStore, workers: WorkerThreads,
        archive: @escaping @Sendable () throws -> Archive
    ) {
        files = RepositoryFiles(transport: transport, workers: workers)
        self.archive = archive
        self.store = store
    }

    /// A file; one that the store has already is asked of nobody. Relative `file:` names begin at `folder`.
    /// - Throws: `FetchingError.source`, `.sourceMismatch` with both digests.
    package func fetch(
        _ fetch: Recipe.Fetch, beside folder: HostPath,
        progress: @escaping @Sendable (Int64) -> Void = { _ in }
    ) async throws(FetchingError) -> Source {
        if case .sha256(let digest) = fetch.expected, let size = store.size(of: digest) {
            return Source(digest: digest, size: size)
        }
        if let source = try await archived(fetch, progress) { return source }
        let url = Self.url(fetch.uri, beside: folder)
        guard ["http://", "https://", "file://"].contains(where: url.hasPrefix) else {
            throw .source(fetch.uri, reason: "sources come from http:, https:, file: and debian: addresses")
        }
        let found: (digest: Digest, size: Int64)
        do throws(RepositoryFiles.Failure) {
            found = try await files.take(url, limit: Self.limit, into: store, progress: progress)
        } catch {
            switch error {
            case .absent: throw .source(fetch.uri, reason: "there is no such file")
            case .unreachable(let reason): throw .source(fetch.uri, reason: reason)
            case .mismatch(let expected, let found):
                throw .sourceMismatch(fetch.uri, expected: expected, found: found)
            case .storage(let failure): throw .storage(failure)
            case .cancelled: throw .cancelled
            }
        }
        if case .sha256(let digest) = fetch.expected, digest != found.digest {
            throw .sourceMismatch(fetch.uri, expected: "\(digest)", found: "\(found.digest)")
        }
        return Source(digest: found.digest, size: found.size)
    }

    /// `file:NAME` is a path from the recipe's folder.
    private static func url(_ uri: String, beside folder: HostPath) -> String {
        guard uri.hasPrefix("file:"), !uri.hasPrefix("file:/") else { return uri }
        return "file://" + folder.text + "/" + uri.dropFirst("file:".count)
    }
}
