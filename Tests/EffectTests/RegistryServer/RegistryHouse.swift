// SPDX-License-Identifier: Apache-2.0

import Logging
import Storage
import TestHouse
import Vocabulary

@testable import RegistryServer

/// A registry in this process for one test, on a free port and in a directory that goes with it.
struct RegistryHouse {
    let directory: TemporaryDirectory
    var root: HostPath { directory.path / "registry" }

    init() throws { directory = try TemporaryDirectory() }

    /// Serves the directory while `body`, which may block, speaks to it.
    func serve<Value: Sendable>(
        limits: Uploads.Limits = Uploads.Limits(), _ body: @escaping @Sendable (Int) throws -> Value
    ) async throws -> Value {
        let client = WorkerThreads(count: 1)
        let server = try RegistryServer(
            root: root, workers: WorkerThreads(count: 2),
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }),
            uploadLimits: limits)
        return try await server.whileServing { port in try await client.run { try body(port) } }
    }

    static func serve<Value: Sendable>(_ body: @escaping @Sendable (Int) throws -> Value) async throws
        -> Value
    {
        try await RegistryHouse().serve(body)
    }
}

/// Content to push, and the short way to push it.
enum Push {
    static let config = Array(
        #"{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":[]}}"#.utf8)
    static let layer = Array("a layer, as far as a registry can tell".utf8)

    static func digest(_ bytes: [UInt8]) -> Digest { ContentHasher.digest(of: bytes) }

    /// Pushes a blob in one request.
    static func blob(_ bytes: [UInt8], to name: String, _ port: Int) throws {
        let answer = try RawHTTP.ask(
            port, "POST", "/v2/\(name)/blobs/uploads/?digest=\(digest(bytes))", body: bytes)
        guard answer.status == 201 else {
            throw RawHTTP.Failure(description: "\(answer.status) \(answer.text)")
        }
    }

    /// An image of `config` and `layer`, as its bytes; `subject` and `annotations` make it an artifact.
    static func manifest(
        artifactType: String? = nil, subject: Descriptor? = nil, annotations: [String: String]? = nil
    ) throws -> [UInt8] {
        try CanonicalJSON.encode(
            ImageManifest(
                config: Descriptor(config, mediaType: .imageConfig),
                layers: [Descriptor(layer, mediaType: .layerGzip)],
                artifactType: artifactType.map(MediaType.init(rawValue:)), subject: subject,
                annotations: annotations))
    }

    static func put(
        _ bytes: [UInt8], at reference: String, in name: String, _ port: Int, type: MediaType = .imageManifest
    ) throws -> RawHTTP.Answer {
        try RawHTTP.ask(
            port, "PUT", "/v2/\(name)/manifests/\(reference)", ["Content-Type": type.rawValue], body: bytes)
    }

    /// The whole image with a tag.
    @discardableResult
    static func image(to name: String, tag: String, _ port: Int) throws -> [UInt8] {
        try blob(config, to: name, port)
        try blob(layer, to: name, port)
        let bytes = try manifest()
        let answer = try put(bytes, at: tag, in: name, port)
        guard answer.status == 201 else {
            throw RawHTTP.Failure(description: "\(answer.status) \(answer.text)")
        }
        return bytes
    }
}
