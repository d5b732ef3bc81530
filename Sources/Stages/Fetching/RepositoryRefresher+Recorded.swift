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
    /// again. Dates are not: a lock may be old. Nothing is refreshed; release files and indexes come from the store
    /// and the cache, and, where `downloading`, by their digests from the recorded places.
    ///
    /// `locating` says where a keyring that the definition names is now; nil where it is nowhere. What is not at hand is
    /// a diagnostic. Throws where something is at hand and wrong.
    package func recorded(
        _ witness: Witness, lines: [Located<RepositoryLine>], keyring: [HostPath], downloading: Bool = false,
        allowUnsigned: Bool = false, locating: @escaping @Sendable (HostPath) -> HostPath? = { $0 }
    ) async throws(FetchingError) -> Recorded {
        let apt = try? await machine(lines)
        let found = try await each(witness.repositories) { ordinal, repository async throws(FetchingError) in
            let line = lines.first { $0.value.description == repository.line }
            var source = RepositorySource(
                line: repository.line,
                place: line?.location ?? SourceLocation(file: repository.line, line: 1, column: 1),
                ordinal: ordinal, url: repository.url, suite: repository.suite ?? "", components: [],
                keyrings: keyrings(for: line, at: repository, keyring: keyring, apt: apt, locating),
                checksValidUntil: false, checksDate: false)
            if repository.isUnsigned, allowUnsigned { source.keyrings = [] }
            return try await snapshot(
                repository, of: source, downloading: downloading, allowUnsigned: allowUnsigned)
        }
        var recorded = Recorded(snapshots: [], diagnostics: [])
        for (repository, result) in zip(witness.repositories, found) {
            switch result {
            case .success(let snapshot): recorded.snapshots.append(snapshot)
            case .failure(let gap):
                recorded.diagnostics.append(
                    Diagnostic(
                        .warning, .chainNotChecked,
                        "'\(repository.line)': \(gap.reason), so that only the lock's digests vouch for its packages",
                        at: lines.first { $0.value.description == repository.line }?.location))
            }
        }
        return recorded
    }

    /// What is not at hand.
    private struct Gap: Error { let reason: String }

    private func snapshot(
        _ repository: RepositoryWitness, of source: RepositorySource, downloading: Bool, allowUnsigned: Bool
    ) async throws(FetchingError) -> Result<RepositorySnapshot, Gap> {
        guard let recorded = repository.signedFiles.first, repository.signedFiles.count == 1 else {
            return .failure(Gap(reason: "no single release file of it is recorded"))
        }
        guard let bytes = try? store.read(recorded.digest, limit: ReleaseLoader.limit) else {
            return .failure(Gap(reason: "its release file \(recorded.digest.short) is not at hand"))
        }
        let release: DebianRelease
        if !source.keyrings.isEmpty {
            release = try await releases.verify(bytes, url: recorded.url, of: source).release
        } else if allowUnsigned, repository.isUnsigned {
            release = try ReleaseLoader.parse(bytes, url: recorded.url, of: source.line)
        } else {
            return .failure(Gap(reason: "no keyring is at hand to check its signature with"))
        }
        let wanted = try Self.wanted(repository, release, source, downloading: downloading)
        var indexes: [RepositorySnapshot.Index] = []
        do throws(FetchingError) {
            for (item, packages) in zip(wanted, try await self.indexes.load(wanted.map(\.wanted))) {
                guard let packages else {
                    return .failure(Gap(reason: "its index \(item.wanted.index.path) is not at hand"))
                }
                indexes.append(
                    .init(architecture: item.architecture, component: item.component, packages: packages))
            }
        } catch {
            // A mirror that has moved on has done nothing wrong.
            switch error {
            case .absent, .mismatch, .unreachable:
                return .failure(Gap(reason: "its indexes are no longer served"))
            default: throw error
            }
        }
        return .success(
            RepositorySnapshot(
                ordinal: source.ordinal, family: .debian, witness: repository, indexes: indexes,
                diagnostics: []))
    }

    private struct WantedIndex {
        var wanted: IndexLoader.Wanted
        var component: String
        var architecture: Architecture
    }

    /// The recorded indexes, each named by the signed release with the recorded digest.
    private static func wanted(
        _ repository: RepositoryWitness, _ release: DebianRelease, _ source: RepositorySource,
        downloading: Bool
    ) throws(FetchingError) -> [WantedIndex] {
        var wanted: [WantedIndex] = []
        for recorded in repository.indexes {
            guard let index = release.index(at: recorded.path, digest: recorded.digest) else {
                throw .mismatch(
                    repository: source.line, file: recorded.path,
                    expected: "a digest that the signed release names",
                    found: "\(recorded.digest) in the lock")
            }
            guard let (component, architecture) = meaning(of: recorded.path) else {
                throw .malformedRelease(
                    repository: source.line, file: recorded.path,
                    reason: "the lock names no index of packages by it")
            }
            let places = downloading ? distinct([recorded.url] + source.places(of: index, in: release)) : []
            wanted.append(
                WantedIndex(
                    wanted: .init(repository: source.line, index: index, places: places),
                    component: component,
                    architecture: architecture))
        }
        return wanted
    }

    private func keyrings(
        for line: Located<RepositoryLine>?, at repository: RepositoryWitness, keyring: [HostPath],
        apt: AptConfiguration?, _ locating: (HostPath) -> HostPath?
    ) -> [HostPath] {
        switch line?.value {
        case .debian(_, _, _, let signedBy)?:
            let folder = HostPath(line?.location.file ?? "").parent
            return (signedBy.isEmpty ? keyring : signedBy.map { HostPath($0).resolved(against: folder) })
                .compactMap(locating)
        case .debianSystem?:
            guard let apt else { return [] }
            // Another machine may have had another mirror of Debian: any keyring that apt has for a source may check.
            let entries = apt.sources.filter { $0.url == repository.url }
            return Self.distinct(
                (entries.isEmpty ? apt.sources : entries).flatMap { entry -> [HostPath] in
                    switch entry.keyring {
                    case .machine: apt.trustedKeyrings
                    case .files(let files): files
                    case .unsupported: []
                    }
                })
        case .alpine?, nil: return []
        }
    }

    private static func distinct<Item: Hashable>(_ items: [Item]) -> [Item] {
        var seen: Set<Item> = []
        return items.filter { seen.insert($0).inserted }
    }

    /// `main/binary-amd64/Packages.xz` → `main`, `amd64`.
    static func meaning(of path: String) -> (component: String, architecture: Architecture)? {
        let parts = path.split(separator: "/")
        guard parts.count >= 3, parts[parts.count - 1].hasPrefix("Packages"),
            parts[parts.count - 2].hasPrefix("binary-"),
            let architecture = Architecture(String(parts[parts.count - 2].dropFirst("binary-".count)))
        else { return nil }
        return (parts.dropLast(2).joined(separator: "/"), architecture)
    }
}
