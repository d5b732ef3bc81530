// SPDX-License-Identifier: Apache-2.0
import TestHouse
import Testing
import Vocabulary

@Suite struct DebianRelationsTests {
    @Test(arguments: [
        ("a", "a"), ("a, b", "a; b"), ("a | b , c", "a | b; c"), ("a (>= 1:2.0-1)", "a (>= 1:2.0-1)"),
        ("a(>=1)", "a (>= 1)"), ("a (<< 1), a (>> 2)", "a (<< 1); a (>> 2)"), ("a (= 1)", "a (= 1)"),
        ("python3:any (>= 3.13~)", "python3:any (>= 3.13~)"), ("libc6:i386", "libc6:i386"),
        ("gcc:native", "gcc:native"), ("a,\n b,\n c (>= 1)", "a; b; c (>= 1)"), ("a,", "a"), ("", ""),
        (" ", ""),
        ("a ( >=  1 ) | b", "a (>= 1) | b"), ("a (< 1)", "a (<= 1)"), ("a (> 1)", "a (>= 1)"),
        ("perl:any | perlapi-5.40", "perl:any | perlapi-5.40"),
    ])
    func read(_ example: (text: String, meaning: String)) throws {
        let groups = try DebianRelations.parse(example.text)
        let meaning = groups.map { $0.alternatives.map(\.description).joined(separator: " | ") }
        #expect(meaning.joined(separator: "; ") == example.meaning)
    }

    @Test func theTextStaysAsThePackageStatesIt() throws {
        let groups = try DebianRelations.parse("a  (>=1) |\n b, c (< 2)")
        #expect(groups.map(\.text) == ["a (>=1) | b", "c (< 2)"])
    }

    @Test(arguments: [
        ("a [amd64]", "only source packages"), ("a (>= 1) [!i386]", "only source packages"),
        ("a <!nocheck>", "only source packages"), ("a (>= 1) <stage1>", "only source packages"),
        ("a || b", "empty alternative"), ("| a", "empty alternative"), ("a (1)", "no package relation"),
        ("a (~ 1)", "no package relation"), ("a (>= )", "no package relation"),
        ("a (>= 1", "no package relation"),
        ("a (>= 1) b", "no package relation"), ("a b", "no package relation"), ("a:", "no package relation"),
        ("a:b:c", "no package relation"), ("a (=> 1)", "no package relation"),
        ("a (>= 1 2)", "no package relation"),
    ])
    func refused(_ example: (text: String, reason: String)) {
        do {
            _ = try DebianRelations.parse(example.text)
            Issue.record("'\(example.text)' was read")
        } catch {
            #expect(error.description.contains(example.reason))
        }
    }

    @Test func survivesMutations() {
        let good =
            "libc6 (>= 2.38), python3:any (<< 3.14) | python3.13, a (= 1:2-3~x), mail-transport-agent,\n b"
        for bytes in Mutations(
            of: Array(good.utf8), tokens: ["(", ")", "|", ",", ":any", ">=", "[", "<", " ", "\n"],
            count: 4000,
            seed: 21)
        {
            guard let groups = try? DebianRelations.parse(String(decoding: bytes, as: UTF8.self)) else {
                continue
            }
            // What was read says the same again.
            let text = groups.map { $0.alternatives.map(\.description).joined(separator: " | ") }
            let again = try? DebianRelations.parse(text.joined(separator: ", "))
            #expect(again?.map(\.alternatives) == groups.map(\.alternatives))
        }
    }
}
