// SPDX-License-Identifier: Apache-2.0
import Archives
import TestHouse
import Testing
import Vocabulary

@Suite struct TarReaderTests {
    /// Everything that a tar can hold, with names on both sides of each field's length.
    private static let tree = """
        mkdir -p t/usr/bin t/d t/emp\\ ty; cd t
        printf hello >usr/bin/hello; chmod 755 usr/bin/hello; : >d/empty
        head -c 100000 /dev/zero >d/zeros; head -c 512 /dev/urandom >d/block; head -c 513 /dev/urandom >d/odd
        ln usr/bin/hello d/hard; ln -s ../usr/bin/hello d/soft; ln -s nowhere dangling
        chmod 4755 d/empty; chmod 2711 d; chmod 1777 usr; chmod 0 d/odd
        touch -d '1999-12-31 23:59:59.75' d/block; touch -d @0 d/zeros
        mkfifo d/fifo; printf x >'d/sp ace'; printf x >d/Főtanúsítvány.crt
        """
    private static let longNames = """
        mkdir -p t; cd t; n=$(printf %0120d 0); mkdir -p $n/$n; printf x >$n/$n/$n; ln -s $n/$n soft
        ln $n/$n/$n hard; f=$(printf %099d 0); printf a >$f; printf b >${f}1; printf c >${f}12
        mkdir -p p/q/r; printf d >p/q/r/$f; printf e >p/q/r/${f}12
        """

    @Test(arguments: [
        "v7", "oldgnu", "gnu", "ustar", "pax", "posix --sort=name --pax-option=delete=atime,delete=ctime",
    ])
    func seesWhatGNUTarSees(format: String) throws {
        let scratch = try Scratch()
        // v7 cannot hold a FIFO.
        try scratch.sh(
            "{ \(Self.tree)\n}; cd ..; [ '\(format)' != v7 ] || rm t/d/fifo; tar --format=\(format) -cf a.tar -C t ."
        )
        let entries = try TarListing.read(try scratch.read("a.tar"))
        try TarListing.expect(entries.map(\.entry), in: "a.tar", scratch)
        for (entry, content) in entries where entry.kind == .file {
            #expect(try content == scratch.sh("tar -xOf a.tar '\(entry.path)'"), "\(entry.path)")
        }
        #expect(entries.contains { $0.entry.kind == .hardlink && $0.content.isEmpty })
    }

    @Test(arguments: ["gnu", "pax", "oldgnu"])
    func readsLongNames(format: String) throws {
        let scratch = try Scratch()
        try scratch.sh("{ \(Self.longNames)\n}; cd ..; tar --format=\(format) -cf a.tar -C t .")
        let entries = try TarListing.read(try scratch.read("a.tar"))
        try TarListing.expect(entries.map(\.entry), in: "a.tar", scratch)
        #expect(entries.map(\.entry.path.utf8.count).max() ?? 0 > 360)
    }

    @Test func readsUstarPrefixes() throws {
        let scratch = try Scratch()
        try scratch.sh(
            "d=t/$(printf %060d 0)/$(printf %060d 0); mkdir -p $d; echo x >$d/$(printf %090d 1); "
                + "tar --format=ustar -cf a.tar -C t/$(printf %060d 0) .")
        let entries = try TarListing.read(try scratch.read("a.tar"))
        try TarListing.expect(entries.map(\.entry), in: "a.tar", scratch)
    }

    /// Numbers and attributes that GNU tar cannot be asked for, by Python's tarfile.
    private func python(_ lines: String, format: String) throws -> [(entry: TarEntry, content: [UInt8])] {
        let scratch = try Scratch()
        try scratch.write(
            Array(
                """
                import tarfile, io
                t = tarfile.open('a.tar', 'w', format=tarfile.\(format))
                def add(name, data=b'', **kw):
                    i = tarfile.TarInfo(name); i.size = len(data)
                    for k, v in kw.items(): setattr(i, k, v)
                    t.addfile(i, io.BytesIO(data))
                \(lines)
                t.close()
                """.utf8), to: "make.py")
        try scratch.sh("python3 make.py")
        return try TarListing.read(try scratch.read("a.tar"))
    }

