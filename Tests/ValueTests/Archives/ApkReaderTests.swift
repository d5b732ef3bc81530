// SPDX-License-Identifier: Apache-2.0
import Archives
import TestHouse
import Testing
import Vocabulary

@Suite struct ApkReaderTests {
    /// The parts of a tiny package, made by tar and gzip: `s`, `c`, `d`, and whole packages of them.
    private static let script = """
        mkdir -p d/usr/share; echo hello >d/usr/share/hello; printf x >.SIGN.RSA256.a@example.org-1.rsa.pub
        tar --format=pax -b1 -czf d.gz -C d usr
        printf 'pkgname = hello\\npkgver = 1.0-r0\\narch = noarch\\ndatahash = %s\\n' "$(sha256sum d.gz | cut -c-64)" >.PKGINFO
        echo '#!/bin/sh' >.post-install; chmod 755 .post-install
        cut() { head -c $(( $(wc -c <$1) - 1024 )) $1; }
        tar --format=ustar -b1 -cf c.tar .PKGINFO .post-install; cut c.tar | gzip -n >c.gz
        tar --format=ustar -b1 -cf s.tar .SIGN.RSA256.a@example.org-1.rsa.pub; cut s.tar | gzip -n >s.gz
        cat s.gz c.gz d.gz >signed; cat c.gz d.gz >unsigned
        """

    struct Attack: Sendable, CustomTestStringConvertible {
        let name: String
        let script: String
        let error: String
        var testDescription: String { name }
    }

    private static func read(_ bytes: [UInt8]) throws -> (
        control: ApkControl, names: [String], data: Range<Int64>
    ) {
        let reader = try ApkReader(MemorySource(bytes))
        let control = try reader.readControl()
        let tar = TarReader(try reader.openData(), limits: TarLimits(requiresEndMarker: false))
        var names: [String] = []
        while let entry = try tar.next() { names.append(entry.path) }
        return (control, names, try reader.finish().range)
    }

