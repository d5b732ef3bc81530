// SPDX-License-Identifier: Apache-2.0
import Archives
import TestHouse
import Testing
import Vocabulary

@Suite struct TarWriterTests {
    private static func archive(_ entries: [(entry: TarEntry, content: [UInt8])]) throws -> [UInt8] {
        var writer = TarWriter(MemorySink())
        for (entry, content) in entries { try writer.append(entry, content: content) }
        try writer.finishArchive()
        return writer.sink.bytes
    }

    private static func headers(_ entry: TarEntry) throws -> [UInt8] {
        var writer = TarWriter(MemorySink())
        try writer.append(entry)
        return writer.sink.bytes
    }

    private static let golden: [(entry: TarEntry, content: [UInt8])] = [
        (TarEntry(path: "usr/bin/", kind: .directory, mode: 0o755, mtime: 1_700_000_000), []),
        (
            TarEntry(path: "usr/bin/hello", kind: .file, mode: 0o4755, size: 6, mtime: 1_700_000_000),
            Array("hello\n".utf8)
        ),
        (TarEntry(path: "usr/bin/hi", kind: .hardlink, mode: 0o4755, linkTarget: "usr/bin/hello"), []),
        (TarEntry(path: "bin", kind: .symlink, mode: 0o777, linkTarget: "usr/bin"), []),
        (TarEntry(path: "run/pipe", kind: .fifo, mode: 0o600, uid: 1000, gid: 1000, userName: "app"), []),
        (
            TarEntry(
                path: "far", kind: .file, mode: 0o640, uid: 4_294_967_294, gid: 2_097_152, size: 1, mtime: -1,
                xattrs: ["user.b": [0, 10, 61], "user.a": [255]]), [0x78]
        ),
    ]

