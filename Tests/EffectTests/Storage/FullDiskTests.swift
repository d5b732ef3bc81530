// SPDX-License-Identifier: Apache-2.0
import Glibc
import TestHouse
import Testing
import Vocabulary

@testable import Storage

/// A real file system of 256 KiB, mounted for one test; only root may.
@Suite(.enabled(if: geteuid() == 0, "mounting a small file system needs root"))
struct FullDiskTests {
    private func withSmallDisk(_ body: (Scratch, HostPath) throws -> Void) throws {
        let scratch = try Scratch()
        try scratch.sh("mkdir disk && mount -t tmpfs -o size=256k slipway-test disk")
        defer { _ = try? scratch.sh("umount disk") }
        try body(scratch, HostPath(scratch.path) / "disk")
    }

    private func files(_ scratch: Scratch) throws -> String {
        String(decoding: try scratch.sh("cd disk; find . -type f | sort"), as: UTF8.self)
    }

    @Test(arguments: [false, true]) func aBlobThatDoesNotFitLeavesNothing(_ named: Bool) throws {
        try withSmallDisk { scratch, disk in
            let store = try ContentStore(at: disk / "store", .durable, namedTemporaries: named)
            let kept = try store.write(Array("small".utf8))
            do {
                let writer = try store.writer()
                #expect {
                    for _ in 0..<16 { try writer.write([UInt8](repeating: 1, count: 128 << 10)) }
                    _ = try writer.finish()
                } throws: { error in
                    if case StorageError.full = error { "\(error)".contains("no space left") } else { false }
                }
            }
            #expect(try files(scratch) == "./store/blobs/sha256/\(kept.hex)\n")
            // The space is free again.
            _ = try store.write([UInt8](repeating: 2, count: 128 << 10))
        }
    }

    @Test func aFullDiskKeepsTheOldFile() throws {
        try withSmallDisk { scratch, disk in
            try AtomicFile.replace(disk / "tag", with: Array("old".utf8))
            #expect(throws: StorageError.full(path: disk)) {
                try AtomicFile.replace(disk / "tag", with: [UInt8](repeating: 1, count: 1 << 20))
            }
            #expect(try HostDirectory.read(disk / "tag") == Array("old".utf8))
            #expect(try files(scratch) == "./tag\n")
        }
    }

    @Test func aFullDiskKeepsTheCacheWhole() throws {
        try withSmallDisk { scratch, disk in
            let cache = try Cache(at: disk / "cache")
            let key = ContentHasher.digest(of: "key")
            try cache.publish("segments", key) { try $0.write(Array("old".utf8)) }
            #expect(throws: StorageError.self) {
                try cache.publish("segments", key) { try $0.write([UInt8](repeating: 1, count: 1 << 20)) }
            }
            let entry = try #require(cache.entry("segments", key))
            #expect(try HostDirectory.read(entry) == Array("old".utf8))
        }
    }
}
