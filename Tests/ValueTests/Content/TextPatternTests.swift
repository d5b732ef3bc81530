// SPDX-License-Identifier: Apache-2.0

import TestHouse
import Testing
import Vocabulary

/// Regular expressions, their replacements, and texts that are made to keep them busy.
@Suite struct TextPatternTests {
    @Test(arguments: [
        ("^(\\d+\\.\\d+)\\.\\d+$", "1.23.4", "$1", "1.23"), ("\\.", "1.2.3", "_", "1_2_3"),
        ("^rel_(\\d+)_(\\d+)$", "rel_1_4", "x$1.$2", "x1.4"), ("x*", "abc", "-", "-a-b-c-"),
        ("a*", "baaac", "x", "xbxcx"), ("(a)(b)?", "ab a", "[$2|$1|$3|$0]", "[b|a||ab] [|a||a]"),
        ("(?P<y>\\d{4})(?P<m>\\d{2})", "202403", "${y}-$m$$", "2024-03$"), ("$", "ab", "!", "ab!"),
        ("(?i)RC[.]?", "1.0rc.1", "_rc", "1.0_rc1"), ("(?i:b)c", "BcbC", "x", "xbC"),
        ("a|ab", "ab", "x", "xb"), ("ab|a", "ab", "x", "x"), ("a+?", "aa", "x", "xx"),
        ("a{2}", "aaa", "x", "xa"),
        ("a{1,2}?", "aa", "x", "xx"), ("a{,2}", "a{,2}", "x", "x"), ("{", "{", "x", "x"),
        ("a{2,}", "aaa", "x", "x"),
        ("[^0-9.]", "v1.2é", "", "1.2"), ("[]a]", "]ab", "x", "xxb"), ("[a-]", "a-b", "x", "xxb"),
        ("[[:digit:]_]+", "a1_2", "x", "ax"), ("[^[:^digit:]]", "a1", "x", "ax"),
        ("[\\d\\-]", "1-a", "x", "xxa"),
        ("\\bv\\B", "v1 v", "x", "x1 v"), ("(?m)^", "a\nb", ">", ">a\n>b"), ("(?m)$", "a\nb", "<", "a<\nb<"),
        (".", "a\n", "x", "x\n"), ("(?s).", "a\n", "x", "xx"), ("\\x41\\x{1F600}", "A😀", "x", "x"),
        ("\\Qa.b\\E", "a.b acb", "x", "x acb"), ("(?U)a+", "aa", "x", "xx"), ("(?:ab)+", "ababc", "x", "xc"),
        ("(a*)*", "b", "x", "xbx"), ("", "ab", "x", "xaxbx"), ("e\u{301}", "e\u{301}", "x", "x"),
        ("é", "e\u{301}", "x", "e\u{301}"), ("\\A1|1\\z", "111", "x", "x1x"),
        ("\\w\\W\\s\\S\\D", "a- bc", "x", "x"),
    ])
    func replaces(_ given: (pattern: String, text: String, template: String, result: String)) throws {
        let pattern = try TextPattern(given.pattern)
        #expect(pattern.replacing(in: given.text, with: given.template) == given.result, "\(given)")
    }

    @Test func groupsAreTheFirstsOrTheWhole() throws {
        #expect(try TextPattern("a(\\d)").groups(in: "a1 b2 a3") == ["1", "3"])
        #expect(try TextPattern("a\\d").groups(in: "a1 b2 a3") == ["a1", "a3"])
        #expect(try TextPattern("a|(b)").groups(in: "ab") == ["b"])
        #expect(try TextPattern("b$").matches("ab") && !TextPattern("^b").matches("ab"))
    }

    @Test(arguments: [
        "(", ")", "a)", "[", "[]", "[b-a]", "*", "+a", "a**", "a{2}{3}", "a{2,1}", "a{1001}", "\\", "\\1",
        "\\q",
        "(?=a)", "(?<=a)", "(?<>a)", "(?x)", "[[:no:]]", "\\x4", "\\x{110000}", "[a",
        "(?i",
        "(?:(?:(?:){1000}){1000}){1000}", "((a{100}){100}){100}", String(repeating: "(", count: 5000),
    ])
    func whatIsNoPatternIsRefused(_ text: String) {
        #expect(throws: TextPattern.Malformed.self) { try TextPattern(text) }
    }

    /// Each of these keeps an engine that goes back busy for hours.
    @Test(
        .timeLimit(.minutes(2)),
        arguments: [
            ("(a+)+$", "a"), ("^(a|a)*$", "a"), ("(a|aa)+$", "a"), ("(.*a){20}$", "a"),
            (".*-.*-.*-.*-.*x", "-"),
            ("([0-9.]+)\\.tar", "1"), ("^(?:(?:a*)*)*$", "a"),
        ])
    func aTextThatIsMadeToBeSlowIsNot(_ given: (pattern: String, part: String)) throws {
        let pattern = try TextPattern(given.pattern)
        #expect(!pattern.matches(String(repeating: given.part, count: 500) + "b"))
        #expect(pattern.groups(in: String(repeating: given.part, count: 4000) + "b", limit: 4096).isEmpty)
    }

    /// The standard library's engine is another one, and means the same, but for what it takes for the edge of a word.
    @Test func agreesWithTheStandardLibrary() throws {
        var random = SmallRandom(seed: 7)
        let pieces = [
            "a", "b", ".", "[ab]", "[^a]", "\\d", "(a|b)", "(?:a|ab)", "(b?)", "1", "^", "$",
        ]
        let repeats = ["", "", "", "*", "+", "?", "{2}", "{1,2}", "*?", "+?", "??"]
        var compared = 0
        for _ in 0..<2000 {
            var text = ""
            for _ in 0...random.below(4) {
                let piece = pieces[random.below(pieces.count)]
                let mayRepeat = !["^", "$", "(b?)"].contains(piece)
                text += piece + (mayRepeat ? repeats[random.below(repeats.count)] : "")
            }
            if random.below(4) == 0 { text += "|" + pieces[random.below(pieces.count)] }
            let (pattern, other) = (try TextPattern(text), try Regex(text).matchingSemantics(.unicodeScalar))
            for _ in 0..<5 {
                let subject = (0..<random.below(8)).map { _ in ["a", "b", "1", " "][random.below(4)] }
                    .joined()
                let expected = try other.firstMatch(in: subject)
                #expect(pattern.matches(subject) == (expected != nil), "\(text) in '\(subject)'")
                guard let expected, !expected.range.isEmpty else { continue }
                compared += 1
                let first = expected.output.count > 1 ? expected.output[1] : expected.output[0]
                let groups = pattern.groups(in: subject)
                if let whole = first.substring.map(String.init) {
                    #expect(groups.first == whole, "\(text) in '\(subject)'")
                }
            }
        }
        #expect(compared > 2000)
    }
}
