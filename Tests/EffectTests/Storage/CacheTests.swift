// SPDX-License-Identifier: Apache-2.0
import TestHouse
import Testing
import Vocabulary

@testable import Storage

@Suite struct CacheTests {
    private struct Interrupted: Error {}
    private let scratch: Scratch
    private let cache: Cache
    private let key = ContentHasher.digest(of: "key")

    init() throws {
        scratch = try Scratch()
        cache = try Cache(at: HostPath(scratch.path) / "cache")
    }

    private func publish(_ kind: String, _ name: String, _ size: Int) throws {
        try cache.publish(kind, ContentHasher.digest(of: name)) {
            try $0.write([UInt8](repeating: 1, count: size))
        }
    }

    @Test func givesBackWhatWasPublished() throws {
        #expect(cache.entry("segments", key) == nil)
        let path = try cache.publish("segments", key) { try $0.write(Array("first".utf8)) }
        #expect(cache.entry("segments", key) == path)
        #expect(cache.entry("indexes", key) == nil)
        try cache.publish("segments", key) { try $0.write(Array("second".utf8)) }
        #expect(try HostDirectory.read(path) == Array("second".utf8))
        cache.discard("segments", key)
        #expect(cache.entry("segments", key) == nil)
    }

    /// How a run goes on whose own cache refuses to be written to.
    @Test func aCacheOverAnotherReadsBothAndWritesOne() throws {
        let old = try cache.publish("segments", key) { try $0.write(Array("old".utf8)) }
        let blob = try cache.blobs.write(Array("blob".utf8))
        let upper = try Cache(at: HostPath(scratch.path) / "upper", over: cache)
        #expect(upper.entry("segments", key) == old)
        #expect(try upper.blobs.read(blob) == Array("blob".utf8) && upper.blobs.size(of: blob) == 4)
        let before = try scratch.sh("find cache | sort")
        let new = try upper.publish("segments", key) { try $0.write(Array("new".utf8)) }
        let other = try upper.blobs.write(Array("other".utf8))
        #expect(upper.entry("segments", key) == new && cache.entry("segments", key) == old)
        #expect(upper.blobs.contains(other) && !cache.blobs.contains(other))
        #expect(try scratch.sh("find cache | sort") == before)
        #expect(throws: StorageError.missing(key, store: cache.root)) { try upper.blobs.read(key) }
    }

    @Test func knowsWhatARefusedWriteIs() {
        let root = HostPath("/c/slipway")
        #expect(StorageError.full(path: root / "entries").isRefusedWrite(below: root))
        #expect(StorageError.system(doing: "", path: root / "x", code: 30).isRefusedWrite(below: root))
        #expect(!StorageError.full(path: HostPath("/c/slipway-2")).isRefusedWrite(below: root))
        #expect(!StorageError.system(doing: "", path: root / "x", code: 2).isRefusedWrite(below: root))
        #expect(!StorageError.locked(path: root / "x").isRefusedWrite(below: root))
    }

    @Test func aFailedPublisherLeavesNothing() throws {
        #expect(throws: Interrupted.self) {
            try cache.publish("segments", key) { file in
                try file.write([UInt8](repeating: 1, count: 1 << 20))
                throw Interrupted()
            }
        }
        #expect(cache.entry("segments", key) == nil)
        #expect(try scratch.sh("find cache -type f").isEmpty)
    }

    /// What a power cut can leave of files that were never synced.
    @Test(arguments: ["truncate -s 3", "truncate -s 0", "rm"])
    func aTornEntryIsNoEntry(_ accident: String) throws {
        let path = try cache.publish("segments", key) { try $0.write(Array("content".utf8)) }
        for victim in [path.text, "\(path).seal"] {
            try scratch.sh("\(accident) \(victim)")
            #expect(cache.entry("segments", key) == nil)
            try cache.publish("segments", key) { try $0.write(Array("content".utf8)) }
            #expect(cache.entry("segments", key) == path)
        }
    }

    @Test func countsByKind() throws {
        try publish("segments", "a", 1000)
        try publish("segments", "b", 500)
        try publish("indexes", "c", 10)
        _ = try cache.blobs.write([UInt8](repeating: 7, count: 77))
        let usage = try cache.usage()
        #expect(
            usage == [
                .init(kind: "blobs", entries: 1, bytes: 77), .init(kind: "indexes", entries: 1, bytes: 10),
                .init(kind: "segments", entries: 2, bytes: 1500),
            ])
    }

    @Test func prunesWhatWasNotUsedForLongest() throws {
        for name in ["a", "b", "c", "d"] { try publish("segments", name, 100) }
        let blob = try cache.blobs.write([UInt8](repeating: 7, count: 100))
        let entries = "cache/entries/segments"
        for (age, name) in ["b", "a", "c", "d"].enumerated() {
            try scratch.sh(
                "touch -a -d '2020-01-0\(age + 1)' \(entries)/\(ContentHasher.digest(of: name).hex)")
        }
        try scratch.sh("touch -a -d '2020-01-02 12:00' \(cache.blobs.path(of: blob))")
        // Used now: the oldest becomes the youngest.
        #expect(cache.entry("segments", ContentHasher.digest(of: "b")) != nil)
        #expect(try cache.prune(to: 250) == 300)
        let left = ["a", "b", "c", "d"].filter {
            cache.entry("segments", ContentHasher.digest(of: $0)) != nil
        }
        #expect(left == ["b", "d"])
        #expect(!cache.blobs.contains(blob))
        #expect(try cache.prune(to: 0) == 200)
        #expect(try scratch.sh("find cache -type f").isEmpty)
    }

    @Test func usingABlobKeepsItLonger() throws {
        let old = try cache.blobs.write(Array("old".utf8))
        let young = try cache.blobs.write(Array("new".utf8))
        try scratch.sh("touch -a -d 2020-01-01 \(cache.blobs.path(of: old))")
        try scratch.sh("touch -a -d 2021-01-01 \(cache.blobs.path(of: young))")
        _ = try cache.blobs.read(old)
        try cache.prune(to: 3)
        #expect(cache.blobs.contains(old) && !cache.blobs.contains(young))
    }

    @Test func pruningSweepsWhatTheDeadLeft() throws {
        try publish("segments", "a", 10)
        try scratch.sh(
            "printf x > cache/entries/segments/.new-9-9-9; printf 5 > cache/entries/segments/\(key.hex).seal")
        try cache.prune(to: 1000)
        #expect(
            try String(decoding: scratch.sh("ls -A cache/entries/segments | wc -l"), as: UTF8.self) == "2\n")
    }
}
