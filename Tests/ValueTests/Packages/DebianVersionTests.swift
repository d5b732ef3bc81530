// SPDX-License-Identifier: Apache-2.0
import TestHouse
import Testing

@testable import Vocabulary

@Suite struct DebianVersionTests {
    static let ordered: [(String, String)] = [
        ("1.0", "1.1"), ("1.9", "1.10"), ("1.0~rc1", "1.0"), ("1.0~~", "1.0~"), ("1.0~", "1.0"),
        ("1.0", "1.0a"),
        ("1.0a", "1.0+"), ("1.0-1", "1.0-2"), ("1.0-1", "1.0-1+b1"), ("2.0", "1:1.0"),
        ("1.0-1~deb13u1", "1.0-1"),
        ("0:1.0", "1:0.1"), ("1.2.3", "1.2.3-0.1"), ("1.0-1.1", "1.0-1.10"),
        ("5:8.0.2-3", "5:8.0.2-3+deb13u3"),
        ("1.3.dfsg+really1.3.1-1", "1.3.dfsg+really1.3.1-1+b1"), ("1.0A", "1.0a"), ("a", "b"),
        ("99999999999999999998", "99999999999999999999"), ("1-1", "1a-0"), ("1.0-", "1.0-1"),
        ("1.0.", "1.0.1"),
    ].filter { !$0.0.hasSuffix("-") }

    @Test(arguments: ordered) func lessThan(_ pair: (String, String)) throws {
        let (left, right) = (try #require(DebianVersion(pair.0)), try #require(DebianVersion(pair.1)))
        #expect(left < right)
        #expect(!(right < left))
        #expect(left != right)
    }

    @Test(
        arguments: [("1.0", "1.0-0"), ("1.00", "1.0"), ("0:1", "1"), ("1.a01", "1.a1"), ("1-", "1")]
            .dropLast())
    func twoSpellingsAreEqual(_ pair: (String, String)) throws {
        #expect(try #require(DebianVersion(pair.0)) == #require(DebianVersion(pair.1)))
    }

    @Test(arguments: [
        "", "1 0", "1.0_1", ":1", "1:", "a:1", "-1", "1-", "1.0-1-", "3000000000:1", "1.0(2)", "é", "1:1\n",
        "1-2:3",
    ])
    func refused(_ text: String) { #expect(DebianVersion(text) == nil) }

    @Test(arguments: ["1", "1:2:3", "1-2-3", "1+~.2", "git20200101", "0", "~1"])
    func taken(_ text: String) { #expect(DebianVersion(text)?.text == text) }

    @Test(arguments: [
        ("1.2-3", "1.2", true), ("1:2:3", "2:3", false), ("1-2-3", "1-2", true), ("2:1.0", "1.0", false),
        ("1.2", "1.2", false),
    ])
    func itsParts(_ given: (text: String, upstream: String, hasRevision: Bool)) throws {
        let version = try #require(DebianVersion(given.text))
        #expect(version.upstream == given.upstream && version.hasRevision == given.hasRevision)
    }

    /// The order that dpkg itself gives, for versions made of the pieces that make trouble.
    @Test(.enabled(if: Tool.exists("dpkg"), "needs dpkg"))
    func agreesWithDpkg() throws {
        let scratch = try Scratch()
        let pairs = Self.pairs(count: 1000, seed: 11)
        try scratch.write(Array(pairs.map { "\($0) \($1)\n" }.joined().utf8), to: "pairs")
        let answers = try scratch.sh(
            """
            while read a b; do
                if dpkg --compare-versions "$a" lt "$b"; then echo lt
                elif dpkg --compare-versions "$a" gt "$b"; then echo gt
                else echo eq; fi
            done <pairs
            """)
        let lines = String(decoding: answers, as: UTF8.self).split(separator: "\n")
        #expect(lines.count == pairs.count)
        for (pair, answer) in zip(pairs, lines) {
            let (left, right) = (try #require(DebianVersion(pair.0)), try #require(DebianVersion(pair.1)))
            let own = left < right ? "lt" : right < left ? "gt" : "eq"
            #expect(own == answer, "\(pair.0) against \(pair.1)")
            #expect((own == "eq") == (left == right))
        }
    }

    /// The same order by the other implementation that Debian has, in one process and so for many more; its numbers
    /// are exact up to fifteen digits only.
    @Test(.enabled(if: Tool.exists("perl -MDpkg::Version -e 1 && perl"), "needs libdpkg-perl"))
    func agreesWithDpkgsPerlLibrary() throws {
        let scratch = try Scratch()
        let pairs = Self.pairs(count: 30_000, seed: 12).filter { pair in
            !"\(pair.0) \(pair.1)".split(whereSeparator: { !$0.isNumber }).contains { $0.count > 15 }
        }
        try scratch.write(Array(pairs.map { "\($0) \($1)\n" }.joined().utf8), to: "pairs")
        let answers = try scratch.sh(
            "perl -MDpkg::Version -lane 'print version_compare($F[0], $F[1])' pairs")
        let lines = String(decoding: answers, as: UTF8.self).split(separator: "\n").compactMap { Int($0) }
        #expect(lines.count == pairs.count)
        for (pair, answer) in zip(pairs, lines) {
            let (left, right) = (try #require(DebianVersion(pair.0)), try #require(DebianVersion(pair.1)))
            #expect((left < right ? -1 : right < left ? 1 : 0) == answer, "\(pair.0) against \(pair.1)")
        }
    }

    /// Half of the second versions are the first one with one piece exchanged.
    private static func pairs(count: Int, seed: UInt64) -> [(String, String)] {
        let pieces = [
            "0", "1", "9", "10", "01", "00", ".", "..", "+", "~", "~~", "a", "b", "Z", "rc", "dfsg", "-",
            "-0", "git",
            "20200101", "+b1", "~deb13u1", "100000000000000000000",
        ]
        var random = SmallRandom(seed: seed)
        func version() -> [String] {
            var parts = (0..<1 + random.below(6)).map { _ in pieces[random.below(pieces.count)] }
            parts.insert(["1", "2", "0", "10"][random.below(4)], at: 0)
            if random.below(4) == 0 { parts.insert(["0:", "1:", "2:", "12:"][random.below(4)], at: 0) }
            return parts
        }
        var pairs: [(String, String)] = []
        while pairs.count < count {
            let first = version()
            var second = random.below(2) == 0 ? version() : first
            second[random.below(second.count - 1) + 1] = pieces[random.below(pieces.count)]
            let (left, right) = (first.joined(), second.joined())
            if isStrict(left), isStrict(right) { pairs.append((left, right)) }
        }
        return pairs
    }

    /// What dpkg takes without a warning: an upstream version begins with a digit.
    private static func isStrict(_ text: String) -> Bool {
        guard let version = DebianVersion(text) else { return false }
        return version.withoutEpoch.first?.isNumber ?? false
    }
}
