// SPDX-License-Identifier: Apache-2.0

import Storage
import Synchronization
import TestHouse
import Testing
import Vocabulary

@testable import Distribution

/// The client against Slipway's own registry.
@Suite struct RegistryClientTests {
    @Test func anImageGoesThereAndBack() async throws {
        let house = try ClientHouse()
        let root = try house.image()
        try await house.serve { client, port in
            let reference = try house.reference(port, "team/app:1")
            #expect(try await client.resolve(reference) == nil)
            let events = Mutex<[TransferEvent]>([])
            let pushed = try await client.pushImage(root, from: house.store, to: reference) { event in
                events.withLock { $0.append(event) }
            }
            #expect(pushed.moved == 5 && pushed.present == 0 && pushed.manifests == 3)
            let heard = events.withLock { $0 }
            let moved = heard.reduce(0) { if case .moved(_, let bytes) = $1 { $0 + bytes } else { $0 } }
            #expect(Int64(moved) == pushed.movedBytes)
            #expect(heard.first == .planned(blobs: 5, bytes: pushed.movedBytes))
            #expect(try await client.resolve(reference)?.digest == root.digest)

            let again = try await client.pushImage(root, from: house.store, to: reference.tagged(.init("2")))
            #expect(again.moved == 0 && again.present == 5)
            #expect(try await client.tags(of: reference).map(\.name) == ["1", "2"])

            let layout = try ImageLayout.create(at: house.directory.path / "layout")
            let pulled = try await client.pullImage(reference, into: layout)
            #expect(pulled.root.digest == root.digest && pulled.moved == 5)
            #expect(pulled.movedBytes == pushed.movedBytes)
            #expect(try layout.blobs.digests() == house.store.digests())
            for digest in try layout.blobs.digests() { _ = try layout.blobs.read(digest) }
            #expect(try layout.index().manifests.map { $0.annotations?[ImageLayout.tagAnnotation] } == ["1"])
            #expect(try await client.pullImage(reference, into: layout).moved == 0)
        }
    }

    @Test func whatRefersToAnImageTravelsWithIt() async throws {
        let house = try ClientHouse()
        let root = try house.image(layerSize: 10)
        try await house.serve { client, port in
            let reference = try house.reference(port, "app:1")
            try await client.pushImage(root, from: house.store, to: reference)
            let index = try ManifestOutline(try await client.manifest(reference).1, what: "index")
            let child = try #require(index.manifests?.first)
            let bundle = try await house.attach("bundle", to: root, in: reference, client)
            let onChild = try await house.attach("on the child", to: child, in: reference, client)
            let onBundle = try await house.attach("about the bundle", to: bundle, in: reference, client)
            let payload = Descriptor(Array("bundle".utf8), mediaType: .simpleSigning)
            let signatures = try CanonicalJSON.encode(ImageManifest(config: .emptyJSON, layers: [payload]))
            let place = ReferrerTags.signatures(of: root.digest)
            try await client.pushManifest(signatures, mediaType: .imageManifest, to: reference.tagged(place))

            let layout = try ImageLayout.create(at: house.directory.path / "layout")
            #expect(try await client.pullImage(reference, into: layout).manifests == 7)
            let image = try await LayoutImage(layout, workers: house.workers)
            #expect(image.descriptor.digest == root.digest)
            #expect(try await image.referrers(of: root.digest).map(\.digest) == [bundle.digest])
            #expect(try await image.referrers(of: child.digest).map(\.digest) == [onChild.digest])
            let further = try await image.referrers(of: bundle.digest)
            #expect(further.map(\.digest) == [onBundle.digest])
            #expect(further.map(\.annotations) == [["text": "about the bundle"]])
            let found = try await image.signatureManifest(of: root.digest)
            #expect(found?.digest == ContentHasher.digest(of: signatures))

            // And out of the layout again, to another repository.
            let copy = try house.reference(port, "copy/app:2")
            try await client.pushImage(image, to: copy)
            let remote = RegistryImage(copy, client: client)
            #expect(try await remote.root().digest == root.digest)
            #expect(try await remote.referrers(of: root.digest).map(\.digest) == [bundle.digest])
            #expect(try await remote.referrers(of: bundle.digest).map(\.digest) == [onBundle.digest])
            #expect(try await client.tags(of: copy).map(\.name) == ["2", place.name])
        }
    }

