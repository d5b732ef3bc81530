// SPDX-License-Identifier: Apache-2.0
import TestHouse
import Testing

@testable import Vocabulary

@Suite struct AlpineVersionTests {
    /// The order that apk-tools documents and that its users report, one rule after the other.
    static let ordered: [(String, String)] = [
        ("1", "2"), ("9", "10"), ("1.9", "1.10"), ("1.0", "1.0.0"), ("1.0", "1.0-r0"), ("1.0-r9", "1.0-r10"),
        // Suffixes: alpha < beta < pre < rc < none < cvs < svn < git < hg < p, and chains of them.
        ("1_alpha", "1_beta"), ("1_beta", "1_pre"), ("1_pre", "1_rc"), ("1_rc", "1"), ("1", "1_cvs"),
        ("1_cvs", "1_svn"), ("1_svn", "1_git"), ("1_git", "1_hg"), ("1_hg", "1_p"), ("1_p", "1_p0"),
        ("1_p0", "1_p1"), ("1_p9", "1_p10"), ("1_rc1_p2", "1_rc2"), ("1_rc1", "1_rc1_p2"),
        ("1_alpha_pre2", "1_alpha"), ("1_p1_pre2", "1_p1"), ("1_git20200101_pre1", "1_git20200101"),
        ("1.0_rc1-r5", "1.0-r0"), ("1.0_alpha", "1.0.1"), ("1.0_alpha", "1.0a"), ("1.0-r1", "1.0_p1-r0"),
        // Letters: behind the numbers, before a further number.
        ("1.0", "1.0a"), ("1.0a", "1.0b"), ("1.0a", "1.0.1"), ("1.0a-r0", "1.0b-r0"), ("1.0", "1.0a_rc1"),
        // A part with a leading zero is compared as text, the first one never.
        ("1.05", "1.1"), ("8.2.0015", "8.2.002"), ("4.09-r1", "4.5.14"), ("1.0", "1.00"), ("09", "10"),
        ("1.01", "1.010"),
        // Hashes.
        ("1.0", "1.0~ab"), ("1.0~ab", "1.0~ac"), ("1.0~ab", "1.0~ab1"), ("1.0~ab-r0", "1.0~ab-r1"),
        ("1.0~ab", "1.0_p1"), ("1.0_p1", "1.0_p1~ab"), ("1.0-r1", "1.0~ab-r0"),
        // What cannot be read comes first where it begins.
        ("1.0bc", "1.0b"), ("1.0bc", "1.0c"), ("1.0p1", "1.0p"), ("23_foo", "23"), ("3.6.9_post1", "3.6.9"),
        ("1.0-r1x", "1.0-r2"), ("1.0-", "1.0"), ("a", "1"), ("1.9.5p1", "1.9.5p2"), ("1.9.5p9", "1.9.5p10"),
        ("1.0-r0-r1", "1.0-r0"), ("1.0~", "1.0"), ("1.0_", "1.0"), ("1..0", "1"), ("1.0~AB", "1.0"),
        // Longer than 64 bits.
        ("99999999999999999998", "99999999999999999999"), ("9999999999999999999", "10000000000000000000"),
        ("1.18446744073709551616", "1.18446744073709551617"),
    ]

    @Test(arguments: ordered) func lessThan(_ pair: (String, String)) throws {
        let (left, right) = (try #require(AlpineVersion(pair.0)), try #require(AlpineVersion(pair.1)))
        #expect(left < right)
        #expect(!(right < left))
        #expect(left != right)
    }

    @Test(arguments: [
        ("01.2", "1.2"), ("1.0-r01", "1.0-r1"), ("1_p01", "1_p1"), ("1.0", "1.0"), ("00", "0"), ("a", "a"),
    ])
    func twoSpellingsAreEqual(_ pair: (String, String)) throws {
        let (left, right) = (try #require(AlpineVersion(pair.0)), try #require(AlpineVersion(pair.1)))
        #expect(left == right)
        #expect(left.hashValue == right.hashValue)
    }

    @Test(arguments: ["", "1 0", "1/0", "é", "1\n", "1\\0"]) func refused(_ text: String) {
        #expect(AlpineVersion(text) == nil)
    }

    @Test(arguments: ["1", "1.2.3a_rc1_p2~c0ffee-r4", "0", "1_p", "1~0", "20200101", "1.0-r0"])
    func valid(_ text: String) { #expect(AlpineVersion(text)?.isValid == true) }

    @Test(arguments: ["1.0p1", "v1", "1.", "1.0-1", "1-r", "1_P1", "1~", "1.0-r0_p1", "1_p1a", "1.0~ab_p1"])
    func usableButInvalid(_ text: String) { #expect(AlpineVersion(text)?.isValid == false) }

    /// `~`: what the right side says holds, whatever follows.
    @Test(arguments: [
        ("1.6", "1.6", true), ("1.6.0_pre1", "1.6", true), ("1.6.5", "1.6", true), ("1.6.9_p1", "1.6", true),
        ("1.6-r3", "1.6", true), ("1.60", "1.6", false), ("1.7", "1.6", false), ("1.6", "1.6.1", false),
        ("1.6a", "1.6", true), ("1.6.1-r2", "1.6.1-r2", true), ("1.6.1-r20", "1.6.1-r2", false),
        ("1.6_rc1", "1.6_rc", true), ("1.6~abc", "1.6~ab", false), ("16", "1", false),
    ])
    func fuzzy(_ example: (String, String, Bool)) throws {
        let (left, right) = (try #require(AlpineVersion(example.0)), try #require(AlpineVersion(example.1)))
        #expect((left.fuzzyOrder(against: right) == 0) == example.2)
    }

    /// Every line `a < b` of the field's own collection of versions in use.
    @Test(.enabled(if: SharedFixtures.areHere, "\(SharedFixtures.hint)"))
    func everyLineOfTheFixtureAgrees() throws {
        let lines = String(decoding: try SharedFixtures.read("versions/alpine.txt"), as: UTF8.self)
            .split(separator: "\n")
        var read = 0
        for line in lines {
            let words = line.split(separator: " ")
            guard words.count == 3, let left = AlpineVersion(words[0]), let right = AlpineVersion(words[2])
            else {
                Issue.record("'\(line)' is no comparison")
                continue
            }
            let order = left.order(against: right)
            let sign = order < 0 ? "<" : order > 0 ? ">" : "="
            #expect(sign == words[1], "\(line)")
            #expect(right.order(against: left).signum() == -order.signum(), "\(line)")
            read += 1
        }
        #expect(read == 6990)
    }

    /// An order is an order: for versions made of the pieces that make trouble, whatever their combination.
    @Test func isTransitive() {
        let pieces = [
            "0", "1", "10", "01", ".0", ".1", ".01", "a", "b", "_rc", "_rc1", "_p", "_p2", "~ab", "-r0",
            "-r1",
            "?", "_x",
        ]
        var random = SmallRandom(seed: 71)
        let versions = (0..<140).compactMap { _ in
            AlpineVersion((0..<1 + random.below(4)).map { _ in pieces[random.below(pieces.count)] }.joined())
        }
        let sorted = versions.sorted()
        for (place, left) in sorted.enumerated() {
            for right in sorted[place...] {
                #expect(left.order(against: right) <= 0, "\(left) \(right)")
                #expect(right.order(against: left) >= 0, "\(left) \(right)")
            }
        }
    }
}