    @Test(arguments: ["signed", "unsigned"])
    func membersAreFoundByName(package: String) throws {
        let scratch = try Scratch()
        try scratch.sh(Self.script)
        let (signature, control, data) = (
            try scratch.read("s.gz"), try scratch.read("c.gz"), try scratch.read("d.gz")
        )
        let seen = try Self.read(try scratch.read(package))
        let start = Int64(package == "signed" ? signature.count : 0)
        #expect(seen.control.info.name.text == "hello" && seen.control.info.version == "1.0-r0")
        #expect(seen.control.files.map(\.name) == [".PKGINFO", ".post-install"])
        #expect(seen.control.files[1].mode == 0o755)
        #expect(seen.control.member.compressed == control)
        #expect(seen.control.member.range == start..<start + Int64(control.count))
        #expect(seen.data == seen.control.member.range.upperBound..<start + Int64(control.count + data.count))
        #expect(seen.names == ["usr/", "usr/share/", "usr/share/hello"])
        let sum = String(decoding: try scratch.sh("openssl dgst -sha1 -binary c.gz | base64"), as: UTF8.self)
        #expect("\(seen.control.checksum)\n" == "Q1\(sum)")
        #expect(seen.control.signatureMember?.compressed == (package == "signed" ? signature : nil))
        #expect(
            seen.control.signatures.map(\.key) == (package == "signed" ? ["a@example.org-1.rsa.pub"] : []))
        #expect(seen.control.signatures.allSatisfy { $0.algorithm == "RSA256" && $0.bytes == [0x78] })
    }

    @Test(arguments: [
        Attack(name: "data before control", script: "cat d.gz c.gz", error: "'usr/' is no file"),
        Attack(
            name: "control before signature", script: "cat c.gz s.gz d.gz",
            error: "something stands after the end"),
        Attack(name: "signature last", script: "cat c.gz d.gz s.gz", error: "something stands after the end"),
        Attack(
            name: "data appended", script: "cat s.gz c.gz d.gz d.gz", error: "something stands after the end"),
        Attack(
            name: "control appended", script: "cat s.gz c.gz d.gz c.gz",
            error: "something stands after the end"),
        Attack(name: "garbage appended", script: "cat signed; echo", error: "something stands after the end"),
        Attack(
            name: "two signature members", script: "cat s.gz s.gz c.gz d.gz",
            error: "a signature stands among"),
        Attack(name: "no data", script: "cat s.gz c.gz", error: "end too early"),
        Attack(name: "nothing but signatures", script: "cat s.gz", error: "end too early"),
        Attack(
            name: "other data", script: "cat s.gz c.gz; seq 9 >o; tar -b1 -cz o",
            error: "names the data sha256:"),
        Attack(
            name: "no datahash",
            script: "printf 'pkgname = a\\npkgver = 1\\n' >.PKGINFO; tar -b1 -cz .PKGINFO; cat d.gz",
            error: "has no datahash"),
        Attack(
            name: "files beside .PKGINFO",
            script: "mkdir usr; touch usr/x; tar -b1 -cz .PKGINFO usr/x; cat d.gz",
            error: "'usr/x' stands where"),
        Attack(
            name: "two .PKGINFO",
            script: "cp c.tar e.tar; tar --format=ustar -b1 -rf e.tar .PKGINFO; gzip -nc e.tar; cat d.gz",
            error: "has 2 files .PKGINFO"),
        Attack(
            name: "no .PKGINFO", script: "tar -b1 -cz .post-install; cat d.gz", error: "has 0 files .PKGINFO"),
        Attack(
            name: "one member for all", script: "tar -b1 -cz .PKGINFO -C d usr/share/hello",
            error: "'usr/share/hello' stands where"),
    ])
    func otherShapesAreRefused(attack: Attack) throws {
        let scratch = try Scratch()
        try scratch.sh("\(Self.script)\n{ \(attack.script); } >attack")
        let error = try #require(throws: ArchiveError.self) { try Self.read(try scratch.read("attack")) }
        #expect(error.description.contains(attack.error), "\(error)")
    }

    /// What the writers of the field (abuild, melange) made, with ranges that apko's own lock file names.
    @Test(
        .enabled(if: SharedFixtures.areHere, "\(SharedFixtures.hint)"),
        arguments: [
            (
                "apk/apko-cli/packages/x86_64/replayout-1.0.0-r0.apk", "Q11/HhSewwwOXgl0r0ffb0O0BRtYc=", 1,
                647..<1661
            ),
            (
                "apk/apk/alpine-316/alpine-baselayout-3.2.0-r23.apk", "Q1LLq2qDNrS/qRnhxQ3hsY/sHbQnc=", 1,
                666..<2229
            ),
            ("apk/apk/hello-wolfi-2.12.1-r0.apk", "", 1, 654..<1013),
            ("apk/apk/hello-0.1.0-r0.apk", "", 0, 0..<274),
            ("apk/apk/replaces/replaces-0.0.1-r0.apk", "", 0, 0..<280),
        ])
    func packagesInRealUse(file: String, checksum: String, signatures: Int, control: Range<Int64>) throws {
        let seen = try Self.read(try SharedFixtures.read(file))
        #expect(seen.control.signatures.count == signatures)
        #expect(seen.control.member.range == control)
        #expect(checksum.isEmpty || seen.control.checksum == checksum)
        #expect(!seen.names.isEmpty)
    }

    @Test(.enabled(if: SharedFixtures.areHere, "\(SharedFixtures.hint)"))
    func indexesInRealUse() throws {
        let three = try ApkIndexFile(try SharedFixtures.read("apk/apk/signing/APKINDEX.tar.gz"))
        #expect(three.signatures.count == 3 && three.signed.count == 2_044 && three.index.count == 4_391)
        let alpine = try ApkIndexFile(try SharedFixtures.read("apk/apk/alpine-316/APKINDEX.tar.gz"))
        #expect(alpine.signatures.map(\.key) == ["alpine-devel@lists.alpinelinux.org-6165ee59.rsa.pub"])
        #expect(alpine.signatures.map(\.algorithm) == ["RSA"])
        #expect(alpine.summary == "v3.16.3-13-g4d933a1fa3" && alpine.index.count == 1_908_830)
        let beside = try #require(throws: ArchiveError.self) {
            try ApkIndexFile(try SharedFixtures.read("apk/apk/APKINDEX.tar.gz"))
        }
        #expect(beside.description.contains("a signature stands beside the index"))
    }

    /// Checksums of contents are read in both spellings; xattrs and unusual owners too.
    @Test func checksumsOfContents() throws {
        let scratch = try Scratch()
        try scratch.sh(
            """
            echo hello >f
            tar -b1 --format=pax --pax-option="APK-TOOLS.checksum.SHA1:=$(sha1sum f | cut -c-40)" -cf hex f
            tar -b1 --format=pax --pax-option="APK-TOOLS.checksum.SHA1:=Q1$(openssl dgst -sha1 -binary f | base64)" -cf old f
            tar -b1 --format=pax --pax-option="APK-TOOLS.checksum.SHA1:=abc" -cf bad f
            """)
        let expected = ContentHasher.sha1(of: Array("hello\n".utf8))
        for name in ["hex", "old"] {
            #expect(try TarReader(MemorySource(try scratch.read(name))).next()?.contentSHA1 == expected)
        }
        #expect(throws: ArchiveError.self) { try TarReader(MemorySource(try scratch.read("bad"))).next() }
    }
}
