// SPDX-License-Identifier: Apache-2.0
import Testing
import Vocabulary

@Suite struct AdvisoryRangeTests {
    /// Events in short: `+1` introduced, `-2` fixed, `=2` last affected, `<3` limit.
    static func range(_ events: String) -> AdvisoryRange {
        AdvisoryRange(
            .ecosystem,
            events.split(separator: " ").map { word in
                let version = String(word.dropFirst())
                switch word.first {
                case "+": return .introduced(version)
                case "-": return .fixed(version)
                case "=": return .lastAffected(version)
                default: return .limit(version)
                }
            })
    }

    static let cases: [(String, Int, AdvisoryRange.Verdict)] = [
        ("+0", 5, .affected(fixedIn: nil)),
        ("+0 -5", 4, .affected(fixedIn: "5")),
        ("+0 -5", 5, .unaffected),
        ("-5 +0", 4, .affected(fixedIn: "5")),
        ("+3 -5", 2, .unaffected),
        ("+3 -5", 3, .affected(fixedIn: "5")),
        ("+1 =4", 4, .affected(fixedIn: nil)),
        ("+1 =4", 5, .unaffected),
        ("+1 -3 +5 -7", 4, .unaffected),
        ("+5 -7 +1 -3", 6, .affected(fixedIn: "7")),
        ("+1 -3 +5 -7", 2, .affected(fixedIn: "3")),
        ("+1 -3 +3 -7", 3, .affected(fixedIn: "7")),
        ("+0 -0", 1, .unaffected),
        ("+0 <3", 2, .affected(fixedIn: nil)),
        ("+0 <3", 3, .unaffected),
        ("+0 <*", 9, .affected(fixedIn: nil)),
        ("-5", 4, .undecidable("a range without a start")),
        ("+0 -x", 4, .undecidable("the version 'x'")),
    ]

    @Test(arguments: cases) func evaluates(events: String, version: Int, expected: AdvisoryRange.Verdict) {
        #expect(
            Self.range(events).verdict(on: version, parse: { Int($0) }) == expected, "\(events) on \(version)"
        )
    }

    @Test func knowsOnlyTheEcosystemsOrder() {
        let range = AdvisoryRange(.init(rawValue: "GIT"), [.introduced("0")])
        #expect(range.verdict(on: 1, parse: { Int($0) }) == .undecidable("a range of type GIT"))
    }

    /// The schema's words, taken literally, over every pair of ranges on a short line.
    @Test func agreesWithCountingOnEveryVersion() {
        for start in 0...4 {
            for end in (start + 1)...5 {
                for restart in end...6 {
                    let range = Self.range("+\(start) -\(end) +\(restart)")
                    for version in 0...8 {
                        let isAffected = (version >= start && version < end) || version >= restart
                        let verdict = range.verdict(on: version, parse: { Int($0) })
                        #expect(
                            (verdict != .unaffected) == isAffected, "\(start) \(end) \(restart) \(version)")
                    }
                }
            }
        }
    }
}