    @Test func readsBase256() throws {
        let entries = try python(
            "add('a', uid=4294967295, gid=2097152, mtime=-5)\nadd('b', mtime=2**34)", format: "GNU_FORMAT")
        #expect(
            entries[0].entry.uid == .max && entries[0].entry.gid == 2_097_152 && entries[0].entry.mtime == -5)
        #expect(entries[1].entry.mtime == 1 << 34)
    }

    @Test func readsPaxOverrides() throws {
        let entries = try python(
            """
            t.close(); t = tarfile.open('a.tar', 'w', format=tarfile.PAX_FORMAT, pax_headers={'comment': 'git'})
            add('a', b'1', uid=3000000000, gid=7, mtime=-1.5, pax_headers={'SCHILY.xattr.security.capability':
                'a=\\nb', 'SCHILY.xattr.user.x': '1', 'GNU.other': 'ignored'})
            add('b', b'22', uname='', gname='grüße', mtime=1.999)
            """, format: "PAX_FORMAT")
        let first = entries[0].entry
        #expect(
            first.uid == 3_000_000_000 && first.gid == 7 && first.mtime == -2 && first.userName.isEmpty)
        #expect(first.xattrs == ["security.capability": Array("a=\nb".utf8), "user.x": [0x31]])
        #expect(entries[1].entry.groupName == "grüße" && entries[1].entry.mtime == 1)
        #expect(entries[1].entry.xattrs.isEmpty)
        #expect(entries.map(\.content) == [[0x31], [0x32, 0x32]])
    }

    /// GNU tar applies them, Go's readers do not.
    @Test func globalHeadersThatChangeEntriesAreRefused() throws {
        let error = #expect(throws: ArchiveError.self) {
            _ = try python(
                """
                t.close(); t = tarfile.open('a.tar', 'w', format=tarfile.PAX_FORMAT, pax_headers={'uname': 'x'})
                add('a', b'1')
                """, format: "PAX_FORMAT")
        }
        guard case .unsupported(.tar, "a global header that changes entries", _) = error else {
            Issue.record("\(error as Any)")
            return
        }
    }

    @Test func namesThatAreNotUTF8AreRepairedAndSaySo() throws {
        let scratch = try Scratch()
        try scratch.sh("touch \"$(printf 'caf\\351')\" ok; tar --format=gnu -cf a.tar caf* ok")
        let entries = try TarListing.read(try scratch.read("a.tar")).map(\.entry)
        #expect(entries.map(\.path) == ["caf\u{FFFD}", "ok"])
        #expect(entries.map(\.hasRepairedName) == [true, false])
    }

    @Test func sparseFilesAreRefused() throws {
        for format in [
            "gnu", "pax --sparse-version=0.0", "pax --sparse-version=0.1", "pax --sparse-version=1.0",
        ] {
            let scratch = try Scratch()
            try scratch.sh(
                "truncate -s 1M hole; echo x >>hole; tar --sparse --format=\(format) -cf a.tar hole")
            let error = #expect(throws: ArchiveError.self) {
                _ = try TarListing.read(try scratch.read("a.tar"))
            }
            guard case .unsupported(.tar, "a sparse file", _) = error else {
                Issue.record("\(format): \(error as Any)")
                continue
            }
        }
    }

    @Test func theEndIsChecked() throws {
        let scratch = try Scratch()
        try scratch.sh("echo x >f; tar --format=ustar -b2 -cf a.tar f")
        let tar = try scratch.read("a.tar")
        #expect(tar.count == 2048)
        #expect(try TarListing.read(tar).count == 1)
        #expect(throws: ArchiveError.truncated(.tar, at: 1024)) {
            _ = try TarListing.read(Array(tar[..<1024]))
        }
        #expect(throws: ArchiveError.truncated(.tar, at: 1024)) {
            _ = try TarListing.read(Array(tar[..<1536]))
        }
        let lenient = TarLimits(requiresEndMarker: false)
        #expect(try TarListing.read(Array(tar[..<1024]), limits: lenient).count == 1)
        #expect(try TarListing.read(Array(tar[..<1536]), limits: lenient).count == 1)
        #expect(throws: ArchiveError.truncated(.tar, at: 1024)) {
            _ = try TarListing.read(Array(tar[..<1100]), limits: lenient)
        }
        #expect(throws: ArchiveError.malformed(.tar, reason: "a lone zero block", at: 1024)) {
            _ = try TarListing.read(Array(tar[..<1536]) + tar)
        }
        #expect(throws: ArchiveError.trailingGarbage(.tar, at: 1024)) { _ = try TarListing.read(tar + [1]) }
        #expect(try TarListing.read(tar + [0, 0, 0]).count == 1)
    }

    @Test func limitsHold() throws {
        let scratch = try Scratch()
        try scratch.sh(
            "n=$(printf %0200d 0); echo x >$n; echo y >b; echo z >c; touch -d @1.5 *; tar --format=pax -cf a.tar $n b c"
        )
        let tar = try scratch.read("a.tar")
        func expect(_ limit: ArchiveError.Limit, _ allowed: Int64, _ limits: TarLimits) {
            #expect(throws: ArchiveError.limitExceeded(.tar, limit, allowed: allowed)) {
                _ = try TarListing.read(tar, limits: limits)
            }
        }
        // Each entry has a pax header, for the fraction of its time.
        #expect(try TarListing.read(tar, limits: TarLimits(entries: 6)).count == 3)
        expect(.entries, 5, TarLimits(entries: 5))
        expect(.nameBytes, 100, TarLimits(nameBytes: 100))
        expect(.extendedHeaderBytes, 100, TarLimits(extendedHeaderBytes: 100))
        expect(.totalBytes, 3_000, TarLimits(totalBytes: 3_000))
        expect(.totalBytes, 1, TarLimits(totalBytes: 1))
    }

    @Test(arguments: ["29", "27", "99", "00", "0 ", "ab", "-1", "2=", "  "])
    func recordLengthsAreChecked(length: String) throws {
        let entry = TarEntry(path: "f", kind: .file, mode: 0o644, xattrs: ["user.x": Array("abcd".utf8)])
        var writer = TarWriter(MemorySink())
        try writer.append(entry)
        var bytes = writer.sink.bytes
        #expect(bytes[512..<514].elementsEqual("28".utf8))
        bytes.replaceSubrange(512..<514, with: length.utf8)
        let error = #expect(throws: ArchiveError.self) { _ = try TarListing.read(bytes) }
        guard case .malformed(.tar, _, 512...1_024) = error else { Issue.record("\(error as Any)"); return }
    }
}
