// SPDX-License-Identifier: Apache-2.0

import Attesting
import Distribution
import Logging
import RegistryServer
import Storage
import TestHouse
import Testing
import Transport
import Verifying
import Vocabulary

/// A signed image in a real registry and in a layout, verified where it is.
@Suite("Verifying stored images") struct StoredImageTests {
    private let key = SigningKey.generate()
    private let workers = WorkerThreads(count: 2)

    private func verify(_ source: any ImageSource, _ sample: SampleImage, key other: SigningKey? = nil)
        async throws
        -> Verdict
    {
        let scratch = try Scratch()
        defer { withExtendedLifetime(scratch) {} }
        let store = try ContentStore(at: HostPath("\(scratch.path)/store"), .disposable)
        var inventories: [Digest: ImageInventory] = [:]
        for platform in sample.image.platforms {
            inventories[platform.manifest.digest] = sample.inventory(of: platform)
        }
        return try await ImageVerifier(key: VerificationKey(pem: (other ?? key).publicPEM)).verify(
            source: source, reference: "app", inventories: inventories,
            content: { try await source.fetch($0, into: store) })
    }

    /// Serves a registry with the sample and what `choose` leaves of its evidence.
    private func withRegistry(
        _ choose: @escaping @Sendable (inout Attestations) -> Void = { _ in },
        _ body:
            @escaping @Sendable (RegistryClient, ImageReference, SampleImage, _ directory: String)
            async throws -> Void
    ) async throws {
        let home = try Scratch()
        defer { withExtendedLifetime(home) {} }
        let path = home.path
        let server = try RegistryServer(
            root: HostPath("\(path)/registry"), workers: workers, logger: Logger(label: "test"))
        let (key, workers) = (key, workers)
        try await server.whileServing { port in
            let sample = try SampleImage()
            let reference = try ImageReference("127.0.0.1:\(port)/app:1")
            try await workers.run {
                var attestations = try PublishedSample.attest(sample, name: reference.name, key)
                choose(&attestations)
                try PublishedSample(port: port).publish(sample, attestations)
            }
            let transport = try HTTPTransport()
            do {
                try await body(
                    RegistryClient(transport: transport, workers: workers), reference, sample, path)
            } catch {
                try await transport.shutdown()
                throw error
            }
            try await transport.shutdown()
        }
    }

    @Test("in a registry: the right key passes, another does not")
    func registry() async throws {
        try await withRegistry { client, reference, sample, _ in
            let image = RegistryImage(reference, client: client)
            let verdict = try await verify(image, sample)
            #expect(verdict.checks.filter { $0.outcome != .passed } == [])
            #expect(verdict.outcome == .passed)
            #expect(try await verify(image, sample, key: .generate()).outcome == .failed)
            let platform = RegistryImage(
                reference.at(sample.image.platforms[1].manifest.digest), client: client)
            #expect(try await verify(platform, sample).outcome == .passed)
        }
    }

    @Test(
        "in a layout that was pulled: it passes, and not with one byte changed in any blob of the image or its evidence"
    )
    func layout() async throws {
        try await withRegistry { client, reference, sample, directory in
            let layout = try ImageLayout.create(at: HostPath("\(directory)/layout"))
            try await client.pullImage(reference, into: layout)
            let image = try await LayoutImage(layout, name: "1", workers: workers)
            #expect(try await verify(image, sample).checks.filter { $0.outcome != .passed } == [])
            var accepted: [String] = []
            for digest in try layout.blobs.digests() {
                let path = layout.blobs.path(of: digest).text
                let bytes = try Tool.sh("cat '\(path)'", in: "/")
                var changed = bytes
                changed[bytes.count / 2] ^= 1
                try Self.overwrite(path, changed)
                if try await verify(image, sample).outcome == .passed {
                    accepted.append(String(decoding: bytes.prefix(300), as: UTF8.self))
                }
                try Self.overwrite(path, bytes)
            }
            #expect(accepted == [])
        }
    }

    private static func overwrite(_ path: String, _ bytes: [UInt8]) throws {
        let name = path.split(separator: "/").last ?? ""
        let scratch = try Scratch()
        try scratch.write(bytes, to: String(name))
        try scratch.sh("chmod u+w '\(path)'; cat '\(name)' > '\(path)'")
    }
}
