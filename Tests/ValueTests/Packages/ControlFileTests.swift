// SPDX-License-Identifier: Apache-2.0
import TestHouse
import Testing
import Vocabulary

@Suite struct ControlFileTests {
    private static let release = """
        # a comment
        Origin: Debian
        Suite: stable
        SHA256:
         aa 1 main/binary-amd64/Packages.xz
         bb 22 main/binary-arm64/Packages.xz
        # another, inside the stanza
        Description: first
         second
         .
         fourth

        Types: deb
        URIs:   https://deb.example.org/debian\u{20}\u{20}
        suites: a
          b
        """

    private func parse(_ text: String) throws(ControlFileError) -> [ControlStanza] {
        try ControlFile.parse(Array(text.utf8), what: "Release")
    }

    @Test func readsStanzasFoldedLinesAndComments() throws {
        let stanzas = try parse(Self.release)
        #expect(stanzas.count == 2)
        #expect(stanzas[0]["Origin"] == "Debian")
        #expect(
            stanzas[0].lines("SHA256") == [
                "aa 1 main/binary-amd64/Packages.xz", "bb 22 main/binary-arm64/Packages.xz",
            ])
        #expect(stanzas[0]["description"] == "first\nsecond\n.\nfourth")
        #expect(stanzas[0].line == 2)
        #expect(stanzas[1]["Uris"] == "https://deb.example.org/debian")
        #expect(stanzas[1].joined("Suites") == "a b")
        #expect(stanzas[1]["Architectures"] == nil)
        #expect(stanzas[1].line == 13)
    }

    @Test func writesWhatItRead() throws {
        let text = "Package: a\nDescription: first\n second\n .\n  indented\nEmpty:\nSize: 1\n"
        var stanza = try #require(try parse(text).first)
        #expect(stanza.description == text)
        stanza.set("size", "2")
        stanza.set("Status", "install ok installed")
        #expect(
            stanza.description
                == "Package: a\nDescription: first\n second\n .\n  indented\nEmpty:\nSize: 2\nStatus: install ok installed\n"
        )
    }

    @Test func readsOtherLineEndingsAndNoFinalOne() throws {
        #expect(try parse("A: 1\r\nB: 2\r\n\r\nA: 3").map(\.fields.count) == [2, 1])
        #expect(try parse("").isEmpty)
        #expect(try parse("\n \n\t\n").isEmpty)
    }

    @Test(arguments: [
        ("no field", "line 1: expected 'Field: value', found 'no field'"),
        (" folded", "line 1: a folded line"), ("A: 1\n\n folded", "line 3: a folded line"),
        ("A: 1\na: 2", "line 2: field 'a' stands twice"), (": x", "line 1: expected"),
        ("A B: x", "line 1: expected"),
        ("-----BEGIN PGP SIGNED MESSAGE-----", "line 1: expected"),
    ])
    func refused(_ example: (text: String, reason: String)) {
        do {
            _ = try parse(example.text)
            Issue.record("it was read")
        } catch {
            #expect(error.description.contains(example.reason), "\(error)")
        }
    }

    @Test func keepsLimits() {
        var limits = ControlFile.Limits()
        limits.bytes = 10
        #expect(throws: ControlFileError.tooLarge(what: "x", limit: 10, unit: "bytes")) {
            try ControlFile.parse(Array("A: 1234567890".utf8), what: "x", limits: limits)
        }
        limits = ControlFile.Limits()
        limits.fieldsPerStanza = 1
        #expect(throws: ControlFileError.self) {
            try ControlFile.parse(Array("A: 1\nB: 2".utf8), what: "x", limits: limits)
        }
        limits = ControlFile.Limits()
        limits.stanzas = 1
        #expect(throws: ControlFileError.self) {
            try ControlFile.parse(Array("A: 1\n\nA: 2\n\nA: 3\n\n".utf8), what: "x", limits: limits)
        }
    }

    @Test func survivesMutations() {
        for bytes in Mutations(
            of: Array(Self.release.utf8), tokens: ["\n", "\n\n", "\n ", ":", "#", "\r\n"], count: 3000,
            seed: 31)
        {
            guard let stanzas = try? ControlFile.parse(bytes, what: "x") else { continue }
            let again = try? ControlFile.parse(
                Array(stanzas.map(\.description).joined(separator: "\n").utf8), what: "x")
            #expect(again?.count == stanzas.count)
        }
    }
}
