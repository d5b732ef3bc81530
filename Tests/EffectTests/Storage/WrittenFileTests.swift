// SPDX-License-Identifier: Apache-2.0

import Storage
import TestHouse
import Testing
import Vocabulary

@Suite struct WrittenFileTests {
    private struct Stop: Error {}

    @Test("a file that is written in pieces appears whole, or the old one stays")
    func atomic() throws {
        let scratch = try Scratch()
        let path = HostPath("\(scratch.path)/file")
        try scratch.write(Array("old".utf8), to: "file")
        #expect(throws: Stop.self) {
            try AtomicFile.write(path) { file in
                try file.write(Array("half".utf8))
                throw Stop()
            }
        }
        #expect(try HostDirectory.read(path) == Array("old".utf8))
        try AtomicFile.write(path, mode: 0o600) {
            for text in ["new", " text"] { try $0.write(Array(text.utf8)) }
        }
        #expect(try HostDirectory.read(path) == Array("new text".utf8))
        #expect(String(decoding: try scratch.sh("stat -c %a file; ls -A"), as: UTF8.self) == "600\nfile\n")
    }

    @Test("a spool is read from its beginning, and leaves nothing")
    func spool() throws {
        let scratch = try Scratch()
        do {
            let spool = try SpoolFile(in: HostPath(scratch.path))
            for _ in 0..<3 { try Array("abc".utf8).withUnsafeBytes { try spool.write($0) } }
            #expect(try spool.reader().readAll(limit: 100) == Array("abcabcabc".utf8))
            #expect(spool.byteCount == 9 && spool.digest == ContentHasher.digest(of: "abcabcabc"))
        }
        #expect(try scratch.sh("ls -A") == [])
    }

    @Test(
        "a stamp changes with whatever is done to a file",
        arguments: [
            "printf x | dd of=file bs=1 conv=notrunc 2>/dev/null; touch -d @1000 file",
            "cp -p file other; mv other file",
            "printf more >>file",
        ])
    func stamp(change: String) throws {
        let scratch = try Scratch()
        try scratch.sh("printf text >file; touch -d @1000 file")
        let path = HostPath("\(scratch.path)/file")
        let before = try #require(try FileStamp.of(path))
        #expect(try FileStamp.of(path) == before)
        try scratch.sh(change)
        #expect(try FileStamp.of(path) != before)
        try scratch.sh("ln -s file link")
        #expect(try FileStamp.of(HostPath("\(scratch.path)/link")) == nil)
    }

    @Test(
        "extended attributes come back, and none is an empty list",
        .enabled(
            if: (try? Scratch().sh("python3 -c 'import os; os.setxattr(\".\", \"user.a\", b\"\")'")) != nil,
            "needs a file system with attributes, and python3 to see that"))
    func attributes() throws {
        let scratch = try Scratch()
        try scratch.sh(": >file; mkdir folder")
        let root = try RootDirectory(HostPath(scratch.path))
        let (file, folder) = (try #require(ImagePath("file")), try #require(ImagePath("folder")))
        #expect(try root.extendedAttributes(of: file) == [:])
        #expect(try root.setExtendedAttribute(file, "user.one", to: [1, 2, 3]))
        #expect(try root.setExtendedAttribute(folder, "user.two", to: [4]))
        #expect(try root.extendedAttributes(of: file) == ["user.one": [1, 2, 3]])
        #expect(try root.extendedAttributes(of: folder) == ["user.two": [4]])
    }
}
