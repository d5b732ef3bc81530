// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Resolving

/// What Alpine's metadata means, one small world each (apk-package(5), apk-world(5)).
@Suite struct AlpineSolvingTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let name: String
        /// One repository a text; `@tag:` begins a tagged one.
        let worlds: [String]
        let requests: String
        /// The set, or the beginning of what is wrong behind `!`.
        let set: String
        var testDescription: String { name }

        init(_ name: String, _ worlds: String..., ask requests: String, get set: String) {
            self.name = name
            self.worlds = worlds
            self.requests = requests
            self.set = set
        }
    }

    static let versions = [
        Case("the highest version", "a 1\na 3\na 2", ask: "a", get: "a 3"),
        Case("by Alpine's order", "a 1.10\na 1.9\na 1.10_rc1", ask: "a", get: "a 1.10"),
        Case("1.0 and 1.0-r0 differ", "a 1.0\na 1.0-r0", ask: "a=1.0", get: "a 1.0"),
        Case("1.0-r0 is the higher", "a 1.0\na 1.0-r0", ask: "a", get: "a 1.0-r0"),
        Case("fuzzy", "a 1.6.9-r1\na 1.60\na 2", ask: "a~1.6", get: "a 1.6.9-r1"),
        Case("fuzzy or less", "a 1.5\na 1.6.9\na 1.7", ask: "a<~1.6", get: "a 1.6.9"),
        Case("fuzzy or more", "a 1.5\na 1.6.9", ask: "a>~1.6", get: "a 1.6.9"),
        Case("leading zeros", "a 4.09-r1\na 4.5.14", ask: "a", get: "a 4.5.14"),
        Case("every line counts", "a 1\na 2\na 3", ask: "a>=2 a<3", get: "a 2"),
        Case("one name asked for twice", "a 1\na 2", ask: "a a=1", get: "a 1"),
        Case("an invalid version is usable", "a 1.0p1", ask: "a", get: "a 1.0p1"),
        Case("a dependency's version", "a 1; depends: b<2\nb 1\nb 2", ask: "a", get: "a 1, b 1"),
        Case("a dependency on a fuzzy version", "a 1; depends: b~1\nb 1.5\nb 2", ask: "a", get: "a 1, b 1.5"),
        Case(
            "an unreadable dependency makes a version unusable", "a 2; depends: b=1.0p1\na 1\nb 1.0p1",
            ask: "a",
            get: "a 1"),
        Case("one operator only", "a 2; depends: b>1<2\na 1\nb 1.5", ask: "a", get: "a 1"),
        Case("a field that must be understood", "a 2; unknown: x\na 1", ask: "a", get: "a 1"),
        Case(
            "an identity", "a 1; depends: b><\(Self.second)\nb 1\nb 2; checksum: \(Self.second)\nb 3",
            ask: "a",
            get: "a 1, b 2"),
    ]
    private static let second = "Q1AAAAAAAAAAAAAAAAAAAAAAAAAAA="

    static let provides = [
        Case("a versioned provide", "a 1; depends: x\nb 1; provides: x=1", ask: "a", get: "a 1, b 1"),
        Case("asked for by its provided name", "b 1; provides: x=1", ask: "x", get: "b 1"),
        Case(
            "so: with and without a revision",
            "a 1; depends: so:libfoo.so.1>=1.2.3-r0\nb 1; provides: so:libfoo.so.1=1.2.3\nc 1; provides: "
                + "so:libfoo.so.1=1.2.3-r4", ask: "a", get: "a 1, c 1"),
        Case(
            "the highest version under the name", "a 1; depends: x\nb 9; provides: x=1\nc 1; provides: x=2",
            ask: "a", get: "a 1, c 1"),
        Case(
            "the package's own version is one too", "a 1; depends: x\nx 1\nc 1; provides: x=2", ask: "a",
            get: "a 1, c 1"),
        Case(
            "the own name where versions tie", "a 1; depends: x\nb 1; provides: x=1\nx 1", ask: "a",
            get: "a 1, x 1"),
        Case(
            "the own name loses to a priority", "a 1; depends: x\nb 1; provides: x=1; priority: 1\nx 1",
            ask: "a",
            get: "a 1, b 1"),
        Case(
            "one owner of a name", "a 1; depends: b c\nb 1; provides: x=1\nc 1; provides: x=1", ask: "a",
            get: "!both claim the name x"),
        Case(
            "one owner, whatever the version", "b 1; provides: x=1\nc 1; provides: x=2", ask: "b c",
            get: "!both"),
        Case("a package owns its name", "x 1\nb 1; provides: x=1", ask: "x b", get: "b 1"),
        Case(
            "an owner and a virtual provider", "b 1; provides: x=1\nc 1; provides: x", ask: "b c",
            get: "!both"),
        Case(
            "virtual providers stand side by side", "b 1; provides: x\nc 1; provides: x", ask: "b c",
            get: "b 1, c 1"),
        Case(
            "provided twice by one package", "a 1; depends: x=1 x=2\nb 1; provides: x=1 x=2", ask: "a",
            get: "a 1, b 1"),
        Case(
            "its own provide", "a 1; depends: x; provides: x=1\nb 1; provides: x=2", ask: "a", get: "a 1"),
        Case(
            "/bin/sh", "a 1; depends: /bin/sh\nbusybox 1; provides: /bin/sh", ask: "a", get: "a 1, busybox 1"),
        Case(
            "an older version whose provide fits",
            "a 1; depends: x<2\nb 1; provides: x=1\nb 2; provides: x=2",
            ask: "a", get: "a 1, b 1"),
    ]

    static let virtual = [
        Case("the only provider", "a 1; depends: x\nb 1; provides: x", ask: "a", get: "a 1, b 1"),
        Case(
            "the only provider in its highest version", "a 1; depends: x\nb 1; provides: x\nb 2; provides: x",
            ask: "a", get: "a 1, b 2"),
        Case(
            "several without a priority", "a 1; depends: x\nb 1; provides: x\nc 1; provides: x", ask: "a",
            get: "!not taken"),
        Case(
            "the highest priority",
            "a 1; depends: x\nb 1; provides: x; priority: 1\nc 1; provides: x; priority: 2",
            ask: "a", get: "a 1, c 1"),
        Case(
            "a priority beats none", "a 1; depends: x\nb 1; provides: x\nc 1; provides: x; priority: 1",
            ask: "a", get: "a 1, c 1"),
        Case(
            "a tie of priorities takes the lower name",
            "a 1; depends: x\nc 1; provides: x; priority: 2\nb 1; provides: x; priority: 2", ask: "a",
            get: "a 1, b 1"),
        Case(
            "in the set for a request", "a 1; depends: x\nb 1; provides: x\nc 1; provides: x", ask: "a c",
            get: "a 1, c 1"),
        Case(
            "in the set for another dependency",
            "a 1; depends: x d\nb 1; provides: x\nc 1; provides: x\nd 1; depends: c",
            ask: "a", get: "a 1, c 1, d 1"),
        Case(
            "in the set for an equal choice of another name",
            "a 1; depends: x y\nb 1; provides: x y=1\nc 1; provides: x\nd 1; provides: y=2", ask: "a",
            get: "a 1, b 1"),
        Case(
            "no reason comes from itself",
            "a 1; depends: x\nb 1; provides: x; depends: c\nc 1; provides: x; depends: b", ask: "a",
            get: "!not taken"),
        Case(
            "a versioned dependency", "a 1; depends: x>=1\nb 1; provides: x", ask: "a",
            get: "!depends on x>=1"),
        Case(
            "a versioned one before it", "a 1; depends: x\nb 1; provides: x; priority: 9\nc 1; provides: x=0",
            ask: "a", get: "a 1, c 1"),
        Case("asked for by the definition", "b 1; provides: x\nc 1; provides: x", ask: "x c", get: "c 1"),
    ]

    static let conflicts = [
        Case(
            "a conflict moves the choice", "a 1; depends: x !b\nb 1; provides: x=2\nc 1; provides: x=1",
            ask: "a", get: "a 1, c 1"),
        Case("only some versions", "a 1; depends: b !b>=2\nb 1\nb 2", ask: "a", get: "a 1, b 1"),
        Case(
            "with what is provided", "a 1; depends: !x\nb 1; provides: x", ask: "a b",
            get: "!conflicts with x"),
        Case(
            "a version passes a virtual provide", "a 1; depends: !x<2\nb 1; provides: x", ask: "a b",
            get: "a 1, b 1"),
        Case("never with itself", "a 1; depends: !x; provides: x", ask: "a", get: "a 1"),
        Case("never with itself by a version", "a 1; depends: !x; provides: x=1", ask: "a", get: "a 1"),
        Case(
            "the other side's", "a 1; depends: x\nb 1; provides: x=2; depends: !a\nc 1; provides: x=1",
            ask: "a", get: "a 1, c 1"),
        Case(
            "a refusal", "a 1; depends: x\nb 1; provides: x=2\nc 1; provides: x=1", ask: "a !b",
            get: "a 1, c 1"),
        Case("a refusal of versions", "a 1\na 2\na 3", ask: "a !a>=3", get: "a 2"),
        Case(
            "a refusal of a provided name", "a 1; depends: b\nb 1; provides: x=1", ask: "a !x",
            get: "!asks for !x"),
        Case("a refusal of what is not there", "a 1", ask: "a !zzz", get: "a 1"),
    ]

    static let installIf = [
        Case(
            "beside its two", "a 1\ndocs 1\na-doc 1; install-if: a=1 docs", ask: "a docs",
            get: "a 1, a-doc 1, docs 1"),
        Case("not beside one of them", "a 1\ndocs 1\na-doc 1; install-if: a=1 docs", ask: "a", get: "a 1"),
        Case(
            "not beside another version", "a 2\ndocs 1\na-doc 1; install-if: a=1 docs", ask: "a docs",
            get: "a 2, docs 1"),
        Case(
            "a chain of two", "a 1\ndocs 1\na-doc 1; install-if: a=1 docs\na-more 1; install-if: a-doc=1 a",
            ask: "a docs", get: "a 1, a-doc 1, a-more 1, docs 1"),
        Case(
            "with what it needs", "a 1\ndocs 1\na-doc 1; install-if: a=1 docs; depends: man\nman 3",
            ask: "a docs",
            get: "a 1, a-doc 1, docs 1, man 3"),
        Case(
            "what it needs has its own",
            "a 1\nb 1\nab 1; install-if: a=1 b; depends: c\nc 1\nbc 1; install-if: b=1 c",
            ask: "a b", get: "a 1, ab 1, b 1, bc 1, c 1"),
        Case(
            "by a provided name", "a 1; provides: x=7\nb 1\nxb 1; install-if: x=7 b", ask: "a b",
            get: "a 1, b 1, xb 1"),
        Case(
            "what cannot be had is left out", "a 1\ndocs 1\na-doc 1; install-if: a=1 docs; depends: nowhere",
            ask: "a docs", get: "a 1, docs 1"),
        Case(
            "it never moves a choice",
            "a 1; depends: x\nb 1; provides: x=2\nc 1; provides: x=1\nd 1; install-if: a=1 b; depends: c",
            ask: "a", get: "a 1, b 1"),
        Case(
            "of two that conflict the first name",
            "a 1\nb 1\nq 1; install-if: a=1 b; depends: !p\np 1; install-if: a=1 b",
            ask: "a b", get: "a 1, b 1, p 1"),
        Case("refused", "a 1\nb 1\nq 1; install-if: a=1 b", ask: "a b !q", get: "a 1, b 1"),
        Case("unless something is there", "a 1\nb 1\nq 1; install-if: a=1 !b", ask: "a b", get: "a 1, b 1"),
        Case("where something is not there", "a 1\nb 1\nq 1; install-if: a=1 !b", ask: "a", get: "a 1, q 1"),
        Case(
            "its highest version that fits",
            "a 1\nb 1\nq 3; install-if: a=2 b\nq 2; install-if: a=1 b\nq 1; install-if: a=1 b",
            ask: "a b", get: "a 1, b 1, q 2"),
        Case(
            "wanted by something else too", "a 1; depends: q\nb 1\nq 1; install-if: a=1 b", ask: "a b",
            get: "a 1, b 1, q 1"),
        Case(
            "not because of itself", "a 1\nb 1; provides: x=1\nq 1; provides: x; install-if: x a", ask: "a",
            get: "a 1"),
        Case("one condition", "a 1\nq 1; install-if: a", ask: "a", get: "a 1, q 1"),
    ]

    static let repositories = [
        Case("the highest version over all", "a 1", "a 2", ask: "a", get: "a 2"),
        Case("of one version the first repository", "a 1", "a 1; checksum: \(second)", ask: "a", get: "a 1"),
        Case(
            "of equal provides the first repository", "a 1; depends: x\nc 1; provides: x=1",
            "b 1; provides: x=1",
            ask: "a", get: "a 1, c 1"),
        Case(
            "a priority before the repository", "a 1; depends: x\nc 1; provides: x=1",
            "b 1; provides: x=1; priority: 3", ask: "a", get: "a 1, b 1"),
        Case(
            "the same origin",
            "a 1; depends: x; origin: o\nb 1; provides: x=1\nc 1; provides: x=1; origin: o",
            ask: "a", get: "a 1, c 1"),
        Case(
            "a version before the origin",
            "a 1; depends: x; origin: o\nb 1; provides: x=2\nc 1; provides: x=1; origin: o",
            ask: "a", get: "a 1, b 1"),
        Case(
            "noarch and the own architecture", "a 1; arch: noarch; depends: b\nb 1\nb 2; arch: aarch64",
            ask: "a", get: "a 1, b 1"),
    ]

    static let tags = [
        Case("a tag is not used without being asked for", "a 1", "@edge:a 2", ask: "a", get: "a 1"),
        Case("asked for", "a 1", "@edge:a 2", ask: "a@edge", get: "a 2"),
        Case("the tag before the version", "a 3", "@edge:a 2", ask: "a@edge", get: "a 2"),
        Case("an untagged one where the tag has none", "a 1", "@edge:b 2", ask: "a@edge", get: "a 1"),
        Case("an untagged one where the version is there", "a 1", "@edge:a 2", ask: "a=1@edge", get: "a 1"),
        Case(
            "dependencies stay untagged", "b 1", "@edge:a 2; depends: b\nb 2", ask: "a@edge", get: "a 2, b 1"),
        Case("but may be tagged", "b 1", "@edge:a 2; depends: b>=2\nb 2", ask: "a@edge", get: "a 2, b 2"),
        Case(
            "the tag is inherited further", "c 1", "@edge:a 2; depends: b\nb 2; depends: c>=2\nc 2",
            ask: "a@edge",
            get: "a 2, b 2, c 2"),
        Case(
            "by an untagged package too", "a 1; depends: b\nb 1; depends: c>=2\nc 1", "@edge:c 2",
            ask: "a@edge",
            get: "a 1, b 1, c 2"),
        Case(
            "not by another request", "a 1\nd 1; depends: c>=2\nc 1", "@edge:a 2\nc 2", ask: "a@edge d",
            get: "!may come"),
        Case(
            "but what is there serves all", "d 1; depends: c>=2\nc 1", "@edge:a 2; depends: c>=2\nc 2",
            ask: "a@edge d", get: "a 2, c 2, d 1"),
        Case(
            "another tag is another matter", "x 1", "@edge:a 2; depends: b", "@old:b 1", ask: "a@edge",
            get: "!depends on b"),
        Case(
            "only there", "x 1", "@edge:a 2", ask: "a",
            get: "!is only in repositories tagged @edge; to take it from there, write 'a@edge'"),
        Case("no such tag", "a 1", ask: "a@edge", get: "!names the tag 'edge', which no repository has"),
        Case(
            "a tagged repository makes no provider the second", "a 1; depends: x\nb 1; provides: x",
            "@edge:c 1; provides: x", ask: "a", get: "a 1, b 1"),
        Case(
            "comes by itself from the tag of what it stands beside", "b 1",
            "@edge:a 1\nq 1; install-if: a=1 b",
            ask: "a@edge b", get: "a 1, b 1, q 1"),
        Case(
            "does not come by itself from a tag", "a 1\nb 1", "@edge:q 1; install-if: a=1 b", ask: "a b",
            get: "a 1, b 1"),
    ]

    @Test(arguments: versions + provides + virtual + conflicts + installIf + repositories + tags)
    func solves(_ example: Case) {
        let outcome = ResolvingHouse.alpineOutcome(example.requests, in: example.worlds)
        if example.set.hasPrefix("!") {
            #expect(outcome.contains(example.set.dropFirst()), "\(outcome)")
            #expect(outcome.contains(" "))
        } else {
            #expect(outcome == example.set)
        }
    }

    @Test func equalInputGivesEqualLocks() throws {
        let worlds = [
            "a 1; depends: x y\nb 1; provides: x; priority: 1\nc 1; provides: x; priority: 1\ny 1\nq 1; install-if: a=1 y"
        ]
        let first = try ResolvingHouse.alpine("a", in: worlds)
        for _ in 0..<5 {
            let again = try ResolvingHouse.alpine("a", in: worlds)
            #expect(try ResolvingHouse.lock(again) == ResolvingHouse.lock(first))
            #expect(again.diagnostics == first.diagnostics)
            #expect(again.consulted == first.consulted)
        }
    }

    /// The wrong choice is the very first one; what shows it is twenty packages further down.
    @Test func aChoiceIsUndoneTwentyLevelsLater() {
        var world = "root 1; depends: thing chain0\ngood 1; provides: thing=2\nbetter 1; provides: thing=1\n"
        for step in 0..<20 {
            world += "chain\(step) 1; depends: step\(step) chain\(step + 1)\n"
            world += "left\(step) 1; provides: step\(step)=2\nright\(step) 1; provides: step\(step)=1\n"
        }
        world += "chain20 1; depends: last\nlast 2; depends: !good\nlast 1; depends: !good\n"
        let set = ResolvingHouse.alpineOutcome("root", in: [world])
        #expect(set.contains("better 1") && !set.contains("good 1") && !set.contains("right"))
        #expect(set.contains("last 2"))
    }
}