    @Test func listsAsGNUTarSeesIt() throws {
        let tar = try Self.archive(Self.golden)
        let scratch = try Scratch()
        try scratch.write(tar, to: "a.tar")
        try TarListing.expect(Self.golden.map(\.entry), in: "a.tar", scratch)
        #expect(
            try TarListing.byTool("a.tar", in: scratch) == [
                "drwxr-xr-x 0/0 0 2023-11-14 22:13:20 usr/bin/",
                "-rwsr-xr-x 0/0 6 2023-11-14 22:13:20 usr/bin/hello",
                "hrwsr-xr-x 0/0 0 1970-01-01 00:00:00 usr/bin/hi link to usr/bin/hello",
                "lrwxrwxrwx 0/0 0 1970-01-01 00:00:00 bin -> usr/bin",
                "prw------- 1000/1000 0 1970-01-01 00:00:00 run/pipe",
                "-rw-r----- 4294967294/2097152 1 1969-12-31 23:59:59 far",
            ])
        let read = try TarListing.read(tar)
        #expect(read.map(\.entry) == Self.golden.map(\.entry))
        #expect(read.map(\.content) == Self.golden.map(\.content))
    }

    /// Other bytes for the same entries need another `TarWriter.version`: old segments must not be joined with new.
    @Test func bytesArePinned() throws {
        #expect(TarWriter.version == 1)
        let digest = ContentHasher.digest(of: try Self.archive(Self.golden))
        #expect(digest.hex == "db44041ac942dc7e51519eeb237f35ace50fde8bfa4d72feaacfbcef4f405c83")
    }

    @Test func paxHeadersStandOnlyWhereTheyMust() throws {
        func file(_ path: String) -> TarEntry { TarEntry(path: path, kind: .file, mode: 0o644) }
        func name(_ count: Int) -> String { String(repeating: "n", count: count) }
        var plain = [
            file(name(100)), file("\(name(155))/\(name(100))"), file("a/\(name(100))"), file("Főtanúsítvány"),
            TarEntry(path: "\(name(155))/\(name(99))", kind: .directory, mode: 0o755),
            TarEntry(path: "l", kind: .symlink, mode: 0o777, linkTarget: name(100)),
        ]
        var extended = [
            file(name(101)), file("\(name(156))/\(name(99))"), file("a/\(name(101))"),
            TarEntry(path: name(100), kind: .directory, mode: 0o755),
            TarEntry(path: "l", kind: .symlink, mode: 0o777, linkTarget: name(101)),
            file(String(repeating: "abc/", count: 200) + "f"),
        ]
        var base = file("f")
        func vary(_ change: (inout TarEntry) -> Void, into list: inout [TarEntry]) {
            base = file("f")
            change(&base)
            list.append(base)
        }
        vary({ ($0.uid, $0.gid) = (2_097_151, 2_097_151) }, into: &plain)
        vary({ $0.uid = 2_097_152 }, into: &extended)
        vary({ $0.gid = .max }, into: &extended)
        vary({ $0.mtime = 8_589_934_591 }, into: &plain)
        vary({ $0.mtime = 8_589_934_592 }, into: &extended)
        vary({ $0.mtime = -1 }, into: &extended)
        vary({ ($0.userName, $0.groupName) = (name(31), name(31)) }, into: &plain)
        vary({ $0.userName = name(32) }, into: &extended)
        vary({ $0.groupName = name(32) }, into: &extended)
        vary({ $0.xattrs = ["user.x": [1]] }, into: &extended)
        vary({ $0.size = 8_589_934_591 }, into: &plain)
        vary({ $0.size = 8_589_934_592 }, into: &extended)
        for (entries, blocks) in [(plain, 1...1), (extended, 3...8)] {
            for entry in entries {
                let bytes = try Self.headers(entry)
                #expect(blocks.contains(bytes.count / 512), "\(entry)")
                let reader = TarReader(MemorySource(bytes))
                var read = try #require(try reader.next())
                if entry.kind == .directory { read.path.removeLast() }
                #expect(read == entry)
            }
        }
    }

    /// A record's length counts its own digits: where those grow by one, too.
    @Test func recordLengthsAreRightAtEveryDigit() throws {
        for count in Array(1...110) + Array(960...1_000) + Array(9_960...10_000) {
            var entry = TarEntry(path: "f", kind: .file, mode: 0o644)
            entry.xattrs = ["user.x": [UInt8](repeating: 7, count: count)]
            let reader = TarReader(MemorySource(try Self.headers(entry)))
            #expect(try reader.next() == entry)
        }
    }

    @Test func whatATarCannotHoldIsRefused() throws {
        func expect(_ reason: String, _ entry: TarEntry) {
            #expect(throws: ArchiveError.unwritable(path: entry.path, reason: reason)) {
                _ = try Self.headers(entry)
            }
        }
        expect("it is a device", TarEntry(path: "d", kind: .characterDevice, mode: 0o600))
        expect("it is a device", TarEntry(path: "d", kind: .blockDevice, mode: 0o600))
        expect("it has no name", TarEntry(path: "", kind: .file, mode: 0))
        expect("a name holds a NUL", TarEntry(path: "a\0b", kind: .file, mode: 0))
        expect("a file's name ends in a slash", TarEntry(path: "a/", kind: .file, mode: 0))
        expect("a link without a target", TarEntry(path: "a", kind: .symlink, mode: 0))
        expect("only links have a target", TarEntry(path: "a", kind: .file, mode: 0, linkTarget: "b"))
        expect("a size of 1 for a directory", TarEntry(path: "a", kind: .directory, mode: 0, size: 1))
        expect("a size of -1 for a file", TarEntry(path: "a", kind: .file, mode: 0, size: -1))
        expect("mode 100644 has other bits", TarEntry(path: "a", kind: .file, mode: 0o100644))
        expect("its name was not UTF-8", TarEntry(path: "a", kind: .file, mode: 0, hasRepairedName: true))
        expect(
            "the extended attribute 'a=b' has no pax form",
            TarEntry(path: "a", kind: .file, mode: 0, xattrs: ["a=b": [1]]))
        var writer = TarWriter(MemorySink(), allowsDevices: true)
        let null = TarEntry(path: "dev/null", kind: .characterDevice, mode: 0o666, devMajor: 1, devMinor: 3)
        try writer.append(null, content: [])
        try writer.finishArchive()
        #expect(try TarListing.read(writer.sink.bytes).map(\.entry) == [null])
    }

    @Test func contentsMustBeAsLongAsAnnounced() throws {
        let entry = TarEntry(path: "f", kind: .file, mode: 0o644, size: 2)
        var writer = TarWriter(MemorySink())
        #expect(throws: ArchiveError.wrongEntrySize(path: "f", announced: 2, written: 1)) {
            try writer.append(entry, content: [1])
        }
        var other = TarWriter(MemorySink())
        #expect(throws: ArchiveError.wrongEntrySize(path: "f", announced: 2, written: 3)) {
            try other.append(entry, content: [1, 2, 3])
        }
    }

    @Test(arguments: 0..<6) func whateverIsWrittenIsReadByUsAndByGNUTar(seed: UInt64) throws {
        var random = SmallRandom(seed: seed)
        let entries = (0..<120).map { Self.entry($0, &random) }
        let tar = try Self.archive(entries)
        let read = try TarListing.read(tar)
        #expect(read.map(\.entry) == entries.map(\.entry))
        #expect(read.map(\.content) == entries.map(\.content))
        let scratch = try Scratch()
        try scratch.write(tar, to: "a.tar")
        try TarListing.expect(entries.map(\.entry), in: "a.tar", scratch)
        #expect(try Self.archive(entries) == tar)
    }

    private static func entry(
        _ number: Int, _ random: inout SmallRandom
    ) -> (entry: TarEntry, content: [UInt8]) {
        let letters = Array("abcxyz0189._-+é漢 ")
        func component(_ most: Int) -> String {
            let count = Int.random(in: 0..<most, using: &random)
            return "n" + String((0..<count).map { _ in letters[Int.random(in: 0..<17, using: &random)] })
                + "e"
        }
        func path() -> String {
            let count = Int.random(in: 1...5, using: &random)
            return (0..<count).map { _ in component(70) }.joined(separator: "/") + "\(number)"
        }
        func pick(_ values: [Int64]) -> Int64 { values[Int.random(in: 0..<values.count, using: &random)] }
        let kind: TarEntry.Kind = [.file, .file, .directory, .symlink, .hardlink, .fifo][
            Int.random(in: 0..<6, using: &random)]
        let size = kind == .file ? Int(pick([0, 1, 511, 512, 513, 70_000])) : 0
        var entry = TarEntry(
            path: path() + (kind == .directory ? "/" : ""), kind: kind,
            mode: UInt16.random(in: 0...0o7777, using: &random))
        entry.uid = UInt32(pick([0, 1, 2_097_151, 2_097_152, 4_294_967_295]))
        entry.gid = UInt32(pick([0, 1, 2_097_151, 2_097_152, 4_294_967_295]))
        if pick([0, 1]) == 1 { entry.userName = String(repeating: "u", count: Int(pick([2, 31, 32]))) }
        entry.size = Int64(size)
        entry.mtime = pick([0, 1, 1_700_000_000, 8_589_934_592, -7, 253_402_300_799])
        entry.linkTarget = kind == .symlink || kind == .hardlink ? path() : ""
        if pick([0, 0, 1]) == 1 { entry.xattrs["user.x"] = sampleBytes(Int(pick([1, 90, 999])), seed: 3) }
        return (entry, sampleBytes(size, seed: UInt64(number)))
    }
}
