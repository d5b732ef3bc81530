// SPDX-License-Identifier: Apache-2.0

internal import Storage
internal import Vocabulary

extension SourceFetcher {
    private static let debianScheme = "debian:"

    /// The upstream tarball of a Debian source package: that with the digest which the recipe expects, else that of this
    /// version of upstream's, else the newest. Nil for what is none (`debian:NAME[@SUITE]`).
    func archived(
        _ fetch: Recipe.Fetch, version: String? = nil, _ progress: @escaping @Sendable (Int64) -> Void
    ) async throws(FetchingError) -> Source? {
        guard fetch.uri.hasPrefix(Self.debianScheme) else { return nil }
        let parts = fetch.uri.dropFirst(Self.debianScheme.count).split(
            separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        let place: Archive
        do { place = try archive() } catch { throw .source(fetch.uri, reason: "\(error)") }
        guard let name = PackageName(String(parts[0])) else {
            throw .source(fetch.uri, reason: "'\(parts[0])' is not a package's name")
        }
        guard let suite = parts.count == 2 ? String(parts[1]) : place.suite else {
            throw .source(fetch.uri, reason: "no suite is named: write debian:\(name)@trixie")
        }
        var found = try await DebianSourceFinder(refresher: place.refresher).tarballs(of: name, suite: suite)
        if let version {
            let versions = Set(found.map(\.upstreamVersion)).sorted().joined(separator: ", ")
            found.removeAll { $0.upstreamVersion != version }
            guard !found.isEmpty else {
                throw .source(fetch.uri, reason: "\(suite) has no \(version) of it; it has \(versions)")
            }
        }
        // Another digest than SHA-256 is held against the file.
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
