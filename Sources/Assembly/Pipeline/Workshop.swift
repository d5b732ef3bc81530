// SPDX-License-Identifier: Apache-2.0

internal import Distribution
internal import Execution
internal import Fetching
package import Logging
package import Storage
package import Transport
package import Vocabulary

/// Where a run works: its stores and caches, its threads, its way to the network, its clock. Made once by a command
/// or the factory and handed to the machine; nothing in the stages looks at the environment.
package struct Workshop: Sendable {
    /// Package files, indexes and release files: disposable.
    package var packages: ContentStore { cache.blobs }
    /// Images and evidence: kept.
    package let images: ContentStore
    package let cache: Cache
    /// Where containers are unpacked; one place, so that what a killed run left is found again.
    package var containers: HostPath { cache.root / "containers" }
    package let workers: WorkerThreads
    package let transport: HTTPTransport
    /// Nothing may be asked of the network: the transport refuses.
    package let isOffline: Bool
    package let directories: Directories
    package let report: Reporter
    package let logger: Logger
    package let environment: [String: String]
    package let now: @Sendable () -> Timestamp

    /// - Parameters:
    ///   - environment: of the process: XDG folders, proxies, certificates, `SOURCE_DATE_EPOCH`.
    ///   - threads: codecs at once.
    ///   - offline: whether the transport refuses every exchange.
    /// - Throws: `StorageError` where a folder cannot be made or belongs to somebody else.
    package init(
        environment: [String: String], threads: Int, offline: Bool = false, report: Reporter,
        logger: Logger, now: @escaping @Sendable () -> Timestamp
    ) throws {
        directories = try Directories(environment: environment)
        cache = try Cache(at: directories.cache)
        images = try ContentStore(at: directories.data / "images", .durable)
        workers = WorkerThreads(count: threads)
        var network = try TransportConfiguration(environment: environment)
        network.isForbidden = offline
        if let file = network.exposedCredentialFile {
            report.report([
                Diagnostic(
                    .warning, .credentialsExposed,
                    "other users of this machine may read the passwords in \(file); `chmod 600` it")
            ])
        }
        transport = try HTTPTransport(network)
        isOffline = offline
        self.report = report
        self.logger = logger
        self.environment = environment
        self.now = now
    }

    /// The same workshop with another cache.
    init(_ workshop: Workshop, cache: Cache) {
        self.cache = cache
        images = workshop.images
        workers = workshop.workers
        transport = workshop.transport
        isOffline = workshop.isOffline
        directories = workshop.directories
        report = workshop.report
        logger = workshop.logger
        environment = workshop.environment
        now = workshop.now
    }

    /// Where a registry keeps its content unless it is told otherwise.
    package var registryRoot: HostPath { directories.data / "registry" }

    /// Speaks to registries.
    var registry: RegistryClient { RegistryClient(transport: transport, workers: workers) }

    /// Looks at repositories, with this machine's gpgv and apt configuration.
    func refresher() throws -> RepositoryRefresher { try refresher(cache: cache) }

    /// The same over another cache and its blobs.
    func refresher(cache: Cache) throws -> RepositoryRefresher {
        RepositoryRefresher(
            transport: transport, store: cache.blobs, cache: cache, verifier: try ClearsignedVerifier.find(),
            workers: workers,
            clock: now)
    }

    /// Where a public key stands, by its content: whoever names it means the same key whenever he does.
    func publicKey(_ name: String, _ bytes: [UInt8]) throws -> HostPath {
        let folder = cache.root / "keys" / ContentHasher.digest(of: bytes).hex
        try HostDirectory.create(folder)
        let path = folder / name
        try AtomicFile.replace(path, with: bytes)
        return path
    }

    /// Ends connections and threads; the workshop is not used afterwards.
    package func close() async {
        // What was asked for is done; a connection that does not close cleanly takes nothing away from it.
        try? await transport.shutdown()
    }

    /// Runs `body` in a workshop of its own and closes it whatever happens. Where the cache refuses to be written to,
    /// `body` runs once more beside it.
    package static func with<Result: Sendable>(
        environment: [String: String], threads: Int, offline: Bool = false, report: Reporter,
        logger: Logger, now: @escaping @Sendable () -> Timestamp, _ body: (Workshop) async throws -> Result
    ) async throws -> Result {
        let workshop = try Workshop(
            environment: environment, threads: threads, offline: offline, report: report, logger: logger,
            now: now)
        do {
            let result = try await workshop.withSpareCache(body)
            await workshop.close()
            return result
        } catch {
            await workshop.close()
            throw error
        }
    }
}

extension Diagnostic.Code {
    static let credentialsExposed = Self(rawValue: "credentials-exposed")
}
