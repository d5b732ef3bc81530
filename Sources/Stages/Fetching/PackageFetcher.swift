// SPDX-License-Identifier: Apache-2.0

package import Storage
package import Transport
package import Vocabulary

/// Brings the package files of a lock into the content store, each checked against the lock's digest while it arrives.
package struct PackageFetcher: Sendable {
    /// How far the downloads are, for a progress line.
    package struct Progress: Sendable, Equatable {
        package var packages: Int
        package var packagesTotal: Int
        package var bytes: Int64
        package var bytesTotal: Int64
    }

    let files: RepositoryFiles
    let store: ContentStore
    let workers: WorkerThreads

    package init(transport: HTTPTransport, store: ContentStore, workers: WorkerThreads) {
        files = RepositoryFiles(transport: transport, workers: workers)
        self.store = store
        self.workers = workers
    }

    /// Downloads what the store does not have, the largest first; a package that it has costs nothing. Nothing is said
    /// about chains yet: `check` does.
    package func fetch(
        _ lock: ArchitectureLock, witness: Witness,
        progress: @escaping @Sendable (Progress) -> Void = { _ in }
    ) async throws(FetchingError) -> FetchedPackages {
        let packages = lock.fetchedPackages
        let missing = packages.filter { store.size(of: $0.digest) != $0.size }
        let meter = ProgressMeter(
            packages: missing.count, bytes: missing.reduce(0) { $0 + $1.size }, report: progress)
        _ = try await downloading(missing.sorted { ($0.size, $1.name) > ($1.size, $0.name) }) {
            package async throws(FetchingError) in
            let places = witness.places[package.digest.description] ?? []
            try await fromAnyPlace(places, of: package.name, package.version) {
                place async throws(RepositoryFiles.Failure) in
                try await files.download(
                    place, package.digest, size: package.size, promises: true, into: store
                ) { meter.update(package.digest.description, to: $0) }
            }
            meter.finish()
        }
        return FetchedPackages(
            architecture: lock.architecture,
            items: packages.map { FetchedPackages.Item(package: $0, chainVerified: false) },
            diagnostics: [])
    }

    /// `snapshots` are repositories whose signatures were checked by this run (`refresh` or `recorded`): a package
    /// that one of their indexes names by its digest has its chain verified, the others get one diagnostic together.
    /// Where an index knows a file by its own checksum alone, the file in `store` must have that; throws
    /// `wrongPackage` where it has another.
    package static func check(
        _ packages: FetchedPackages, against snapshots: [RepositorySnapshot], in store: ContentStore
    ) throws(FetchingError) -> FetchedPackages {
        let indexes = snapshots.flatMap(\.indexes).filter { $0.architecture == packages.architecture }.map(
            \.packages)
        var checked = packages
        for (place, item) in packages.items.enumerated() {
            let package = item.package
            let records = indexes.flatMap { $0.records(named: package.name.text) }.filter { record in
                record.size == package.size && record.version == package.version
            }
            if records.contains(where: { $0.digest == package.digest }) {
                checked.items[place].chainVerified = true
            } else if let checksum = package.checksum,
                records.contains(where: { $0.digest == nil && $0.checksum == checksum })
            {
                checked.items[place].chainVerified = try Self.fileHolds(checksum, of: package, in: store)
            }
        }
        checked.diagnostics += gaps(checked.items)
        return checked
    }

    /// Both, one after the other.
    package func fetch(
        _ lock: ArchitectureLock, witness: Witness, snapshots: [RepositorySnapshot],
        progress: @escaping @Sendable (Progress) -> Void = { _ in }
    ) async throws(FetchingError) -> FetchedPackages {
        try Self.check(
            try await fetch(lock, witness: witness, progress: progress), against: snapshots, in: store)
    }

    private static func gaps(_ items: [FetchedPackages.Item]) -> [Diagnostic] {
        let names = items.filter { !$0.chainVerified }.map(\.package.name.text)
        guard !names.isEmpty else { return [] }
        let shown = names.prefix(5).joined(separator: ", ") + (names.count > 5 ? ", …" : "")
        return [
            Diagnostic(
                .warning, .chainNotChecked,
                "the chain to a repository's signature was not checked for \(names.count) of \(items.count) packages "
                    + "(\(shown)): only the lock's digests vouch for them")
        ]
    }
}
