// SPDX-License-Identifier: Apache-2.0

import Storage
import Synchronization
import TestHouse
import Testing
import Vocabulary

@testable import Distribution

/// The client against registries that do less, or worse, than the specification asks for.
@Suite struct BadRegistryTests {
    @Test func fallbackTagsAreKeptWhereThereIsNoAPI() async throws {
        let house = try ClientHouse()
        let root = try house.image(layerSize: 10)
        try await house.serve(through: .withoutReferrers()) { client, port in
            let reference = try house.reference(port, "app:1")
            try await client.pushImage(root, from: house.store, to: reference)
            #expect(try await client.referrers(of: root.digest, in: reference) == [])
            let first = try await house.attach("first", to: root, in: reference, client)
            let second = try await house.attach("second", to: root, in: reference, client)
            try await house.attach("second", to: root, in: reference, client)
            let listed = try await client.referrers(of: root.digest, in: reference)
            #expect(listed.map(\.digest) == [first.digest, second.digest])
            #expect(listed.map(\.annotations) == [["text": "first"], ["text": "second"]])
            #expect(listed.allSatisfy { $0.artifactType == .sigstoreBundle })
            let tag = ReferrerTags.fallback(of: root.digest)
            #expect(try await client.tags(of: reference).map(\.name) == ["1", tag.name])
            try await client.delete(reference.at(first.digest))
            #expect(
                try await client.referrers(of: root.digest, in: reference).map(\.digest) == [second.digest])
            // A pull takes them along.
            let layout = try ImageLayout.create(at: house.directory.path / "layout")
            try await client.pullImage(reference, into: layout)
            let image = try await LayoutImage(layout, workers: house.workers)
            #expect(try await image.referrers(of: root.digest).map(\.digest) == [second.digest])
        }
    }

    /// go-containerregistry writes such lists: the type is the config's, and there are no annotations.
    @Test func aListThatOthersWroteIsNotFiltered() async throws {
        let house = try ClientHouse()
        let root = try house.image(layerSize: 10)
        try await house.serve(through: .withoutReferrers()) { client, port in
            let reference = try house.reference(port, "app:1")
            try await client.pushImage(root, from: house.store, to: reference)
            let bundle = try await house.attach("bundle", to: root, in: reference, client)
            var lying = Descriptor(mediaType: .imageManifest, digest: bundle.digest, size: bundle.size)
            lying.artifactType = .empty
            let list = try CanonicalJSON.encode(ImageIndex(manifests: [lying]))
            let tag = reference.tagged(ReferrerTags.fallback(of: root.digest))
            try await client.pushManifest(list, mediaType: .imageIndex, to: tag)
            #expect(
                try await client.referrers(of: root.digest, in: reference).map(\.digest) == [bundle.digest])
        }
    }

    @Test func aLostUpdateOfTheFallbackTagIsMadeAgain() async throws {
        let house = try ClientHouse()
        let root = try house.image(layerSize: 10)
        let tag = ReferrerTags.fallback(of: root.digest)
        // The first PUT is acknowledged and forgotten, as if another writer had replaced it at once.
        let script = BadRegistry(
            before: { request, seen in
                if request.target.contains("/referrers/") { return .reply(.init(404)) }
                let isTag = request.method == "PUT" && request.target.hasSuffix(tag.name)
                return isTag && seen == 0 ? .reply(.init(201)) : .passOn
            }, after: { _, reply in reply.headers["oci-subject"] = nil })
        try await house.serve(through: script) { client, port in
            let reference = try house.reference(port, "app:1")
            try await client.pushImage(root, from: house.store, to: reference)
            let bundle = try await house.attach("bundle", to: root, in: reference, client)
            #expect(
                try await client.referrers(of: root.digest, in: reference).map(\.digest) == [bundle.digest])
            #expect(script.requests.count { $0 == "PUT /v2/app/manifests/\(tag)" } == 2)
        }
    }

    @Test(arguments: ["/v2/app/tags/list", "/v2/app/referrers/"])
    func aListThatDoesNotEndIsNotTakenInHalves(_ list: String) async throws {
        let house = try ClientHouse()
        let root = try house.image(layerSize: 10)
        let script = BadRegistry(after: { request, reply in
            guard request.target.hasPrefix(list) else { return }
            reply.headers["link"] = "<\(request.target)>; rel=\"next\""
        })
        try await house.serve(through: script) { client, port in
            let reference = try house.reference(port, "app:1")
            try await client.pushImage(root, from: house.store, to: reference)
            await #expect(throws: DistributionError.self) {
                if list.contains("tags") {
                    _ = try await client.tags(of: reference)
                } else {
                    _ = try await client.referrers(of: root.digest, in: reference)
                }
            }
        }
    }

    @Test(arguments: ["absolute", "query"])
    func uploadPlaces(kind: String) async throws {
        let house = try ClientHouse()
        let root = try house.image()
        let state = "?_state=a%2Fb&token=1"
        let script = BadRegistry(
            before: { request, _ in
                // What the registry said must come back whole.
                let isUpload = request.method != "POST" && request.target.contains("/uploads/")
                return kind == "query" && isUpload && !request.target.contains(state)
                    ? .reply(.init(404)) : .passOn
            },
            after: { request, reply in
                guard let place = reply.headers["location"], place.contains("/uploads/") else { return }
                let origin = "http://\(request.headers["host"] ?? "")"
                reply.headers["location"] = kind == "query" ? place + state : origin + place
            })
        try await house.serve(through: script) { client, port in
            let reference = try house.reference(port, "app:1")
            #expect(try await client.pushImage(root, from: house.store, to: reference).moved == 5)
        }
    }

    @Test func uploadsAreNotSentToStrangers() async throws {
        let house = try ClientHouse()
        let root = try house.image(layerSize: 10)
        let script = BadRegistry(after: { _, reply in
            if reply.status == 202 { reply.headers["location"] = "http://192.0.2.7/v2/app/blobs/uploads/1" }
        })
        try await house.serve(through: script) { client, port in
            let reference = try house.reference(port, "app:1")
            await #expect {
                try await client.pushImage(root, from: house.store, to: reference)
            } throws: { "\($0)".contains("which is not followed") }
        }
    }

    @Test func aBrokenUploadBeginsAnew() async throws {
        let house = try ClientHouse()
        let root = try house.image()
        let patches = Atomic<Int>(0)
        let once = BadRegistry(before: { request, _ in
            guard request.method == "PATCH" else { return .passOn }
            return patches.add(1, ordering: .relaxed).newValue == 1 ? .hangUp : .passOn
        })
        try await house.serve(through: once) { client, port in
            let reference = try house.reference(port, "app:1")
            #expect(try await client.pushImage(root, from: house.store, to: reference).moved == 5)
            // Two large blobs, one of them twice, never into the session that had seen bytes.
            let sessions = once.requests.filter { $0.hasPrefix("PATCH") }
            #expect(sessions.count == 3 && Set(sessions).count == 3)
        }
        let always = BadRegistry(before: { request, _ in request.method == "PATCH" ? .hangUp : .passOn })
        try await house.serve(through: always) { client, port in
            let reference = try house.reference(port, "other:1")
            await #expect(throws: DistributionError.self) {
                try await client.pushImage(root, from: house.store, to: reference)
            }
            #expect(try await client.resolve(reference) == nil)
        }
    }

    @Test func passingTroubleIsTriedAgain() async throws {
        let house = try ClientHouse()
        let root = try house.image(layerSize: 10)
        let script = BadRegistry(before: { request, seen in
            seen == 0 && request.method != "POST" ? .reply(.init(503, ["retry-after": "0"])) : .passOn
        })
        try await house.serve(through: script) { client, port in
            let reference = try house.reference(port, "app:1")
            try await client.pushImage(root, from: house.store, to: reference)
            let layout = try ImageLayout.create(at: house.directory.path / "layout")
            #expect(try await client.pullImage(reference, into: layout).moved == 5)
        }
    }

    /// Each lie of a registry, and what is said of it.
    enum Lie: String, CaseIterable, Sendable {
        case blobByte = "has the digest"
        case blobEnd = "of 100000 bytes"
        case blobLength = "at most 100000"
        case manifestByte = "has the digest sha256"
        case tagDigest = "has the digest sha256:"
        case noManifest = "nothing says"
        case referrersShape = "the referrers of"
        case referrersCount = "at most 500"
        case errorPage = "429"

        func tell(_ request: BadRegistry.Request, _ reply: inout BadRegistry.Reply) {
            guard request.method == "GET" else { return }
            let isBlob = request.target.contains("/blobs/") && reply.body.count == 100_000
            let isManifest = request.target.contains("/manifests/")
            let isReferrers = request.target.contains("/referrers/")
            switch self {
            case .blobByte where isBlob: reply.body[49_999] ^= 1
            case .blobEnd where isBlob: reply.cut = 99_999
            case .blobLength where isBlob: reply.replaceBody(reply.body + [0])
            case .manifestByte where isManifest: reply.body[5] ^= 1
            case .tagDigest where isManifest:
                reply.headers["docker-content-digest"] = "sha256:\(String(repeating: "1", count: 64))"
            case .noManifest where isManifest: reply = .init(200, [:], Array("{}".utf8))
            case .referrersShape where isReferrers: reply.replaceBody(Array("[]".utf8))
            case .referrersCount where isReferrers:
                let many = (0..<501).map { Descriptor(Array("\($0)".utf8), mediaType: .imageManifest) }
                reply.replaceBody((try? CanonicalJSON.encode(ImageIndex(manifests: many))) ?? [])
            case .errorPage where isBlob:
                let text = #"{"errors":[{"code":"TOOMANYREQUESTS","message":"slow down"}]}"#
                reply = .init(429, ["retry-after": "0"], Array(text.utf8))
            default: break
            }
        }
    }

    @Test(arguments: Lie.allCases)
    func lies(lie: Lie) async throws {
        let house = try ClientHouse()
        let root = try house.image(layerSize: 100_000)
        let script = BadRegistry(after: { lie.tell($0, &$1) })
        try await house.serve(through: script) { client, port in
            let reference = try house.reference(port, "app:1")
            try await client.pushImage(root, from: house.store, to: reference)
            let layout = try ImageLayout.create(at: house.directory.path / "layout")
            await #expect {
                if lie == .noManifest { _ = try await client.manifest(reference) }
                try await client.pullImage(reference, into: layout)
            } throws: { error in
                let isSaid = "\(error)".contains(lie.rawValue)
                if !isSaid { Issue.record("said instead: \(error)") }
                return isSaid && error is DistributionError
            }
            // Nothing was listed, and nothing wrong was kept.
            #expect(try layout.index().manifests == [])
            for digest in try layout.blobs.digests() { _ = try layout.blobs.read(digest) }
        }
    }

    @Test func damageOnOurSideIsNotPushed() async throws {
        let house = try ClientHouse()
        let root = try house.image()
        let layer = try #require(try house.store.digests().first { house.store.size(of: $0) == 2_000_000 })
        let path = house.store.path(of: layer)
        try Tool.sh("printf xyz | dd of='\(path)' bs=1 seek=1000000 conv=notrunc 2>&1", in: "/")
        try await house.serve { client, port in
            let reference = try house.reference(port, "app:1")
            await #expect {
                try await client.pushImage(root, from: house.store, to: reference)
            } throws: { "\($0)".contains("\(layer)") }
            #expect(try await client.resolve(reference) == nil)
        }
    }
}

extension ScriptedHTTP.Reply {
    /// Another body, announced rightly.
    mutating func replaceBody(_ bytes: [UInt8]) {
        body = bytes
        headers["content-length"] = "\(bytes.count)"
    }
}
