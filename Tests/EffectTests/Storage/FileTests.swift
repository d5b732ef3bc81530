// SPDX-License-Identifier: Apache-2.0
import Glibc
import TestHouse
import Testing
import Vocabulary

@testable import Storage

@Suite struct FileTests {
    private let scratch: Scratch
    private var root: HostPath { HostPath(scratch.path) }

    init() throws { scratch = try Scratch() }

    private func text(_ script: String) throws -> String {
        String(decoding: try scratch.sh(script), as: UTF8.self)
    }

    @Test func replacesWithTheModeThatIsAsked() throws {
        try AtomicFile.replace(root / "key", with: Array("one".utf8), mode: 0o600)
        try AtomicFile.replace(root / "key", with: Array("two".utf8), mode: 0o640)
        #expect(try text("cat key; stat -c ' %a' key; ls -A") == "two 640\nkey\n")
    }

    @Test func createsOnlyWhereNothingIs() throws {
        #expect(try AtomicFile.create(root / "key", with: Array("one".utf8)))
        #expect(try !AtomicFile.create(root / "key", with: Array("two".utf8)))
        try scratch.sh("ln -s nowhere link")
        #expect(try !AtomicFile.create(root / "link", with: Array("two".utf8)))
        #expect(try text("cat key; ls -A") == "one" + "key\nlink\n")
    }

    /// As a child has it between fork and exec.
    @Test func aLockEndsThoughAnotherHoldsItsFileOpen() throws {
        let path = root / "lock"
        var lock: FileLock? = try FileLock(path, waiting: false)
        #expect(throws: StorageError.locked(path: path)) { try FileLock(path, waiting: false) }
        let descriptor = try text(
            "for fd in /proc/\(getpid())/fd/*; do [ \"$(readlink $fd)\" = $PWD/lock ] && basename $fd; done || true"
        )
        let copy = dup(try #require(Int32(descriptor.filter(\.isNumber))))
        defer { close(copy) }
        withExtendedLifetime(lock) {}
        lock = nil
        _ = try FileLock(path, waiting: false)
    }

    @Test func replacingALinkReplacesTheLink() throws {
        try scratch.sh("echo victim > victim; ln -s victim file")
        try AtomicFile.replace(root / "file", with: Array("new".utf8))
        #expect(try text("cat victim; cat file") == "victim\nnew")
    }

    @Test func sweepsWhatKilledWritersLeft() throws {
        try scratch.sh("echo half > .new-1-1-1; mkdir .new-keep")
        try AtomicFile.replace(root / "file", with: [])
        #expect(try text("ls -A") == ".new-keep\nfile\n")
    }

    @Test func aLockIsHeldByOne() throws {
        var first: FileLock? = try FileLock(root / "lock")
        #expect(throws: StorageError.locked(path: root / "lock")) {
            try FileLock(root / "lock", waiting: false)
        }
        withExtendedLifetime(first) {}
        first = nil
        _ = try FileLock(root / "lock", waiting: false)
        let directory = try FileLock(root)
        #expect(throws: StorageError.locked(path: root)) { try FileLock(root, waiting: false) }
        withExtendedLifetime(directory) {}
    }

    @Test func mapsFiles() throws {
        try scratch.sh("printf content > file; : > empty; mkdir directory")
        #expect(try MappedFile(root / "file").withUnsafeBytes { Array($0) } == Array("content".utf8))
        #expect(try MappedFile(root / "empty").count == 0)
        #expect(throws: StorageError.self) { try MappedFile(root / "directory") }
        #expect(throws: StorageError.self) { try MappedFile(root / "absent") }
    }

    @Test func removesTreesWithoutFollowingLinks() throws {
        try scratch.sh(
            """
            mkdir -p tree/a/b outside; echo keep > outside/file; ln -s ../outside tree/link
            ln -s ../../outside/file tree/a/link; echo x > tree/a/b/x; chmod 000 tree/a/b
            """)
        try HostDirectory.remove(root / "tree")
        try HostDirectory.remove(root / "tree")
        #expect(try text("ls; cat outside/file") == "outside\nkeep\n")
    }

    @Test func aTemporaryDirectoryGoesWithItsOwner() throws {
        var directory: TemporaryDirectory? = try TemporaryDirectory(in: root)
        let path = try #require(directory?.path)
        try scratch.sh("mkdir \(path)/a; echo x > \(path)/a/b")
        #expect(try text("stat -c %a \(path)") == "700\n")
        directory = nil
        #expect(try text("ls -A").isEmpty)
    }

    @Test func readsWithALimit() throws {
        try scratch.sh("printf 12345 > file; mkfifo pipe")
        #expect(try HostDirectory.read(root / "file", limit: 5) == Array("12345".utf8))
        #expect(throws: StorageError.tooLarge(path: root / "file", bytes: 5, limit: 4)) {
            try HostDirectory.read(root / "file", limit: 4)
        }
        #expect(throws: StorageError.self) { try HostDirectory.read(root / "pipe") }
        #expect(throws: StorageError.self) { try HostDirectory.read(root / "absent") }
    }

    @Test(arguments: [
        (["HOME": "/h"], "/h/.local/share/slipway", "/h/.cache/slipway", "/tmp"),
        (
            ["HOME": "/h", "XDG_DATA_HOME": "/d", "XDG_CACHE_HOME": "/c", "TMPDIR": "/t"], "/d/slipway",
            "/c/slipway", "/t"
        ),
        (
            ["HOME": "/h", "XDG_DATA_HOME": "relative", "TMPDIR": ""], "/h/.local/share/slipway",
            "/h/.cache/slipway", "/tmp"
        ),
    ])
    func findsItsDirectories(
        _ environment: [String: String], _ data: String, _ cache: String, _ temporary: String
    ) throws {
        let directories = try Directories(environment: environment)
        #expect(directories.data.text == data)
        #expect(directories.cache.text == cache)
        #expect(directories.temporary.text == temporary)
    }

    @Test func needsAHome() {
        #expect(throws: StorageError.noHome(variable: "XDG_CACHE_HOME")) {
            try Directories(environment: ["XDG_DATA_HOME": "/d"])
        }
        #expect(throws: StorageError.noHome(variable: "XDG_DATA_HOME")) { try Directories(environment: [:]) }
    }
}
