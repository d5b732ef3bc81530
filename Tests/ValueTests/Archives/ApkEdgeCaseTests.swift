// SPDX-License-Identifier: Apache-2.0
import Archives
import TestHouse
import Testing
import Vocabulary

/// What real writers of packages and indexes do differently, one row each: the list's items 1 and 2 (who signs and how),
/// as far as bytes go. Whether signatures hold is tested in StageTests.
@Suite(.enabled(if: SharedFixtures.areHere, "\(SharedFixtures.hint)")) struct ApkEdgeCaseTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let name: String
        let holds: @Sendable () throws -> Bool
        var testDescription: String { name }
    }

    private static func control(_ file: String) throws -> ApkControl {
        try ApkReader(MemorySource(try SharedFixtures.read(file))).readControl()
    }

    private static func index(_ file: String) throws -> ApkIndexFile {
        try ApkIndexFile(try SharedFixtures.read(file))
    }

    /// The decoded bytes of a file's member, from 0.
    private static func decoded(_ file: String, member number: Int) throws -> [UInt8] {
        let members = try GzipMembers(MemorySource(try SharedFixtures.read(file)))
        for _ in 0...number { guard try members.next() else { return [] } }
        return try drain(members)
    }

    private static func endsWithZeroBlocks(_ bytes: [UInt8]) -> Bool {
        bytes.count >= 1_024 && bytes.suffix(1_024).allSatisfy { $0 == 0 }
    }

    private static let replayout = "apk/apko-cli/packages/x86_64/replayout-1.0.0-r0.apk"
    private static let baselayout = "apk/apk/alpine-316/alpine-baselayout-3.2.0-r23.apk"

    static let rows: [Row] = [
        Row(name: "1: a package of two members, unsigned") {
            let control = try Self.control("apk/apk/hello-0.1.0-r0.apk")
            return control.signatureMember == nil && control.signatures.isEmpty
                && control.member.range.lowerBound == 0
        },
        Row(name: "1: an index with three signatures") {
            try index("apk/apk/signing/APKINDEX.tar.gz").signatures.map(\.algorithm) == [
                "RSA256", "RSA256", "RSA256",
            ]
        },
        Row(name: "1: RSA over SHA-1") {
            try control("apk/apk/hello-wolfi-2.12.1-r0.apk").signatures.map(\.algorithm) == ["RSA"]
        },
        Row(name: "1: RSA256") { try control(replayout).signatures.map(\.algorithm) == ["RSA256"] },
        Row(name: "1: a key's name with an @") {
            try control(baselayout).signatures.map(\.key) == [
                "alpine-devel@lists.alpinelinux.org-616ae350.rsa.pub"
            ]
        },
        Row(name: "2: signatures and control files without an end of archive") {
            try [0, 1].allSatisfy { try !endsWithZeroBlocks(decoded(replayout, member: $0)) }
                && control(replayout).files.map(\.name) == [".PKGINFO", ".melange.yaml"]
        },
        Row(name: "2: data with an end of two blocks") {
            let data = try decoded(replayout, member: 2)
            return endsWithZeroBlocks(data) && !data.dropLast(1_024).suffix(512).allSatisfy { $0 == 0 }
        },
        Row(name: "2: data padded to twenty blocks") {
            let data = try decoded(baselayout, member: 2)
            return data.count % (20 * 512) == 0 && data.suffix(5_120).allSatisfy { $0 == 0 }
        },
        Row(name: "2: DESCRIPTION first, and with a version") {
            let file = "apk/apk/alpine-316/APKINDEX.tar.gz"
            return try decoded(file, member: 1).starts(with: "DESCRIPTION".utf8)
                && index(file).summary == "v3.16.3-13-g4d933a1fa3"
        },
        Row(name: "2: DESCRIPTION last, and empty") {
            let file = "apk/apko-cli/packages/x86_64/APKINDEX.tar.gz"
            return try decoded(file, member: 1).starts(with: "APKINDEX".utf8) && index(file).summary.isEmpty
        },
    ]

    @Test(arguments: rows) func row(row: Row) throws { #expect(try row.holds()) }
}
