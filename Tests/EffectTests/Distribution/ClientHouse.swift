// SPDX-License-Identifier: Apache-2.0

import Logging
import RegistryServer
import Storage
import TestHouse
import Transport
import Vocabulary

@testable import Distribution

/// A client and a real registry in this process, and what stands between them where a test wants it to.
struct ClientHouse: Sendable {
    let directory: TemporaryDirectory
    let workers = WorkerThreads(count: 3)
    let store: ContentStore

    init() throws {
        directory = try TemporaryDirectory()
        store = try ContentStore(at: directory.path / "source", .disposable)
    }

    /// Transport that does not wait between attempts.
    static var impatient: TransportConfiguration {
        var configuration = TransportConfiguration()
        configuration.connectTimeout = 1
        configuration.sleep = { _ in }
        return configuration
    }

    /// `body` speaks to the registry itself.
    func serve<Value: Sendable>(
        _ body: @escaping @Sendable (RegistryClient, _ port: Int) async throws -> Value
    ) async throws -> Value {
        let server = try RegistryServer(
            root: directory.path / "registry", workers: WorkerThreads(count: 2),
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
        return try await server.whileServing { port in
            try await HTTPTransport.with(Self.impatient) { transport in
                try await body(RegistryClient(transport: transport, workers: workers), port)
            }
        }
    }

    /// `body` speaks to the registry through `script`, which may answer itself or change what the registry says.
    func serve<Value: Sendable>(
        through script: BadRegistry,
        _ body: @escaping @Sendable (RegistryClient, _ port: Int) async throws -> Value
    ) async throws -> Value {
        try await serve { client, port in
            try await ScriptedHTTP.serve {
                try script.answer($0, port)
            } while: {
                try await body(client, $0)
            }
        }
    }

    func reference(_ port: Int, _ rest: String) throws -> ImageReference {
        try ImageReference("127.0.0.1:\(port)/\(rest)")
    }

    /// Another store, with nothing in it.
    func emptyStore() throws -> ContentStore { try ContentStore(at: directory.path / "empty", .disposable) }

    // MARK: - Content

    /// An index of two platforms, each with a layer of its own and one that they share; all in `store`.
    func image(layerSize: Int = 2_000_000) throws -> Descriptor {
        var random = SmallRandom(seed: 7)
        var layers: [Descriptor] = []
        for size in [1000, layerSize, layerSize] {
            let bytes = (0..<size).map { _ in UInt8(random.below(256)) }
            try store.write(bytes)
            layers.append(Descriptor(bytes, mediaType: .layerGzip))
        }
        var children: [Descriptor] = []
        for (index, architecture) in ["amd64", "arm64"].enumerated() {
            let config = Array(#"{"architecture":"\#(architecture)","os":"linux"}"#.utf8)
            try store.write(config)
            let manifest = try CanonicalJSON.encode(
                ImageManifest(
                    config: Descriptor(config, mediaType: .imageConfig),
                    layers: [layers[0], layers[index + 1]]))
            try store.write(manifest)
            let platform = Platform(os: "linux", architecture: architecture)
            children.append(Descriptor(manifest, mediaType: .imageManifest, platform: platform))
        }
        let index = try CanonicalJSON.encode(ImageIndex(manifests: children))
        try store.write(index)
        return Descriptor(index, mediaType: .imageIndex)
    }

    /// Pushes an artifact that refers to `subject`, with its blobs.
    @discardableResult
    func attach(
        _ text: String, to subject: Descriptor, in reference: ImageReference, _ client: RegistryClient
    ) async throws -> Descriptor {
        let payload = Descriptor(Array(text.utf8), mediaType: .sigstoreBundle)
        try store.write(Array(text.utf8))
        try store.write(Array("{}".utf8))
        for blob in [payload, .emptyJSON] { try await client.push(blob, from: store, to: reference) }
        let bytes = try CanonicalJSON.encode(
            ImageManifest(
                config: .emptyJSON, layers: [payload], artifactType: .sigstoreBundle, subject: subject,
                annotations: ["text": text]))
        return try await client.pushManifest(
            bytes, mediaType: .imageManifest, to: reference.at(ContentHasher.digest(of: bytes)))
    }
}
