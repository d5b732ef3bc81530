// SPDX-License-Identifier: Apache-2.0

import Archives
import TestHouse
import Testing
import Vocabulary

/// What the writers write, read by the field's own tools.
@Suite struct MemberWriterTests {
    /// More than one chunk of the compressors, and not all alike.
    private static let text: [UInt8] = (0..<3_000_000).map {
        UInt8(truncatingIfNeeded: $0 / 7 &* 31 ^ $0 >> 9)
    }

    @Test(arguments: [0, 1, 1 << 20, 3_000_000])
    func gzip(count: Int) throws {
        let scratch = try Scratch()
        let text = Array(Self.text[..<count])
        try scratch.write(try GzipMemberWriter.member(of: text), to: "file.gz")
        #expect(try scratch.sh("gzip -dc file.gz") == text)
        #expect(try scratch.sh("head -c 10 file.gz") == [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255])
    }

    @Test("two members of one writer are two members")
    func twice() throws {
        var writer = GzipMemberWriter(MemorySink())
        for text in ["first", "second"] {
            try writer.write(Array(text.utf8))
            try writer.finish()
        }
        let alone = try ["first", "second"].map { try GzipMemberWriter.member(of: Array($0.utf8)) }
        #expect(writer.sink.bytes == alone[0] + alone[1])
    }

    @Test(arguments: [0, 1, 3_000_000])
    func xz(count: Int) throws {
        let scratch = try Scratch()
        let text = Array(Self.text[..<count])
        let writer = try XzWriter(MemorySink())
        for start in stride(from: 0, to: count, by: 700_000) {
            try Array(text[start..<min(count, start + 700_000)]).withUnsafeBytes { try writer.write($0) }
        }
        try writer.finish()
        try scratch.write(writer.sink.bytes, to: "file.xz")
        #expect(try scratch.sh("xz -dc file.xz") == text)
    }

    @Test func ar() throws {
        let scratch = try Scratch()
        var writer = try ArWriter(MemorySink())
        for (name, text) in [("debian-binary", "2.0\n"), ("odd", "abc"), ("last", "x")] {
            try writer.append(ArMember(name: name, size: Int64(text.utf8.count)), mtime: 1_750_000_000)
            try Array(text.utf8).withUnsafeBytes { try writer.write($0) }
        }
        try writer.finish()
        try scratch.write(writer.sink.bytes, to: "file.a")
        let report = String(
            decoding: try scratch.sh("ar t file.a; ar p file.a odd; stat -c ' %s' file.a"), as: UTF8.self)
        #expect(report == "debian-binary\nodd\nlast\nabc 198\n")
        #expect(throws: ArchiveError.self) {
            try writer.append(ArMember(name: "a name that is too long", size: 0), mtime: 0)
        }
    }
}
