// SPDX-License-Identifier: Apache-2.0

internal import Composing
internal import Fetching
internal import Resolving
package import Storage
package import Vocabulary

/// The whole machine on one screen: a definition is resolved into a lock, the lock's packages are fetched, an image is
/// composed of them. Evidence is in `ImagePipeline+Evidence.swift`, tests in `TestRun.swift`, publication in
/// `Publisher.swift`; proving an image by building it again is in `RebuildProof.swift`.
package struct ImagePipeline: Sendable {
    package let workshop: Workshop

    package init(_ workshop: Workshop) { self.workshop = workshop }

    /// A definition becomes an image in the workshop's store (or in `images`, where one is given).
    /// - Throws: the error of the stage that could not go on.
    package func build(
        _ file: DefinitionFile, _ options: BuildOptions, locked: Lock? = nil, into images: ContentStore? = nil
    ) async throws -> BuiltImage {
        let started = workshop.now()
        let file = try await holdingBase(try await holdingKeys(file), options)
        let store = images ?? workshop.images
        let (lock, wasStored, notes) = try await lock(for: file, options, decided: locked)
        let key = try BuildKey(file, lock: lock, options: options).digest()
        let memory = ImageMemory(cache: workshop.cache, store: store)
        if let image = memory.image(key) {
            return built(
                file, lock, wasStored, key, image, started, notes, epoch: options.sourceDateEpoch,
                wasRemembered: true)
        }
        if workshop.isOffline { try requirePackages(of: lock, for: file) }
        // Beside each other, as neither needs the other; an image whose chain is broken goes no further.
        async let chain = chain(of: lock, for: file, options)
        let (packages, image) = try await make(lock, file, options, into: store)
        let recorded = try await chain
        try memory.keep(image, under: key)
        let checked = try packages.map {
            try PackageFetcher.check($0, against: recorded.snapshots, in: workshop.packages)
        }
        let all = notes + recorded.diagnostics + checked.flatMap(\.diagnostics) + image.diagnostics
        return built(
            file, lock, wasStored, key, image, started, all, epoch: options.sourceDateEpoch,
            wasRemembered: false)
    }

    /// The lock beside the definition where it holds for this text, else a fresh one; of the chosen architectures.
    func lock(
        for file: DefinitionFile, _ options: BuildOptions, decided: Lock? = nil
    ) async throws -> (lock: Lock, wasStored: Bool, diagnostics: [Diagnostic]) {
        if let decided { return (try options.narrow(decided), false, file.diagnostics) }
        if !options.ignoreLock, let apko = try file.storedApkoLock() {
            let (lock, notes) = try await self.lock(of: apko, for: file, options)
            return (lock, true, file.diagnostics + notes)
        }
        let stored = options.ignoreLock ? (lock: nil, diagnostics: []) : try file.storedLock()
        if let lock = stored.lock { return (try options.narrow(lock), true, file.diagnostics) }
        if workshop.isOffline {
            throw PipelineError.offlineWithoutLock(definition: file.path, lock: file.lockPath)
        }
        let resolution = try await resolve(file, options)
        return (resolution.lock, false, file.diagnostics + stored.diagnostics + resolution.diagnostics)
    }

    /// Looks at the repositories as they are now and decides what the image is made of.
    func resolve(
        _ file: DefinitionFile, _ options: BuildOptions, known: PackagePins = PackagePins()
    ) async throws -> FreshLock {
        try await resolve(file, options, from: refresh(file, options), known: known)
    }

    /// The repositories as they are now.
    func refresh(_ file: DefinitionFile, _ options: BuildOptions) async throws -> [RepositorySnapshot] {
        let definition = try options.narrow(file.definition)
        let lines = file.sources
        workshop.report(.began(.refresh, Figures.count(lines.count, "repository", "repositories")))
        var snapshots = try await workshop.refresher().refresh(
            lines, keyring: file.keyring, architectures: definition.architectures,
            allowUnsigned: options.allowUnsigned)
        // A lock names repositories as its definition does, wherever their folders are on this machine.
        for (place, line) in definition.contents.sources.enumerated() where place < snapshots.count {
            snapshots[place].witness.line = line.value.description
        }
        workshop.report(.ended(.refresh, Wording.snapshots(snapshots)))
        return snapshots
    }

    /// Decides what the image is made of. `known` are the files of an earlier lock: a package that its index still calls
    /// the same stays the same file.
    func resolve(
        _ file: DefinitionFile, _ options: BuildOptions, from snapshots: [RepositorySnapshot],
        known: PackagePins = PackagePins()
    ) async throws -> FreshLock {
        let definition = try options.narrow(file.definition)
        workshop.report(.began(.resolve, file.path.text))
        let base = try await baseSnapshot(of: file, for: definition.architectures)
        let snapshots = snapshots + (base.map { [$0] } ?? [])
        let resolution = try await workshop.workers.run {
            try Resolver().resolution(of: definition, snapshots: snapshots)
        }
        let lock = try resolution.lock(pinning: try await pins(resolution.unpinned, for: file, known))
        workshop.report(.ended(.resolve, Wording.lock(lock)))
        return FreshLock(
            lock: lock, diagnostics: resolution.diagnostics, consulted: resolution.consulted.sorted())
    }

    /// The files of packages whose index does not say their digest.
    private func pins(
        _ unpinned: [UnpinnedPackage], for file: DefinitionFile, _ known: PackagePins
    ) async throws -> PackagePins {
        guard !unpinned.isEmpty else { return PackagePins() }
        return try await fetcher.pin(unpinned, known: known, keyring: file.keyring, cache: workshop.cache) {
            [report = workshop.report] progress in
            report(.advanced(.resolve, done: progress.bytes, total: progress.bytesTotal))
        }
    }

    var fetcher: PackageFetcher {
        PackageFetcher(transport: workshop.transport, store: workshop.packages, workers: workshop.workers)
    }

    /// The image of a lock that somebody vouches for, by its digests alone.
    func compose(_ file: DefinitionFile, _ lock: Lock) async throws -> ComposedImage {
        try await make(lock, file, BuildOptions(), into: workshop.images).1
    }

    /// Fetches and composes. A package file that was damaged in the cache is dropped when that is seen, and fetched again.
    private func make(
        _ lock: Lock, _ file: DefinitionFile, _ options: BuildOptions, into store: ContentStore
    ) async throws -> ([FetchedPackages], ComposedImage) {
        var healed: Set<Digest> = []
        while true {
            let packages = try await fetch(lock)
            do {
                return (packages, try await compose(file, lock, packages, options, into: store))
            } catch let error as ComposingError {
                guard case .storage(.damaged(let digest, _, _, dropped: true)) = error,
                    healed.insert(digest).inserted
                else { throw error }
            }
        }
    }

    /// What the recorded indexes, where they are at hand, say of the packages, back to the repositories' signatures.
    private func chain(
        of lock: Lock, for file: DefinitionFile, _ options: BuildOptions
    ) async throws -> RepositoryRefresher.Recorded {
        try await workshop.refresher().recorded(
            lock.witness, lines: file.writtenSources, keyring: file.keyring,
            allowUnsigned: options.allowUnsigned)
    }

    /// Every package file of the lock, by its digest.
    private func fetch(_ lock: Lock) async throws -> [FetchedPackages] {
        let fetcher = fetcher
        var fetched: [FetchedPackages] = []
        for architecture in lock.content.architectures {
            workshop.report(.began(.fetch, "\(architecture.architecture)"))
            let packages = try await fetcher.fetch(architecture, witness: lock.witness) {
                [report = workshop.report] progress in
                report(.advanced(.fetch, done: progress.bytes, total: progress.bytesTotal))
            }
            fetched.append(packages)
            workshop.report(
                .ended(
                    .fetch,
                    "\(architecture.architecture) \(Figures.count(architecture.packages.count, "package"))"))
        }
        return fetched
    }

    private func compose(
        _ file: DefinitionFile, _ lock: Lock, _ packages: [FetchedPackages], _ options: BuildOptions,
        into store: ContentStore
    ) async throws -> ComposedImage {
        workshop.report(.began(.compose, file.definition.name))
        let composer = Composer(
            packages: workshop.packages, store: store, cache: workshop.cache, workers: workshop.workers)
        let image = try await composer.compose(
            file.definition, packages: packages, lock: lock, local: file.local,
            sourceDateEpoch: options.sourceDateEpoch)
        workshop.report(.ended(.compose, Wording.image(image)))
        return image
    }
}
