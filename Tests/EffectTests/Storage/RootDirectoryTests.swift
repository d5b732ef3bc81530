// SPDX-License-Identifier: Apache-2.0
import Storage
import TestHouse
import Testing
import Vocabulary

@Suite struct RootDirectoryTests {
    private let scratch: Scratch
    private let root: RootDirectory

    init() throws {
        scratch = try Scratch()
        root = try RootDirectory.create(HostPath(scratch.path) / "root")
    }

    private func path(_ text: String) throws -> ImagePath { try #require(ImagePath(text)) }

    @Test func writesAndReadsATree() throws {
        try root.makeDirectory(path("a"))
        let file = try root.makeFile(path("a/file"))
        try file.write(Array("hello".utf8))
        try file.flush()
        try root.makeSymbolicLink(path("a/link"), to: "../etc/passwd")
        try root.makeHardLink(path("a/hard"), to: path("a/file"))
        try root.makePipe(path("a/pipe"))
        try root.setAttributes(path("a/file"), mode: 0o4755, uid: 7, gid: 8, mtime: 1_000_000)
        let status = try #require(try root.status(of: path("a/hard")))
        #expect(status.mode == 0o4755 && status.size == 5 && status.mtime == 1_000_000 && status.links == 2)
        #expect(status.identity == (try root.status(of: path("a/file")))?.identity)
        #expect(try root.target(of: path("a/link")) == "../etc/passwd")
        #expect(try root.names(in: path("a")) == ["file", "hard", "link", "pipe"])
        #expect(try root.reader(of: path("a/file")).readAll(limit: 10) == Array("hello".utf8))
        #expect(try root.status(of: path("b/c")) == nil)
        try root.remove(path("a"))
        #expect(try root.names(in: .root).isEmpty)
    }

    @Test func followsNoLink() throws {
        try scratch.sh(
            "mkdir outside; echo secret > outside/file; ln -s ../outside root/link; ln -s ../outside/file root/file"
        )
        let inside = StorageError.passesThroughLink(try path("link"), root: root.path)
        #expect(throws: inside) { try root.makeFile(path("link/new")) }
        #expect(throws: inside) { try root.makeDirectory(path("link/new")) }
        #expect(throws: inside) { try root.remove(path("link/file")) }
        #expect(throws: inside) { try root.reader(of: path("link/file")) }
        #expect(throws: inside) { try root.names(in: path("link")) }
        #expect(throws: StorageError.self) { try root.reader(of: path("file")) }
        #expect(throws: StorageError.self) { try root.makeFile(path("file")) }
        try root.setAttributes(path("file"), mode: 0o777, uid: 7, gid: 7, mtime: 5)
        #expect(
            String(decoding: try scratch.sh("stat -c %a-%u outside/file"), as: UTF8.self).hasPrefix("644-"))
        try root.remove(path("link"))
        try root.remove(path("file"))
        #expect(String(decoding: try scratch.sh("cat outside/file"), as: UTF8.self) == "secret\n")
    }
}
