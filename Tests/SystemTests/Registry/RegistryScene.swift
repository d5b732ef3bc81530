// SPDX-License-Identifier: Apache-2.0

import Distribution
import Logging
import RegistryServer
import Storage
import TestHouse
import Transport
import Vocabulary

/// A two-platform image in a layout, a registry, a client, and a directory for other programs to work in.
struct RegistryScene: Sendable {
    let directory: TemporaryDirectory
    let workers = WorkerThreads(count: 3)
    let layout: ImageLayout
    let root: Descriptor

    /// The layout is `layout` in the directory, its image has the tag 1. Layers are compressed: skopeo and podman
    /// would otherwise do it.
    init() throws {
        directory = try TemporaryDirectory()
        layout = try ImageLayout.create(at: directory.path / "layout")
        let store = layout.blobs
        let place = directory.path
        let children = try [Architecture.amd64, .arm64].map { try Self.child($0, store, place) }
        let index = try CanonicalJSON.encode(ImageIndex(manifests: children))
        try store.write(index)
        root = Descriptor(index, mediaType: .imageIndex)
        try layout.add(root, tag: "1")
    }

    private static func child(
        _ architecture: Architecture, _ store: ContentStore, _ place: HostPath
    ) throws -> Descriptor {
        var image = TinyImage(architecture)
        image.directory("etc")
        image.file("etc/architecture", "\(architecture)\n")
        image.link("etc/link", to: "architecture")
        let layer = try image.layer()
        let compressed = try gzip(layer, place)
        try store.write(compressed)
        let configuration = try CanonicalJSON.encode(
            ImageConfiguration(
                platform: architecture.platform, created: Timestamp(seconds: 0), config: .init(),
                diffIDs: [ContentHasher.digest(of: layer)]))
        try store.write(configuration)
        let manifest = try CanonicalJSON.encode(
            ImageManifest(
                config: Descriptor(configuration, mediaType: .imageConfig),
                layers: [Descriptor(compressed, mediaType: .layerGzip)]))
        try store.write(manifest)
        return Descriptor(manifest, mediaType: .imageManifest, platform: architecture.platform)
    }

    private static func gzip(_ bytes: [UInt8], _ directory: HostPath) throws -> [UInt8] {
        try AtomicFile.replace(directory / "layer", with: bytes)
        return try Tool.sh("gzip -nc layer; rm layer", in: directory.text)
    }

    /// Runs other programs in the directory; blocks.
    @discardableResult
    func sh(_ script: String) throws -> String {
        String(decoding: try Tool.sh(script, in: directory.path.text), as: UTF8.self)
    }

    /// Serves `DIRECTORY/registry` while `body` runs.
    func serve(
        _ body: @escaping @Sendable (_ client: RegistryClient, _ registry: String) async throws -> Void
    )
        async throws
    {
        let server = try RegistryServer(
            root: directory.path / "registry",
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
        try await server.whileServing { port in try await speak(to: port, body) }
    }

    /// A client for the registry at `port`.
    func speak(
        to port: Int, attempts: Int = 4,
        _ body: @escaping @Sendable (_ client: RegistryClient, _ registry: String) async throws -> Void
    ) async throws {
        var configuration = TransportConfiguration()
        configuration.attempts = attempts
        try await HTTPTransport.with(configuration) { transport in
            try await body(RegistryClient(transport: transport, workers: workers), "127.0.0.1:\(port)")
        }
    }

    /// Every digest of the image: index, manifests, configs, layers.
    func digests() throws -> Set<Digest> { Set(try layout.blobs.digests()) }
}
