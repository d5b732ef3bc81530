// SPDX-License-Identifier: Apache-2.0

internal import HTTPTypes
internal import Hummingbird
internal import HummingbirdCore
package import Logging
internal import NIOCore
package import Storage
package import Vocabulary

/// An OCI registry for this machine: push, pull, tags, delete and referrers of distribution-spec 1.1, for any client,
/// over a directory. It knows no users and so listens on loopback only.
package struct RegistryServer: Sendable {
    private let store: RegistryStore
    private let uploads: Uploads
    private let workers: WorkerThreads
    private let logger: Logger

    /// Opens the registry's directory, creating it where it is not there, and drops what unfinished uploads left.
    /// Throws `StorageError`, `locked` where another server uses the directory.
    package init(
        root: HostPath, workers: WorkerThreads = WorkerThreads(count: 4), logger: Logger
    ) throws(StorageError) {
        try self.init(root: root, workers: workers, logger: logger, uploadLimits: Uploads.Limits())
    }

    init(root: HostPath, workers: WorkerThreads, logger: Logger, uploadLimits: Uploads.Limits)
        throws(StorageError)
    {
        store = try RegistryStore(at: root)
        uploads = Uploads(store: store.content, limits: uploadLimits)
        self.workers = workers
        self.logger = logger
    }

    /// Serves until the task is cancelled or a graceful shutdown is asked for. `onReady` hears the port once
    /// connections are accepted. Throws where the address cannot be listened on.
    package func run(
        listen address: LoopbackAddress = .anyPort,
        onReady: @escaping @Sendable (Int) async -> Void = { _ in }
    ) async throws {
        // The library's own messages (listening, being cancelled) are not the registry's talk; what fails is thrown.
        var libraryLogger = logger
        libraryLogger.logLevel = .critical
        let application = Application(
            responder: RegistryResponder(store: store, uploads: uploads, workers: workers, logger: logger),
            server: .registry(idleTimeout: .seconds(120)),
            configuration: ApplicationConfiguration(
                address: .hostname(address.host, port: address.port), serverName: "slipway"),
            onServerRunning: { channel in await onReady(channel.localAddress?.port ?? address.port) },
            logger: libraryLogger)
        try await application.run()
    }

    /// The same at `HOST:PORT` as a user writes it. Throws `LoopbackAddress.ParseError` for what is not loopback.
    package func run(
        listen text: String, onReady: @escaping @Sendable (Int) async -> Void = { _ in }
    ) async throws {
        try await run(listen: LoopbackAddress(text), onReady: onReady)
    }

    /// Serves while `body` runs, which is given the port; for the demo, the factory and tests.
    package func whileServing<Value: Sendable>(
        listen address: LoopbackAddress = .anyPort, _ body: @Sendable (Int) async throws -> Value
    ) async throws -> Value {
        let (ports, ready) = AsyncStream.makeStream(of: Int.self)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                defer { ready.finish() }
                try await run(listen: address) { ready.yield($0) }
            }
            var port: Int?
            for await bound in ports {
                port = bound
                break
            }
            guard let port else {
                try await group.waitForAll()
                throw CancellationError()
            }
            let value = try await body(port)
            group.cancelAll()
            return value
        }
    }
}

extension HTTPServerBuilder {
    /// HTTP/1.1 that answers `Expect: 100-continue` (RFC 9110, section 10.1.1), which the library leaves to its
    /// users: without it curl holds every upload back for a second.
    fileprivate static func registry(idleTimeout: TimeAmount) -> HTTPServerBuilder {
        HTTPServerBuilder { responder in
            HTTP1Channel(
                responder: { request, writer, channel in
                    if request.headers[.expect]?.lowercased() == "100-continue" {
                        try await writer.writeInformationalHead(HTTPResponse(status: .continue))
                    }
                    try await responder(request, writer, channel)
                }, configuration: .init(idleTimeout: idleTimeout))
        }
    }
}
