// SPDX-License-Identifier: Apache-2.0
import Glibc
import TestHouse
import Testing
import Vocabulary

@testable import Storage

@Suite struct ContentStoreTests {
    private let scratch: Scratch
    private var root: HostPath { HostPath(scratch.path) / "store" }

    init() throws { scratch = try Scratch() }

    private func listing(_ path: String = "store") throws -> [String] {
        String(decoding: try scratch.sh("find \(path) -type f | sort"), as: UTF8.self).split(separator: "\n")
            .map(String.init)
    }

    @Test(arguments: [ContentStore.Durability.durable, .disposable], [false, true])
    func keepsBlobsByDigest(_ durability: ContentStore.Durability, _ named: Bool) throws {
        let store = try ContentStore(at: root, durability, namedTemporaries: named)
        let content = Array("hello".utf8)
        let digest = try store.write(content)
        #expect(digest == ContentHasher.digest(of: content))
        #expect(try store.write(content) == digest)
        #expect(store.contains(digest) && store.size(of: digest) == 5)
        #expect(try store.read(digest, limit: 5) == content)
        #expect(try listing() == ["store/blobs/sha256/\(digest.hex)"])
        #expect(try store.digests() == [digest])
        try store.sync()
        try store.remove(digest)
        try store.remove(digest)
        #expect(!store.contains(digest))
        #expect(throws: StorageError.missing(digest, store: root)) { try store.read(digest) }
    }

    @Test(arguments: [false, true]) func nothingIsVisibleBeforeTheEnd(_ named: Bool) throws {
        let store = try ContentStore(at: root, .durable, namedTemporaries: named)
        var writer: BlobWriter? = try store.writer()
        try writer?.write([UInt8](repeating: 7, count: 20 << 20))
        #expect(try store.digests().isEmpty)
        writer = nil
        #expect(try listing().isEmpty)
    }

