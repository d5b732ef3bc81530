// SPDX-License-Identifier: Apache-2.0

import TestHouse
import Testing
import Vocabulary

@testable import Archives

/// Zip files, made by Python's zipfile and then broken.
@Suite struct ZipReaderTests {
    private static let prelude = """
        import io, struct, sys, zipfile
        out = io.BytesIO()
        def info(name, mode=0o100644, host=3, time=(2024, 5, 6, 7, 8, 10)):
            i = zipfile.ZipInfo(name, time); i.create_system = host; i.external_attr = mode << 16
            i.compress_type = zipfile.ZIP_DEFLATED; return i
        z = zipfile.ZipFile(out, 'w', zipfile.ZIP_DEFLATED)
        def add(name, data=b'x', **more): z.writestr(info(name, **more), data)
        """

    /// What the script adds with `add`, and what it makes of the file's bytes `b` afterwards.
    private static func zip(_ adding: String, then change: String = "") throws -> [UInt8] {
        let scratch = try Scratch()
        try scratch.sh(
            """
            cat >make.py <<'END'
            \(prelude)
            \(adding)
            z.close()
            b = bytearray(out.getvalue())
            \(change)
            open('a.zip', 'wb').write(b)
            END
            python3 -W ignore make.py
            """)
        return try scratch.read("a.zip")
    }

    private static func listing(_ bytes: [UInt8], limits: ZipLimits = ZipLimits()) throws -> [String] {
        let reader = try ZipReader(bytes, limits: limits)
        var lines: [String] = []
        while let entry = try reader.next() {
            var content = MemorySink()
            try reader.forEachPiece(of: 7) { content.write($0) }
            lines.append(
                "\(entry.kind.rawValue) \(String(entry.mode, radix: 8)) \(entry.path) \(entry.mtime) "
                    + (entry.kind == .symlink
                        ? "-> \(entry.linkTarget)" : String(decoding: content.bytes, as: UTF8.self)))
        }
        return lines
    }

