// SPDX-License-Identifier: Apache-2.0

package import Storage
internal import Synchronization
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

    /// Enough to fill a line, few enough for a mirror's manners.
    private static let downloads = 6

    private let files: RepositoryFiles
    private let store: ContentStore
    private let workers: WorkerThreads

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
        let missing = lock.packages.filter { store.size(of: $0.digest) != $0.size }
        let meter = ProgressMeter(missing, report: progress)
        try await download(missing.sorted { ($0.size, $1.name) > ($1.size, $0.name) }, witness, meter)
        return FetchedPackages(
            architecture: lock.architecture,
            items: lock.packages.map { FetchedPackages.Item(package: $0, chainVerified: false) },
            diagnostics: [])
    }

    /// `snapshots` are repositories whose signatures were checked by this run (`refresh` or `recorded`): a package
    /// that one of their indexes names by its digest has its chain verified, the others get one diagnostic together.
    package static func check(
        _ packages: FetchedPackages, against snapshots: [RepositorySnapshot]
    ) -> FetchedPackages {
        let indexes = snapshots.flatMap(\.indexes).filter { $0.architecture == packages.architecture }.map(
            \.packages)
        var checked = packages
        for (place, item) in packages.items.enumerated() {
            let package = item.package
            checked.items[place].chainVerified = indexes.contains { index in
                index.records(named: package.name.text).contains { record in
                    record.digest == package.digest && record.size == package.size
                        && record.version == package.version
                }
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
        Self.check(try await fetch(lock, witness: witness, progress: progress), against: snapshots)
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

    private func download(
        _ packages: [LockedPackage], _ witness: Witness, _ meter: ProgressMeter
    ) async throws(FetchingError) {
        let outcomes = await withTaskGroup(of: FetchingError?.self) { group in
            var rest = packages[...]
            func start() {
                guard let package = rest.popFirst() else { return }
                group.addTask {
                    do throws(FetchingError) {
                        try await download(package, witness.places[package.digest.description] ?? [], meter)
                        return nil
                    } catch {
                        return error
                    }
                }
            }
            for _ in 0..<Self.downloads { start() }
            var failure: FetchingError?
            while let outcome = await group.next() {
                // What else runs is stopped: a failed build should fail now.
                if let outcome, failure == nil {
                    failure = outcome
                    group.cancelAll()
                }
                if failure == nil { start() }
            }
            return failure
        }
        if let outcomes { throw outcomes }
    }

    private func download(
        _ package: LockedPackage, _ places: [String], _ meter: ProgressMeter
    ) async throws(FetchingError) {
        var tried: [FetchingError.Attempt] = []
        for place in places {
            do throws(RepositoryFiles.Failure) {
                try await files.download(
                    place, package.digest, size: package.size, promises: true, into: store
                ) { meter.update(package.digest, to: $0) }
                meter.finish(package.digest)
                return
            } catch {
                switch error {
                case .storage(let failure): throw .storage(failure)
                case .cancelled: throw .cancelled
                case .absent: tried.append(.init(place: place, reason: "it is not there"))
                case .unreachable(let reason): tried.append(.init(place: place, reason: reason))
                case .mismatch(let expected, let found):
                    tried.append(.init(place: place, reason: "expected \(expected), found \(found)"))
                }
            }
        }
        if tried.isEmpty { tried = [.init(place: "the lock", reason: "it names no place for it")] }
        throw .package(name: package.name.text, version: package.version, tried: tried)
    }
}

/// Adds up what several downloads report.
private final class ProgressMeter: Sendable {
    private struct State {
        var progress: PackageFetcher.Progress
        var bytes: [Digest: Int64] = [:]
    }

    private let state: Mutex<State>
    private let report: @Sendable (PackageFetcher.Progress) -> Void

    init(_ packages: [LockedPackage], report: @escaping @Sendable (PackageFetcher.Progress) -> Void) {
        state = Mutex(
            State(
                progress: .init(
                    packages: 0, packagesTotal: packages.count, bytes: 0,
                    bytesTotal: packages.reduce(0) { $0 + $1.size })))
        self.report = report
        if !packages.isEmpty { report(state.withLock { $0.progress }) }
    }

    /// A download that begins again counts from its beginning.
    func update(_ digest: Digest, to bytes: Int64) {
        report(
            state.withLock { state in
                state.progress.bytes += bytes - (state.bytes[digest] ?? 0)
                state.bytes[digest] = bytes
                return state.progress
            })
    }

    func finish(_ digest: Digest) {
        report(
            state.withLock { state in
                state.progress.packages += 1
                return state.progress
            })
    }
}
