// SPDX-License-Identifier: Apache-2.0
import Archives
import TestHouse
import Testing
import Vocabulary

@Suite struct ArReaderTests {
    private func members(_ bytes: [UInt8]) throws -> [String: [UInt8]] {
        let reader = ArReader(MemorySource(bytes))
        var members: [String: [UInt8]] = [:]
        while let member = try reader.next() {
            let content = try drain(reader)
            #expect(Int64(content.count) == member.size)
            members[member.name] = content
        }
        return members
    }

    @Test func readsPackagesThatDpkgMade() throws {
        let scratch = try Scratch()
        try scratch.sh(
            """
            mkdir -p p/DEBIAN p/usr/bin; echo hello >p/usr/bin/hello
            printf 'Package: hello\\nVersion: 1\\nArchitecture: all\\nMaintainer: A <a@example.org>\\nDescription: x\\n' \
                >p/DEBIAN/control
            dpkg-deb --root-owner-group -b p p.deb
            ar p p.deb data.tar.xz >data; ar p p.deb control.tar.xz >control
            """)
        let members = try members(try scratch.read("p.deb"))
        #expect(members["debian-binary"] == Array("2.0\n".utf8))
        #expect(try members["data.tar.xz"] == scratch.read("data"))
        #expect(try members["control.tar.xz"] == scratch.read("control"))
        #expect(members.count == 3)

        // A member is a source of its own, and the reader knows where it ended.
        let reader = ArReader(MemorySource(try scratch.read("p.deb")))
        var names: [String] = []
        while let member = try reader.next() {
            guard member.name.hasSuffix(".tar.xz") else { continue }
            let tar = TarReader(try Decompressor.open(.xz, of: reader))
            while let entry = try tar.next() { names.append(entry.path) }
        }
        #expect(names == ["./", "./control", "./", "./usr/", "./usr/bin/", "./usr/bin/hello"])
    }

    @Test func readsOddSizesAndEmptyMembers() throws {
        let scratch = try Scratch()
        try scratch.sh("printf abc >odd; : >empty; printf abcd >even; ar rcD a.ar odd empty even")
        let members = try members(try scratch.read("a.ar"))
        #expect(members == ["odd": Array("abc".utf8), "empty": [], "even": Array("abcd".utf8)])
        // Unread members are passed over.
        let reader = ArReader(MemorySource(try scratch.read("a.ar")))
        var names: [String] = []
        while let member = try reader.next() { names.append(member.name) }
        #expect(names == ["odd", "empty", "even"])
    }

    private static func archive(name: String, size: String, end: String = "`\n", body: String = "") -> [UInt8]
    {
        func pad(_ text: String, _ width: Int) -> String {
            text + String(repeating: " ", count: width - text.count)
        }
        return Array(
            ("!<arch>\n" + pad(name, 16) + pad("0", 12) + pad("0", 6) + pad("0", 6) + pad("100644", 8)
                + pad(size, 10) + end + body).utf8)
    }

    @Test(arguments: [
        ("no archive", Array("!<arch\n\n".utf8), ArchiveError.malformed(.ar, reason: "no ar archive", at: 0)),
        ("nothing", [], .truncated(.ar, at: 0)),
        (
            "long name", archive(name: "/12", size: "0"),
            .unsupported(.ar, feature: "long member names", at: 8)
        ),
        (
            "name table", archive(name: "//", size: "0"),
            .unsupported(.ar, feature: "long member names", at: 8)
        ),
        (
            "BSD long name", archive(name: "#1/5", size: "5", body: "a.out"),
            .unsupported(.ar, feature: "long member names", at: 8)
        ),
        (
            "no name", archive(name: "", size: "0"),
            .malformed(.ar, reason: "a member's name is not printable", at: 8)
        ),
        (
            "path", archive(name: "a/b/", size: "0"),
            .malformed(.ar, reason: "a member's name is not printable", at: 8)
        ),
        (
            "negative", archive(name: "a", size: "-1"),
            .malformed(.ar, reason: "a member's size is no number", at: 8)
        ),
        (
            "no size", archive(name: "a", size: ""),
            .malformed(.ar, reason: "a member's size is no number", at: 8)
        ),
        (
            "bad end", archive(name: "a", size: "0", end: "``"),
            .malformed(.ar, reason: "a member header does not end as one", at: 8)
        ),
        ("short body", archive(name: "a", size: "9999999999", body: "x"), .truncated(.ar, at: 69)),
        ("no padding", archive(name: "a", size: "1", body: "x"), .truncated(.ar, at: 69)),
        ("half a header", archive(name: "a", size: "0") + [0x61], .truncated(.ar, at: 68)),
    ])
    func refuses(what: String, bytes: [UInt8], error: ArchiveError) throws {
        #expect(throws: error) { _ = try members(bytes) }
    }

    @Test func takesBothShortNameStyles() throws {
        for name in ["debian-binary", "debian-binary/"] {
            let members = try members(Self.archive(name: name, size: "4", body: "2.0\n"))
            #expect(members == ["debian-binary": Array("2.0\n".utf8)])
        }
    }
}
