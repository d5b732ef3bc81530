// SPDX-License-Identifier: Apache-2.0

internal import Storage
internal import Vocabulary

/// Reads one Debian line of `contents.repositories`. What a lock recorded is read in `DebianReader+Recorded.swift`.
struct DebianReader: RepositoryReader {
    let refresher: RepositoryRefresher
    let line: Located<RepositoryLine>
    let ordinal: Int
    let options: ReadingOptions
    /// Nil unless the line says `deb system`.
    let apt: AptConfiguration?

    init(
        _ refresher: RepositoryRefresher, _ line: Located<RepositoryLine>, _ ordinal: Int,
        _ options: ReadingOptions, apt: AptConfiguration?
    ) {
        self.refresher = refresher
        self.line = line
        self.ordinal = ordinal
        self.options = options
        self.apt = apt
    }

    /// A mirror that is being updated serves an index of one moment and a release of another: then everything is read
    /// once more, and after that it is an error.
    func refresh(_ architectures: [Architecture]) async throws(FetchingError) -> RepositorySnapshot {
        do throws(FetchingError) {
            return try await attempt(architectures)
        } catch {
            guard error.mayBeInFlux else { throw error }
            var snapshot = try await attempt(architectures)
            snapshot.diagnostics.append(
                Diagnostic(
                    .note, .mirrorChanging,
                    "'\(line.value)': the mirror did not serve what its release named, and did when asked again",
                    at: line.location))
            return snapshot
        }
    }

    private func attempt(
        _ architectures: [Architecture]
    ) async throws(FetchingError) -> RepositorySnapshot {
        let (source, verified) = try await release()
        var diagnostics = verified.outcome.diagnostics
        if case .debianSystem = line.value {
            diagnostics.append(
                Diagnostic(
                    .note, .systemRepository, "'deb system' is \(source.url) by this machine's apt",
                    at: line.location))
        }
        var wanted: [(component: String, architecture: Architecture, index: DebianRelease.Index)] = []
        for component in source.components {
            for architecture in architectures {
                let index = try Self.index(of: component, for: architecture, in: verified.release, source)
                wanted.append((component, architecture, index))
            }
        }
        let loaded = try await load(
            wanted.map { item in
                item.index.wanted(
                    of: source.line, places: source.places(of: item.index, in: verified.release))
            })
        return RepositorySnapshot(
            ordinal: ordinal, family: .debian,
            witness: Self.witness(of: source, verified, indexes: wanted.map(\.index)),
            indexes: zip(wanted, loaded).map { item, packages in
                .init(architecture: item.architecture, packages: packages)
            }, diagnostics: diagnostics)
    }

    private func release() async throws(FetchingError) -> (RepositorySource, VerifiedRelease) {
        let releases = refresher.releases
        switch line.value {
        case .debianSystem(let suite, let components):
            guard let apt else { throw .apt(reason: "it was not read") }
            return try await SystemRepository(apt: apt, releases: releases).find(
                suite, components: components, line: line, ordinal: ordinal)
        case .debian(let url, let suite, let components, let signedBy):
            let source = RepositorySource(
                line: line.value.description, place: line.location, ordinal: ordinal, url: url, suite: suite,
                components: components, keyrings: keyrings(signedBy).compactMap(\.file),
                checksValidUntil: true,
                checksDate: true)
            return (source, try await releases.load(source, allowUnsigned: options.allowUnsigned))
        case .alpine: preconditionFailure("the refresher gives this only lines of its family")
        }
    }

    /// Those of the line, relative to the definition's folder, else those of the definition.
    func keyrings(_ signedBy: [String]) -> [KeyringEntry] {
        let folder = HostPath(line.location.file).parent
        return signedBy.isEmpty
            ? options.keyring : signedBy.map { .file(HostPath($0).resolved(against: folder)) }
    }

    private func load(_ wanted: [IndexLoader.Wanted<PackageIndex>]) async throws(FetchingError)
        -> [PackageIndex]
    {
        var indexes: [PackageIndex] = []
        for (item, index) in zip(wanted, try await refresher.indexes.load(wanted)) {
            guard let index else { throw .absent(repository: item.repository, file: item.file) }
            indexes.append(index)
        }
        return indexes
    }

    private static func index(
        of component: String, for architecture: Architecture, in release: DebianRelease,
        _ source: RepositorySource
    ) throws(FetchingError) -> DebianRelease.Index {
        if let index = release.index(of: component, for: architecture.debianName) { return index }
        let offered =
            release.architectures.contains(architecture.debianName)
            ? "the release lists no such index; its components are \(release.components.joined(separator: " "))"
            : "the suite has the architectures \(release.architectures.joined(separator: " "))"
        throw .noIndex(
            repository: source.line, component: component, architecture: architecture, reason: offered)
    }

    static func witness(
        of source: RepositorySource, _ verified: VerifiedRelease, indexes: [DebianRelease.Index]
    ) -> RepositoryWitness {
        RepositoryWitness(
            line: source.line, url: source.url, suite: source.suite, codename: verified.release.codename,
            signedFiles: [
                .init(
                    url: verified.url, digest: verified.digest, date: verified.release.date,
                    validUntil: verified.release.validUntil, signers: verified.signers)
            ],
            indexes: indexes.map { index in
                RepositoryWitness.Index(
                    path: index.path, url: source.places(of: index, in: verified.release)[0],
                    digest: index.file.digest, size: index.file.size)
            }, relaxations: verified.outcome.relaxations)
    }
}
