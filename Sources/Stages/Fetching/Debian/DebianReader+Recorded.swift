// SPDX-License-Identifier: Apache-2.0

internal import Storage
internal import Vocabulary

/// A Debian repository as a lock's witness has it: release file and indexes by their digests.
extension DebianReader {
    func recorded(
        _ repository: RepositoryWitness, downloading: Bool
    ) async throws(FetchingError) -> Result<RepositorySnapshot, RecordedGap> {
        var source = RepositorySource(
            line: repository.line, place: line.location, ordinal: ordinal, url: repository.url,
            suite: repository.suite ?? "", components: [], keyrings: keyrings(at: repository),
            checksValidUntil: false, checksDate: false)
        if repository.isUnsigned, options.allowUnsigned { source.keyrings = [] }
        return try await snapshot(repository, of: source, downloading: downloading)
    }

    private func snapshot(
        _ repository: RepositoryWitness, of source: RepositorySource, downloading: Bool
    ) async throws(FetchingError) -> Result<RepositorySnapshot, RecordedGap> {
        guard let recorded = repository.signedFiles.first, repository.signedFiles.count == 1 else {
            return .failure(RecordedGap(reason: "no single release file of it is recorded"))
        }
        guard let bytes = try? refresher.store.read(recorded.digest, limit: ReleaseLoader.limit) else {
            return .failure(RecordedGap(reason: "its release file \(recorded.digest.short) is not at hand"))
        }
        let release: DebianRelease
        if !source.keyrings.isEmpty {
            release = try await refresher.releases.verify(bytes, url: recorded.url, of: source).release
        } else if options.allowUnsigned, repository.isUnsigned {
            release = try ReleaseLoader.parse(bytes, url: recorded.url, of: source.line)
        } else {
            return .failure(RecordedGap(reason: "no keyring is at hand to check its signature with"))
        }
        let wanted = try Self.wanted(repository, release, source, downloading: downloading)
        var indexes: [RepositorySnapshot.Index] = []
        do throws(FetchingError) {
            for (item, packages) in zip(wanted, try await refresher.indexes.load(wanted.map(\.wanted))) {
                guard let packages else {
                    return .failure(RecordedGap(reason: "its index \(item.path) is not at hand"))
                }
                indexes.append(
                    .init(architecture: item.architecture, packages: packages))
            }
        } catch {
            // A mirror that has moved on has done nothing wrong.
            switch error {
            case .absent, .mismatch, .unreachable:
                return .failure(RecordedGap(reason: "its indexes are no longer served"))
            default: throw error
            }
        }
        return .success(
            RepositorySnapshot(
                ordinal: source.ordinal, family: .debian, witness: repository, indexes: indexes,
                diagnostics: []))
    }

    private struct WantedIndex {
        var wanted: IndexLoader.Wanted<PackageIndex>
        var path: String
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
                    wanted: index.wanted(of: source.line, places: places), path: index.path,
                    component: component,
                    architecture: architecture))
        }
        return wanted
    }

    private func keyrings(at repository: RepositoryWitness) -> [HostPath] {
        switch line.value {
        case .debian(_, _, _, let signedBy): return keyrings(signedBy).compactMap(options.locating)
        case .debianSystem:
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
        case .alpine: return []
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
