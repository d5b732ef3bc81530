// SPDX-License-Identifier: Apache-2.0

import TestHouse
import Testing
import Vocabulary

@testable import Fetching

@Suite struct DebianReleaseTests {
    static let text = """
        Origin: Debian
        Label: Debian
        Suite: stable
        Codename: trixie
        Date: Sat, 11 Jul 2026 09:51:50 UTC
        Valid-Until: Sat, 18 Jul 2026 09:51:50 UTC
        Acquire-By-Hash: yes
        Architectures: all amd64 arm64
        Components: main contrib
        MD5Sum:
         d41d8cd98f00b204e9800998ecf8427e 0 main/binary-amd64/Packages.xz
        SHA256:
         \(hash("a")) 100 main/binary-amd64/Packages
         \(hash("b")) 20 main/binary-amd64/Packages.gz
         \(hash("c")) 10 main/binary-amd64/Packages.xz
         \(hash("d")) 30 main/binary-arm64/Packages.gz

        """

    static func hash(_ text: String) -> String { ContentHasher.digest(of: text).hex }
    static func read(_ text: String) throws -> DebianRelease { try DebianRelease(parsing: Array(text.utf8)) }

    @Test func fields() throws {
        let release = try Self.read(Self.text)
        #expect(release.origin == "Debian" && release.label == "Debian")
        #expect(release.date.description == "2026-07-11T09:51:50Z")
        #expect(release.validUntil?.description == "2026-07-18T09:51:50Z")
        #expect(release.hasByHash && release.components == ["main", "contrib"])
        let index = try #require(release.index(of: "main", for: "amd64"))
        #expect(
            index.path == "main/binary-amd64/Packages.xz" && index.file.size == 10 && index.plain?.size == 100
        )
        #expect(release.index(of: "main", for: "arm64")?.path == "main/binary-arm64/Packages.gz")
        #expect(release.index(of: "contrib", for: "amd64") == nil)
        #expect(release.index(at: index.path, digest: index.file.digest) == index)
        #expect(release.index(at: index.path, digest: ContentHasher.digest(of: "x")) == nil)
    }

    @Test(arguments: [
        ("two stanzas: text slipped in", text + "\nOrigin: Evil\n"), ("empty", ""),
        ("a path listed twice, differently", text + " \(hash("e")) 10 main/binary-amd64/Packages.xz\n"),
        ("negative size", text + " \(hash("e")) -1 x\n"), ("short hash", text + " abc 1 x\n"),
        ("a hash line of four words", text + " \(hash("e")) 1 x y\n"), ("field twice", "Origin: a\n" + text),
        ("no date", text.replacing("Date: Sat", with: "Dated: Sat")),
        ("no SHA256", text.replacing("SHA256:", with: "SHA1:")),
        ("bad Valid-Until", text.replacing("Valid-Until: Sat, 18 Jul", with: "Valid-Until: Sat, 18 Jux")),
    ]) func refused(_ name: String, _ text: String) {
        #expect(throws: DebianRelease.Flaw.self, "\(name)") { try Self.read(text) }
    }

    @Test(
        arguments: [
            ("Sat, 11 Jul 2026 09:51:50 UTC", "2026-07-11T09:51:50Z"),
            ("Thu, 29 Feb 2024 23:59:59 +0000", "2024-02-29T23:59:59Z"),
            ("Sun, 1 Mar 2026 00:00:00 GMT", "2026-03-01T00:00:00Z"), ("11 Jul 2026 09:51:50 UTC", nil),
            ("Sat, 11 Jul 2026 09:51:50 CEST", nil), ("Sat, 11 Jul 2026 09:51 UTC", nil), ("", nil),
            ("Sat, 32 Jul 2026 09:51:50 UTC", nil),
            ("Sat, 11 Jul 2026 24:51:50 UTC", nil), ("Sat, 11 jul 2026 09:51:50 UTC", nil),
            ("Sat, +1 Jul 2026 09:51:50 UTC", nil),
        ] as [(String, String?)]) func dates(_ text: String, _ means: String?)
    {
        #expect(ReleaseDate.parse(text)?.description == means)
    }

    /// Thousands of damaged releases: each is read or refused, none ends the process.
    @Test func mutations() {
        let tokens = [
            ":", "\n\n", "\n ", "SHA256:", "Date:", "-1", "99999999999999999999", "\u{0}", "é", "\r\n", "#",
        ]
        var refused = 0
        for bytes in Mutations(of: Array(Self.text.utf8), tokens: tokens, count: 3_000, seed: 31) {
            do { _ = try DebianRelease(parsing: bytes) } catch { refused += 1 }
        }
        #expect(refused > 1_000, "\(refused)")
    }
}