    @Test func deleting() async throws {
        let house = try ClientHouse()
        let root = try house.image(layerSize: 10)
        try await house.serve { client, port in
            let reference = try house.reference(port, "app:1")
            try await client.pushImage(root, from: house.store, to: reference)
            let bundle = try await house.attach("bundle", to: root, in: reference, client)
            try await client.delete(reference.at(bundle.digest))
            #expect(try await client.referrers(of: root.digest, in: reference) == [])
            try await client.delete(reference)
            #expect(try await client.resolve(reference) == nil)
            #expect(try await client.resolve(reference.at(root.digest)) != nil)
            try await client.delete(reference)
        }
    }

    @Test func whatIsNotThere() async throws {
        let house = try ClientHouse()
        let root = try house.image(layerSize: 10)
        try await house.serve { client, port in
            let reference = try house.reference(port, "app:1")
            let store = try house.emptyStore()
            await #expect(throws: DistributionError.notFound(what: "\(reference)")) {
                try await client.manifest(reference)
            }
            await #expect(throws: DistributionError.notFound(what: "\(reference.name)@\(root.digest)")) {
                try await client.pull(root, from: reference, into: store)
            }
            #expect(try await client.tags(of: reference) == [])
            #expect(try await client.referrers(of: root.digest, in: reference) == [])
            // A manifest without its blobs is refused, in the registry's words.
            let bytes = try house.store.read(root.digest)
            await #expect {
                try await client.pushManifest(bytes, mediaType: .imageIndex, to: reference)
            } throws: { "\($0)".contains("404, MANIFEST_BLOB_UNKNOWN") }
            // Nobody listens there.
            await #expect {
                try await client.resolve(house.reference(1, "app:1"))
            } throws: { error in
                if case DistributionError.unreachable("127.0.0.1:1", _) = error { true } else { false }
            }
        }
    }

    @Test func anEmptyBlobAndABigOne() async throws {
        let house = try ClientHouse()
        var bytes = [UInt8](repeating: 0, count: 5_000_000)
        for place in stride(from: 0, to: bytes.count, by: 97) {
            bytes[place] = UInt8(truncatingIfNeeded: place)
        }
        let blobs = [[], bytes]
        for blob in blobs { try house.store.write(blob) }
        try await house.serve { client, port in
            let reference = try house.reference(port, "app")
            for bytes in blobs {
                let blob = Descriptor(bytes, mediaType: .layerTar)
                #expect(try await client.push(blob, from: house.store, to: reference) == .uploaded)
                #expect(try await client.push(blob, from: house.store, to: reference) == .alreadyPresent)
                #expect(try await client.blob(blob, from: reference, limit: bytes.count) == bytes)
                await #expect(throws: DistributionError.self) {
                    try await client.blob(blob, from: reference, limit: bytes.count - 1)
                }
            }
        }
    }

    @Test func manyTagsComeInPages() async throws {
        let house = try ClientHouse()
        try await house.serve { client, port in
            let reference = try house.reference(port, "app")
            try house.store.write(Array("{}".utf8))
            try await client.push(.emptyJSON, from: house.store, to: reference)
            let bytes = try CanonicalJSON.encode(ImageManifest(config: .emptyJSON, layers: []))
            for number in 0..<7 {
                try await client.pushManifest(
                    bytes, mediaType: .imageManifest, to: reference.tagged(.init("t\(number)")))
            }
            #expect(try await client.tags(of: reference, pageSize: 3).map(\.name) == (0..<7).map { "t\($0)" })
        }
    }
}
