// SPDX-License-Identifier: Apache-2.0

internal import Composing
internal import Distribution
internal import Fetching
internal import Storage
internal import Vocabulary

/// Where an image is built again: stores and caches of its own that begin empty.
struct RebuildBench: Sendable {
    let images: ContentStore
    let packages: ContentStore
    private let workshop: Workshop
    private let cache: Cache
    private let folder: HostPath
    private let inputs: InputsFolder?

    init(_ workshop: Workshop, at scratch: HostPath, inputs: InputsFolder?) throws {
        self.workshop = workshop
        self.inputs = inputs
        folder = scratch / "definition"
        images = try ContentStore(at: scratch / "image", .disposable)
        cache = try Cache(at: scratch / "cache")
        packages = cache.blobs
        try HostDirectory.create(folder)
    }

    /// All that an image is composed of, by the evidence's word.
    struct Gathered: Sendable {
        var file: DefinitionFile
        var lock: Lock
        var packages: [FetchedPackages]
        /// Whether every recorded repository's indexes were read, back to its signature.
        var isChainComplete: Bool
        /// Why a repository's signature does not hold for what the lock names; nil where nothing speaks against it.
        var refusal: String?
    }

    /// - Throws: `PipelineError.inputMissing` and `.damagedEvidence` where something of it cannot be had.
    func gather(_ artifact: InputsArtifact, from source: any ImageSource) async throws -> Gathered {
        let lock: Lock = try CanonicalJSON.decode(
            from: try await source.blob(artifact.lock, limit: DefinitionFile.limits.lock),
            what: "the lock of the evidence", limit: DefinitionFile.limits.lock)
        for content in artifact.localFiles.map(\.content) + artifact.releases.map(\.content)
            + artifact.indexes.map(\.content)
        { try await source.fetch(content, into: packages) }
        let file = try definition(
            artifact,
            bytes: try await source.blob(artifact.definition, limit: DefinitionFile.limits.definition))
        if let inputs { try await bring(lock, from: inputs) }
        let (snapshots, refusal) = try await repositories(of: lock, file, artifact)
        return Gathered(
            file: file, lock: lock, packages: try await fetch(lock, snapshots),
            // Of apko's locks no repository is known.
            isChainComplete: !lock.witness.repositories.isEmpty
                && snapshots.count == lock.witness.repositories.count, refusal: refusal)
    }

    /// The image. Throws `ComposingError`.
    func compose(_ gathered: Gathered, sourceDateEpoch: Timestamp?) async throws -> ComposedImage {
        let composer = Composer(packages: packages, store: images, cache: cache, workers: workshop.workers)
        return try await composer.compose(
            gathered.file.definition, packages: gathered.packages, lock: gathered.lock,
            local: gathered.file.local, sourceDateEpoch: sourceDateEpoch)
    }

    private func definition(_ artifact: InputsArtifact, bytes: [UInt8]) throws -> DefinitionFile {
        let sources = Dictionary(
            artifact.localFiles.map { ($0.source, $0.content) }, uniquingKeysWith: { first, _ in first })
        var file = try DefinitionFile(folder / artifact.definitionName, bytes: bytes) { name, _ in
            guard let content = sources[name] else {
                throw PipelineError.damagedEvidence(
                    what: "the inputs artifact", reason: "it lacks the file '\(name)'")
            }
            return content
        }
        for key in file.definition.imageKeys { file.local.sources[key.value] = sources[key.value] }
        if let base = file.definition.contents.baseImage?.value {
            file.local.sources.merge(sources.filter { base.holds($0.key) }) { first, _ in first }
        }
        return file
    }

    /// What the folder holds of the lock's packages and indexes; each is checked by its digest on the way.
    private func bring(_ lock: Lock, from inputs: InputsFolder) async throws {
        let store = packages
        try await workshop.workers.run {
            for architecture in lock.content.architectures {
                for package in architecture.fetchedPackages {
                    try inputs.bring(
                        package.digest, size: package.size, names: architecture.fileNames(of: package),
                        into: store)
                }
            }
            for index in lock.witness.repositories.flatMap(\.indexes) {
                try inputs.bring(
                    index.digest, size: index.size,
                    names: index.url.split(separator: "/").suffix(1).map(String.init), into: store)
            }
        }
    }

    /// The recorded repositories, from their signed release files down to the indexes. What is not at hand is a
    /// diagnostic; what is at hand and wrong is a refusal.
    private func repositories(
        of lock: Lock, _ file: DefinitionFile, _ artifact: InputsArtifact
    ) async throws -> ([RepositorySnapshot], refusal: String?) {
        let unsigned = lock.witness.repositories.contains(where: \.isUnsigned)
        let keyrings = try keyrings(of: file, artifact)
        do {
            let recorded = try await workshop.refresher(cache: cache).recorded(
                lock.witness, lines: file.definition.contents.sources, keyring: file.keyring,
                downloading: true, allowUnsigned: unsigned, locating: { keyrings[$0] })
            // Without their places: those are in a folder of this run's own.
            workshop.report.report(recorded.diagnostics.map { Diagnostic($0.severity, $0.code, $0.message) })
            return (recorded.snapshots, nil)
        } catch let error as FetchingError {
            switch error {
            case .cancelled, .storage: throw error
            default: return ([], error.description)
            }
        }
    }

    /// Where the keyrings are that the definition names: in the evidence, else in the folder, else where they were.
    private func keyrings(of file: DefinitionFile, _ artifact: InputsArtifact) throws -> [KeyringEntry:
        HostPath]
    {
        var found: [KeyringEntry: HostPath] = [:]
        for name in file.keyringNames {
            let path = KeyringEntry(name, relativeTo: folder)
            if let carried = artifact.localFiles.first(where: { $0.source == name }) {
                found[path] = packages.path(of: carried.content.digest)
            } else if let kept = inputs?.file(named: path.name[...]) {
                found[path] = kept
            } else if let given = path.file, given == HostPath(name), try HostDirectory.exists(given) {
                found[path] = given
            }
        }
        return found
    }

    private func fetch(_ lock: Lock, _ snapshots: [RepositorySnapshot]) async throws -> [FetchedPackages] {
        let fetcher = PackageFetcher(
            transport: workshop.transport, store: packages, workers: workshop.workers)
        var fetched: [FetchedPackages] = []
        for architecture in lock.content.architectures {
            do throws(FetchingError) {
                fetched.append(
                    try await fetcher.fetch(architecture, witness: lock.witness, snapshots: snapshots) {
                        [report = workshop.report] progress in
                        report(.advanced(.rebuild, done: progress.bytes, total: progress.bytesTotal))
                    })
            } catch { throw missing(architecture, lock, error) }
        }
        return fetched
    }

    /// A package that is nowhere as the input that is missing; any other failure as it is.
    private func missing(_ architecture: ArchitectureLock, _ lock: Lock, _ error: FetchingError) -> any Error
    {
        switch error {
        case .package(let name, let version, let tried):
            let package = architecture.packages.first { $0.name.text == name && $0.version == version }
            return PipelineError.inputMissing(
                what: "the package \(name) \(version) for \(architecture.architecture)",
                digest: package?.digest ?? lock.content.definition,
                tried: tried.map { "\($0.place): \($0.reason)" } + (inputs.map { ["\($0.root)"] } ?? []))
        default: return error
        }
    }
}
