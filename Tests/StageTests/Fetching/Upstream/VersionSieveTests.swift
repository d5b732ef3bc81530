// SPDX-License-Identifier: Apache-2.0

import Testing
import Vocabulary

@testable import Fetching

/// Which of a place's candidates are releases, rule by rule.
@Suite struct VersionSieveTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        var rule = UpdateRule(isEnabled: true)
        /// A tag, and its version, or nil for one that is passed over.
        var tags: [(String, String?)]
        var testDescription: String { name }

        init(_ name: String, _ tags: [(String, String?)], _ change: (inout UpdateRule) -> Void = { _ in }) {
            self.name = name
            self.tags = tags
            change(&rule)
        }
    }

    static let cases: [Case] = [
        Case(
            "plain versions",
            [("1.2.3", "1.2.3"), ("2024a", "2024a"), ("v1", nil), ("", nil), ("1.2.3-r4", nil)]),
        Case("a prefix is taken away where it is", [("v1.2", "1.2"), ("1.3", "1.3"), ("vv1", nil)]) {
            $0.filter.stripPrefix = "v"
        },
        Case("a suffix is taken away where it is", [("1.2-release", "1.2"), ("1.3", "1.3")]) {
            $0.filter.stripSuffix = "-release"
        },
        Case("tags that begin otherwise are none", [("lib-1.0", "1.0"), ("app-1.0", nil), ("1.0", nil)]) {
            $0.filter.prefix = "lib-"
            $0.filter.stripPrefix = "lib-"
        },
        Case("tags without it are none", [("1.0-lts", "1.0"), ("1.1", nil)]) {
            $0.filter.contains = "lts"
            $0.filter.stripSuffix = "-lts"
        },
        Case(
            "patterns are for tags and for what is left of them",
            [("v1.0", "1.0"), ("v2.0", nil), ("v3.0", nil), ("v10.3.0", "10.3.0")]
        ) {
            $0.filter.stripPrefix = "v"
            $0.ignoredPatterns = ["^2\\.", "^v3\\."]
        },
        Case("what stands in place of a dot", [("R_2_7_1", "2.7.1"), ("R_2.7", "2.7")]) {
            $0.filter.stripPrefix = "R_"
            $0.versionSeparator = "_"
        },
        Case("a tag becomes a version by patterns, in order", [("rel_1_4_2", "1.4.2"), ("rel_1_4", nil)]) {
            $0.transforms = [
                .init(match: "^rel_(\\d+)_(\\d+)_(\\d+)$", replace: "x$1.$2.$3"),
                .init(match: "^x", replace: ""),
            ]
        },
        Case(
            "what comes before a release is none",
            [
                ("1.0-rc1", nil), ("1.0rc.2", nil), ("1.0-Beta", nil), ("1.0_alpha1", nil),
                ("1.0-preview.3", nil),
                ("1.0.dev4", nil), ("nightly", nil), ("1.0_p1", "1.0_p1"), ("1.0a", "1.0a"),
            ]),
        Case(
            "words that hold such letters are no such words", [("search-1.2", "1.2"), ("precise-1.3", "1.3")]
        ) {
            $0.transforms = [.init(match: "^[a-z]+-", replace: "")]
        },
        Case("they are, where the recipe wants them", [("1.0-rc1", "1.0_rc1"), ("1.0", "1.0")]) {
            $0.takesPrereleases = true
            $0.transforms = [.init(match: "-rc(\\d+)", replace: "_rc$1")]
        },
        Case("a tag that is too long is none", [(String(repeating: "1", count: 600), nil)]),
        Case(
            "hostile names",
            [("1.0\n2.0", nil), ("../1.0", nil), ("1.0;rm", nil), ("$(x)", nil), ("1.0é", nil)]),
    ]

    @Test(arguments: cases)
    func tagsBecomeVersions(_ given: Case) throws {
        let sieve = try VersionSieve(given.rule)
        for (tag, expected) in given.tags {
            switch sieve.outcome(of: UpstreamCandidate(name: tag)) {
            case .version(let version): #expect(version.text == expected, "\(tag)")
            case .passedOver(let reason): #expect(expected == nil, "\(tag): \(reason)")
            }
        }
    }

    @Test func whatThePlaceItselfSaysIsHeard() throws {
        var draft = UpstreamCandidate(name: "1.0")
        draft.objection = "a draft"
        var early = UpstreamCandidate(name: "1.1")
        early.isPrerelease = true
        var rule = UpdateRule(isEnabled: true)
        #expect(try VersionSieve(rule).outcome(of: draft) == .passedOver("a draft"))
        #expect(try VersionSieve(rule).outcome(of: early) == .passedOver("it comes before a release"))
        rule.takesPrereleases = true
        #expect(try VersionSieve(rule).outcome(of: draft) == .passedOver("a draft"))
        #expect(try VersionSieve(rule).outcome(of: early) == .version(#require(RecipeVersion("1.1"))))
    }
}
