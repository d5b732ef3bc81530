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

    /// Where a suite of Debian is looked for, and which where a source names none.
    package typealias Debian = (refresher: RepositoryRefresher, suite: String?)

    private let files: RepositoryFiles
    private let debian: @Sendable () throws -> Debian
    let store: ContentStore
    var workers: WorkerThreads { files.workers }

    /// - Parameter debian: is asked for sources of Debian alone (`debian:NAME[@SUITE]`).
    package init(
        transport: HTTPTransport, store: ContentStore, workers: WorkerThreads,
        debian: @escaping @Sendable () throws -> Debian
    ) {
        files = RepositoryFiles(transport: transport, workers: workers)
        self.debian = debian
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
        if fetch.uri.hasPrefix(Self.debianScheme) { return try await tarball(fetch, progress) }
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

    // MARK: - Debian

    private static let debianScheme = "debian:"

    /// The upstream tarball of a Debian source package: that with the digest which the recipe expects, else the newest.
    private func tarball(
        _ fetch: Recipe.Fetch, _ progress: @escaping @Sendable (Int64) -> Void
    ) async throws(FetchingError) -> Source {
        let parts = fetch.uri.dropFirst(Self.debianScheme.count).split(
            separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        let place: Debian
        do { place = try debian() } catch { throw .source(fetch.uri, reason: "\(error)") }
        guard let name = PackageName(String(parts[0])) else {
            throw .source(fetch.uri, reason: "'\(parts[0])' is not a package's name")
        }
        guard let suite = parts.count == 2 ? String(parts[1]) : place.suite else {
            throw .source(fetch.uri, reason: "no suite is named: write debian:\(name)@trixie")
        }
        let found = try await DebianSourceFinder(refresher: place.refresher).tarballs(of: name, suite: suite)
        let wanted = found.first { tarball in
            if case .sha256(let digest) = fetch.expected { tarball.digest == digest } else { true }
        }
        guard let wanted else {
            let expected = if case .sha256(let digest) = fetch.expected { "\(digest)" } else { "another" }
            throw .sourceMismatch(
                fetch.uri, expected: expected, found: "\(found[0].digest) (version \(found[0].version))")
        }
        do throws(RepositoryFiles.Failure) {
            try await files.download(
                wanted.url, wanted.digest, size: wanted.size, promises: true, into: store, progress: progress)
        } catch { throw error.about(wanted.url, of: fetch.uri) }
        return Source(digest: wanted.digest, size: wanted.size)
    }
}
