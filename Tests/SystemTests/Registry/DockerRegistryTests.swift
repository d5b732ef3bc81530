// SPDX-License-Identifier: Apache-2.0

import Distribution
import Storage
import TestHouse
import Testing
import Vocabulary

/// Slipway's client before the registry that Debian ships (distribution 2.8), which knows no referrers.
@Suite(
    .enabled(if: Tool.exists("docker-registry"), "no docker-registry here: apt-get install docker-registry"))
struct DockerRegistryTests {
    private func serving(
        _ scene: RegistryScene,
        _ body: @escaping @Sendable (_ client: RegistryClient, _ registry: String) async throws -> Void
    ) async throws {
        let port = try RawHTTP.freePort()
        let pid = try await scene.workers.run {
            try scene.sh(
                """
                cat >registry.yml <<END
                version: 0.1
                log: {level: error, accesslog: {disabled: true}}
                storage: {filesystem: {rootdirectory: $PWD/docker}, delete: {enabled: true}}
                http: {addr: 127.0.0.1:\(port)}
                END
                OTEL_TRACES_EXPORTER=none docker-registry serve registry.yml </dev/null >log 2>&1 &
                echo $! >pid
                tries=0
                until curl -so answer http://127.0.0.1:\(port)/v2/ || [ $((tries += 1)) -gt 400 ]
                do sleep 0.05; done
                cat pid
                """)
        }
        let result: Result<Void, any Error>
        do { result = .success(try await scene.speak(to: port, body)) } catch { result = .failure(error) }
        _ = try await scene.workers.run { try scene.sh("kill \(pid)") }
        try result.get()
    }

    @Test func anImageWithWhatRefersToIt() async throws {
        let scene = try RegistryScene()
        let store = scene.layout.blobs
        let payload = Array("evidence".utf8)
        try store.write(payload)
        try store.write(Array("{}".utf8))
        let artifact = try CanonicalJSON.encode(
            ImageManifest(
                config: .emptyJSON, layers: [Descriptor(payload, mediaType: .sigstoreBundle)],
                artifactType: .sigstoreBundle, subject: scene.root, annotations: ["a": "b"]))
        try store.write(artifact)
        let referrer = Descriptor(
            artifact, mediaType: .imageManifest, artifactType: .sigstoreBundle, annotations: ["a": "b"])
        try scene.layout.add(referrer)
        try await serving(scene) { client, registry in
            let reference = try ImageReference("\(registry)/team/app:1")
            let image = try await LayoutImage(scene.layout, name: "1", workers: scene.workers)
            try await client.pushImage(image, to: reference)
            let again = try await client.pushImage(image, to: reference)
            #expect(again.moved == 0)
            #expect(try await client.resolve(reference)?.digest == scene.root.digest)
            #expect(try await client.referrers(of: scene.root.digest, in: reference) == [referrer])
            let tags = try await client.tags(of: reference).map(\.name)
            #expect(tags == ["1", ReferrerTags.fallback(of: scene.root.digest).name])

            let layout = try ImageLayout.create(at: scene.directory.path / "pulled")
            try await client.pullImage(reference, into: layout)
            #expect(try Set(layout.blobs.digests()) == Set(store.digests()))
            let pulled = try await LayoutImage(layout, workers: scene.workers)
            #expect(try await pulled.referrers(of: scene.root.digest).map(\.digest) == [referrer.digest])

            try await client.delete(reference.at(referrer.digest))
            #expect(try await client.referrers(of: scene.root.digest, in: reference) == [])
        }
    }

    /// More than a request can carry at once, and a blob of nothing.
    @Test func blobsOfAllSizes() async throws {
        let scene = try RegistryScene()
        let store = try ContentStore(at: scene.directory.path / "source", .disposable)
        let blobs = try [0, 1, 1 << 20, (1 << 20) + 1, 9_000_000].map { size in
            let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 >> 8 ^ $0) }
            try store.write(bytes)
            return Descriptor(bytes, mediaType: .layerTar)
        }
        try await serving(scene) { client, registry in
            let reference = try ImageReference("\(registry)/app")
            let target = try ContentStore(at: scene.directory.path / "target", .disposable)
            for blob in blobs {
                #expect(try await client.push(blob, from: store, to: reference) == .uploaded)
                #expect(try await client.push(blob, from: store, to: reference) == .alreadyPresent)
                try await client.pull(blob, from: reference, into: target)
            }
            #expect(try target.digests() == store.digests())
        }
    }
}