    @Test(arguments: [false, true]) func refusesOtherBytesThanExpected(_ named: Bool) throws {
        let store = try ContentStore(at: root, .disposable, namedTemporaries: named)
        let expected = ContentHasher.digest(of: "this")
        let found = ContentHasher.digest(of: "that")
        let writer = try store.writer()
        try writer.write(Array("that".utf8))
        #expect(throws: StorageError.unexpected(expected, found: found)) {
            try writer.finish(expecting: expected)
        }
        #expect(try store.digests().isEmpty)
    }

    @Test(arguments: ["helloo", "hell", "hullo", ""])
    func noticesDamageAndHeals(_ damage: String) throws {
        for durability in [ContentStore.Durability.durable, .disposable] {
            let store = try ContentStore(at: root / "\(durability)", durability)
            let digest = try store.write(Array("hello".utf8))
            let path = store.path(of: digest)
            try scratch.sh("printf '%s' '\(damage)' > \(path)")
            let dropped = durability == .disposable
            let damaged = StorageError.damaged(
                digest, found: ContentHasher.digest(of: damage), path: path, dropped: dropped)
            #expect(throws: damaged) { try store.read(digest) }
            #expect(store.contains(digest) != dropped)
            // Written again, the right bytes are there, whatever stood there before.
            let writer = try store.writer()
            try writer.write(Array("hello".utf8))
            _ = try writer.finish()
            #expect(try store.read(digest) == Array("hello".utf8))
        }
    }

    @Test(arguments: [ContentStore.Durability.durable, .disposable])
    func writingAgainHealsADamagedBlob(_ durability: ContentStore.Durability) throws {
        let store = try ContentStore(at: root, durability)
        let digest = try store.write(Array("hello".utf8))
        try scratch.sh("chmod u+w '\(store.path(of: digest))'; printf jello >'\(store.path(of: digest))'")
        #expect(try store.write(Array("hello".utf8)) == digest)
        #expect(try store.read(digest) == Array("hello".utf8))
    }

    @Test func aReaderThatStopsEarlyVerifiesWhenItDrains() throws {
        let store = try ContentStore(at: root, .durable)
        let digest = try store.write([UInt8](repeating: 1, count: 300_000))
        try scratch.sh("printf x | dd of=\(store.path(of: digest)) bs=1 seek=299999 conv=notrunc status=none")
        let reader = try store.reader(of: digest)
        var piece = [UInt8](repeating: 0, count: 1000)
        #expect(try piece.withUnsafeMutableBytes { try reader.read(into: $0) } == 1000)
        #expect(throws: StorageError.self) { try reader.drain() }
    }

    @Test func limitsWhatItReads() throws {
        let store = try ContentStore(at: root, .durable)
        let digest = try store.write([UInt8](repeating: 1, count: 100))
        let tooLarge = StorageError.tooLarge(path: store.path(of: digest), bytes: 100, limit: 99)
        #expect(throws: tooLarge) { try store.read(digest, limit: 99) }
    }

    @Test func doesNotReadThroughLinks() throws {
        let store = try ContentStore(at: root, .durable)
        let digest = ContentHasher.digest(of: "secret")
        try scratch.sh("printf secret > outside; ln -s ../../../outside \(store.path(of: digest))")
        #expect(!store.contains(digest))
        #expect(throws: StorageError.self) { try store.read(digest) }
        try scratch.sh("rm \(store.path(of: digest)); mkfifo \(store.path(of: digest))")
        #expect(throws: StorageError.self) { try store.read(digest) }
    }

    /// What a killed process left is swept; what a living one writes is not.
    @Test func sweepsWhatTheDeadLeft() throws {
        let store = try ContentStore(at: root, .durable, namedTemporaries: true)
        let alive = try store.writer()
        try alive.write(Array("alive".utf8))
        try scratch.sh("printf dead > store/blobs/sha256/.new-1-1-1")
        let again = try ContentStore(at: root, .durable, namedTemporaries: true)
        #expect(try listing().count == 1)
        let digest = try alive.finish().digest
        #expect(try again.read(digest) == Array("alive".utf8))
        #expect(try listing().count == 1)
    }

    @Test func manyWritersOfTheSameBlobAgree() async throws {
        let root = root
        let content = [UInt8](repeating: 9, count: 1 << 20)
        let workers = WorkerThreads(count: 8)
        let digests = try await workers.map(Array(0..<16), atMost: 8) { number in
            let store = try ContentStore(at: root, .durable, namedTemporaries: number % 2 == 0)
            let writer = try store.writer()
            try writer.write(content)
            return try writer.finish(expecting: ContentHasher.digest(of: content)).digest
        }
        #expect(Set(digests).count == 1)
        #expect(try listing().count == 1)
        #expect(try ContentStore(at: root, .durable).read(digests[0]) == content)
    }

    @Test func aCacheMustBeItsUsersOwn() throws {
        _ = try ContentStore(at: root, .disposable)
        #expect(String(decoding: try scratch.sh("stat -c %a store"), as: UTF8.self) == "700\n")
        try scratch.sh("chmod 755 store")
        _ = try ContentStore(at: root, .disposable)
        #expect(String(decoding: try scratch.sh("stat -c %a store"), as: UTF8.self) == "700\n")
        try scratch.sh("chmod 777 store")
        #expect(throws: StorageError.self) { try ContentStore(at: root, .disposable) }
        try scratch.sh("chmod 700 store")
        if geteuid() == 0 {
            try scratch.sh("chown 12345 store")
            let refused = StorageError.notPrivate(
                path: root, reason: "it belongs to user 12345, not to 0")
            #expect(throws: refused) { try ContentStore(at: root, .disposable) }
        }
    }

    @Test func digestsOfOtherAlgorithmsAreNotThere() throws {
        let store = try ContentStore(at: root, .durable)
        let other = Digest(.sha512, bytes: [UInt8](repeating: 0, count: 64))
        #expect(!store.contains(other))
        #expect(throws: StorageError.unsupportedAlgorithm(other)) { try store.read(other) }
    }
}