    @Test func filesFoldersLinksAndModesAreRead() throws {
        let bytes = try Self.zip(
            """
            add('a-1/', b'', mode=0o040755)
            add('a-1/run', b'#!/bin/sh\\n' * 3, mode=0o100755)
            add('a-1/link', b'run', mode=0o120777)
            add('a-1/dos', b'plain', mode=0, host=0)
            i = info('a-1/stored'); i.compress_type = zipfile.ZIP_STORED; z.writestr(i, b'as it is')
            add('a-1/ä', b'')
            z.comment = b'PK\\x05\\x06 a comment that looks like an end'
            """)
        let time = 1_714_979_290
        #expect(
            try Self.listing(bytes) == [
                "directory 755 a-1/ \(time) ", "file 755 a-1/run \(time) #!/bin/sh\n#!/bin/sh\n#!/bin/sh\n",
                "symlink 777 a-1/link \(time) -> run", "file 644 a-1/dos \(time) plain",
                "file 644 a-1/stored \(time) as it is", "file 644 a-1/ä \(time) ",
            ])
    }

    @Test func theTimeOfTheExtendedFieldWins() throws {
        let bytes = try Self.zip(
            "i = info('a'); i.extra = struct.pack('<HHBi', 0x5455, 5, 1, 1000000000); z.writestr(i, b'')")
        #expect(try Self.listing(bytes) == ["file 644 a 1000000000 "])
    }

    @Test(arguments: [
        ("a byte of the content", "b[b.index(b'hello') + 1] ^= 1"), ("no end record", "del b[-22:]"),
        ("cut in the middle", "del b[len(b) // 2:]"), ("something after the end", "b += b'x'"),
        ("something before the beginning", "b = bytearray(b'MZ') + b"), ("nothing", "b = bytearray()"),
        ("another name before the data", "b[30:31] = b'X'"),
        ("a size that is not its own", "p = b.index(b'PK\\x01\\x02'); b[p + 24] ^= 1; b[p + 20] ^= 1"),
        ("encryption", "p = b.index(b'PK\\x01\\x02'); b[p + 8] |= 1"),
        ("a method that is not read", "p = b.index(b'PK\\x01\\x02'); b[p + 10] = 14"),
        ("a zip64 entry", "p = b.index(b'PK\\x01\\x02'); b[p + 42:p + 46] = b'\\xff' * 4"),
        ("a device", "p = b.index(b'PK\\x01\\x02'); b[p + 38:p + 42] = struct.pack('<I', 0o020644 << 16)"),
        (
            "data that reach into the directory",
            "p = b.index(b'PK\\x01\\x02'); b[p + 20:p + 28] = struct.pack('<II', 9000, 9000)"
        ),
        ("a directory that is elsewhere", "b[-6] ^= 1"),
        ("more entries than there are", "b[-12] = b[-14] = 9"),
        ("fewer entries than there are", "b[-12] = b[-14] = 1"), ("two disks", "b[-18] = 1"),
    ])
    func whatIsDamagedIsRefused(_ name: String, _ change: String) throws {
        let bytes = try Self.zip(
            "i = info('a'); i.compress_type = zipfile.ZIP_STORED; z.writestr(i, b'hello'); add('b')",
            then: change)
        #expect(throws: ArchiveError.self, "\(name)") { try Self.listing(bytes) }
    }

    @Test func twoEntriesThatShareTheirDataAreRefused() throws {
        let bytes = try Self.zip(
            "add('a', b'0' * 1000); add('b', b'1')",
            then: """
                p = b.index(b'PK\\x01\\x02'); n = b.index(b'PK\\x01\\x02', p + 4)
                first = b[p:n]; b[n:n + len(first)] = first
                """)
        let error = #expect(throws: ArchiveError.self) { try Self.listing(bytes) }
        #expect(error?.description.contains("share their data") == true)
    }

    @Test func aBombIsStopped() throws {
        // 40 MB that are some bytes only, by a size that is not true.
        let lying = try Self.zip(
            "add('a', bytes(40 << 20))",
            then: "p = b.index(b'PK\\x01\\x02'); b[p + 24:p + 28] = struct.pack('<I', 100)")
        #expect(throws: ArchiveError.self) { try Self.listing(lying) }
        let many = try Self.zip("for n in range(2000): add(str(n))")
        var limits = ZipLimits()
        limits.entries = 1000
        #expect(throws: ArchiveError.limitExceeded(.zip, .entries, allowed: 1000)) {
            try Self.listing(many, limits: limits)
        }
        let large = try Self.zip("for n in range(4): add(str(n), bytes(1 << 20))")
        limits = ZipLimits()
        limits.totalBytes = 3 << 20
        #expect(throws: ArchiveError.limitExceeded(.zip, .totalBytes, allowed: 3 << 20)) {
            try Self.listing(large, limits: limits)
        }
        limits = ZipLimits()
        limits.ratio = 100
        let dense = try Self.zip("add('a', bytes(40 << 20))")
        #expect(throws: ArchiveError.limitExceeded(.zip, .ratio, allowed: 100)) {
            try Self.listing(dense, limits: limits)
        }
    }

    @Test func everyByteThatIsChangedIsFoundOrMeansTheSame() throws {
        let bytes = try Self.zip(
            "add('a/', b'', mode=0o040755); add('a/b', b'hello ' * 20); add('c', b'a/b', mode=0o120777)")
        for place in bytes.indices {
            var changed = bytes
            changed[place] ^= 0x41
            // Nothing but an error may come of it, and no trap.
            _ = try? Self.listing(changed)
        }
        for length in 0..<bytes.count {
            #expect(throws: ArchiveError.self, "\(length)") { try Self.listing(Array(bytes[..<length])) }
        }
    }

    @Test(arguments: ["gz", "bz2", "xz", "tar", "zip"])
    func aReleaseIsOpenedByWhatItsFirstBytesSay(_ form: String) throws {
        let scratch = try Scratch()
        try scratch.sh(
            """
            mkdir a; echo hello >a/b; tar -cf r.tar --mtime=@1700000000 a
            case \(form) in
                gz) gzip -c r.tar;; xz) xz -c r.tar;; tar) cat r.tar;;
                bz2) python3 -c 'import bz2, sys; sys.stdout.buffer.write(bz2.compress(open("r.tar", "rb").read()))';;
                zip) python3 -c 'import shutil; shutil.make_archive("z", "zip", ".", "a")'; cat z.zip;;
            esac >release
            """)
        let reader = try ArchiveOpener.open(MemorySource(try scratch.read("release")))
        var names: [String] = []
        while let entry = try reader.next() { names.append(entry.path) }
        #expect(names == ["a/", "a/b"])
    }

    @Test func bzip2IsCheckedToItsEnd() throws {
        let scratch = try Scratch()
        try scratch.sh(
            "python3 -c 'import bz2; open(\"a\", \"wb\").write(bz2.compress(b\"hello\" * 1000) + bz2.compress(b\"\"))'"
        )
        let bytes = try scratch.read("a")
        func decoded(_ bytes: [UInt8], limit: Int64 = 1 << 20) throws -> Int {
            var sink = MemorySink()
            try Decompressor.open(
                sniffing: MemorySource(bytes), limits: DecodingLimits(outputBytes: limit)
            ).source.forEachPiece { sink.write($0) }
            return sink.bytes.count
        }
        #expect(try decoded(bytes) == 5000)
        #expect(throws: ArchiveError.self) { try decoded(bytes, limit: 4999) }
        #expect(throws: ArchiveError.self) { try decoded(bytes + [0]) }
        for length in 6..<bytes.count where length != bytes.count - 14 {
            #expect(throws: ArchiveError.self, "\(length)") { try decoded(Array(bytes[..<length])) }
        }
        // A bit of the content or of a check.
        for place in stride(from: 10, to: bytes.count - 14, by: 5) {
            var changed = bytes
            changed[place] ^= 4
            #expect(throws: ArchiveError.self, "\(place)") { try decoded(changed) }
        }
    }
}
