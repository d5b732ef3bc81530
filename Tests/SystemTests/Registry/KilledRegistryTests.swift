// SPDX-License-Identifier: Apache-2.0

import Distribution
import Storage
import Synchronization
import TestHouse
import Testing
import Vocabulary

/// `slipway registry serve` is killed while images are pushed to it; whatever it acknowledged is there afterwards.
@Suite struct KilledRegistryTests {
    private static let program = (try? Tool.sh("realpath -e .build/debug/slipway", in: ".")).map {
        String(decoding: $0, as: UTF8.self).filter { $0 != "\n" }
    }

    /// Starts the registry of the scene; its process id.
    private func start(_ scene: RegistryScene, port: Int) async throws -> String {
        try await scene.workers.run {
            try scene.sh(
                """
                '\(Self.program ?? "")' registry serve --listen 127.0.0.1:\(port) --root registry </dev/null >log 2>&1 &
                printf %s $! >pid
                tries=0
                until curl -so answer http://127.0.0.1:\(port)/v2/ || [ $((tries += 1)) -gt 400 ]
                do sleep 0.05; done
                cat pid
                """)
        }
    }

    /// An image like no other; its index is the descriptor.
    private func image(_ seed: Int, in store: ContentStore) throws -> Descriptor {
        var random = SmallRandom(seed: UInt64(seed))
        let layers = try [40_000, 1_400_000].map { size in
            let piece = (0..<1000).map { _ in UInt8(random.below(256)) }
            let bytes = [UInt8]((0..<size / 1000).map { _ in piece }.joined())
            try store.write(bytes)
            return Descriptor(bytes, mediaType: .layerTar)
        }
        try store.write(Array("{}".utf8))
        let manifest = try CanonicalJSON.encode(ImageManifest(config: .emptyJSON, layers: layers))
        try store.write(manifest)
        return Descriptor(manifest, mediaType: .imageManifest)
    }

    /// Kills the process some milliseconds after the event of that number.
    private final class Killer: Sendable {
        let heard = Atomic<Int>(0)
        let (pid, event, milliseconds): (String, Int, Int)

        init(_ pid: String, at event: Int, milliseconds: Int) {
            (self.pid, self.event, self.milliseconds) = (pid, event, milliseconds)
        }

        func hear() {
            guard heard.add(1, ordering: .relaxed).newValue == event else { return }
            let later = "0.\(String(repeating: "0", count: milliseconds < 10 ? 2 : 1))\(milliseconds)"
            _ = try? Tool.sh("(sleep \(later); kill -9 \(pid)) </dev/null >/dev/null 2>&1 &", in: "/")
        }
    }

    @Test(.enabled(if: program != nil, "no .build/debug/slipway here: swift build"))
    func nothingAcknowledgedIsLost() async throws {
        let scene = try RegistryScene()
        let port = try RawHTTP.freePort()
        let store = try ContentStore(at: scene.directory.path / "source", .disposable)
        let acknowledged = Mutex<[String: Digest]>([:])
        for round in 0..<6 {
            let pid = try await start(scene, port: port)
            let killer = Killer(pid, at: 40 + 37 * round % 101, milliseconds: 7 * round % 30)
            try await scene.speak(to: port, attempts: 1) { client, registry in
                for (tag, digest) in acknowledged.withLock({ $0 }) {
                    #expect(
                        try await client.resolve(ImageReference("\(registry)/app:\(tag)"))?.digest == digest)
                }
                for number in 0..<100 {
                    let image = try image(round * 1000 + number, in: store)
                    // `latest` moves with each; the others stay.
                    for tag in ["r\(round)-\(number)", "latest"] {
                        do {
                            try await client.pushImage(
                                image, from: store, to: ImageReference("\(registry)/app:\(tag)")
                            ) { _ in killer.hear() }
                        } catch { return }
                        acknowledged.withLock { $0[tag] = image.digest }
                    }
                }
                Issue.record("round \(round): the registry was not killed")
            }
            // A `latest` that was on its way may have arrived without its acknowledgement.
            acknowledged.withLock { _ = $0.removeValue(forKey: "latest") }
        }
        #expect(acknowledged.withLock { $0.count } > 5)
        try await checkEverything(scene, acknowledged.withLock { $0 }, port)
    }

    /// All of it can be pulled, byte for byte, every tag leads somewhere, and nothing half-written lies about.
    private func checkEverything(_ scene: RegistryScene, _ acknowledged: [String: Digest], _ port: Int)
        async throws
    {
        let pid = try await start(scene, port: port)
        try await scene.speak(to: port) { client, registry in
            for tag in try await client.tags(of: ImageReference("\(registry)/app")) {
                let layout = try ImageLayout.create(at: scene.directory.path / "pulled-\(tag)")
                let pulled = try await client.pullImage(
                    ImageReference("\(registry)/app:\(tag)"), into: layout)
                if let digest = acknowledged[tag.name] { #expect(pulled.root.digest == digest) }
            }
            let tags = try await client.tags(of: ImageReference("\(registry)/app")).map(\.name)
            #expect(Set(tags).isSuperset(of: acknowledged.keys))
        }
        let left = try await scene.workers.run {
            try scene.sh("cat log; kill \(pid); find registry -name '.new-*' | wc -l")
        }
        #expect(left == "0\n")
    }
}
