// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Resolving

/// What Debian's relations mean, one small world each.
@Suite struct DebianSolvingTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let name: String
        let world: String
        let requests: String
        let set: String
        var testDescription: String { name }

        init(_ name: String, _ world: String, _ requests: String, _ set: String) {
            self.name = name
            self.world = world
            self.requests = requests
            self.set = set
        }
    }

    static let choices = [
        Case("the highest version", "a 1\na 3\na 2", "a", "a 3"),
        Case("by Debian's order", "a 1.10\na 1.9\na 1.10~rc1", "a", "a 1.10"),
        Case(
            "depends and pre-depends", "a 1; depends: b; pre-depends: c\nb 1\nc 1\nd 1", "a", "a 1, b 1, c 1"),
        Case("the first alternative", "a 1; depends: b | c\nb 1\nc 1", "a", "a 1, b 1"),
        Case("an alternative that exists", "a 1; depends: b | c\nc 1", "a", "a 1, c 1"),
        Case("an alternative whose version fits", "a 1; depends: b (>= 2) | c\nb 1\nc 1", "a", "a 1, c 1"),
        Case("what is asked for anyway", "a 1; depends: b | c\nb 1\nc 1", "a c", "a 1, c 1"),
        Case(
            "what is forced anyway", "a 1; depends: b | c, d\nb 1\nc 1\nd 1; depends: c", "a", "a 1, c 1, d 1"
        ),
        Case("nothing recommended or unreached", "a 1\nb 1; depends: a", "a", "a 1"),
        Case("a cycle", "a 1; depends: b\nb 1; depends: a", "a", "a 1, b 1"),
        Case("itself through its own provide", "a 1; provides: x; depends: x", "a", "a 1"),
        Case("an older version whose needs are met", "a 2; depends: no\na 1", "a", "a 1"),
        Case(
            "legacy operators include equality", "a 1; depends: b (< 2), b (> 2)\nb 2\nb 3", "a", "a 1, b 2"),
        Case("a request by version", "a 1\na 2\na 3", "a=2", "a 2"),
        Case("a request below", "a 1\na 2\na 3", "a<3", "a 2"),
        Case("a request at most", "a 1\na 2\na 3", "a<=2", "a 2"),
        Case("a request above", "a 1\na 2", "a>1", "a 2"),
        Case("a request twice", "a 1\na 2\na 3", "a>=2 a<3", "a 2"),
    ]

    static let virtual = [
        Case("a provider", "a 1; depends: x\nb 1; provides: x", "a", "a 1, b 1"),
        Case("a request for a provider", "b 1; provides: x", "x", "b 1"),
        Case("the real package before a provider", "a 1; depends: x\nb 1; provides: x\nx 1", "a", "a 1, x 1"),
        Case(
            "a provider where the real one does not fit",
            "a 1; depends: x (>= 2)\nb 1; provides: x (= 2)\nx 1", "a",
            "a 1, b 1"),
        Case(
            "a bare provide meets no version", "a 1; depends: x (>= 1) | c\nb 1; provides: x\nc 1", "a",
            "a 1, c 1"),
        Case(
            "providers by priority",
            "a 1; depends: x\nb 1; provides: x\nc 1; provides: x; priority: required", "a",
            "a 1, c 1"),
        Case(
            "a provider that is in already", "a 1; depends: x, c\nb 1; provides: x\nc 1; provides: x", "a",
            "a 1, c 1"),
        Case(
            "a provider of several versions",
            "a 1; depends: x (= 12), x (<< 3)\nb 1; provides: x (= 2), x (= 12), x (= 13)", "a", "a 1, b 1"),
        Case(
            "the highest version of a provider", "a 1; depends: x\nb 1; provides: x\nb 2; provides: x", "a",
            "a 1, b 2"),
    ]

    static let conflicts = [
        Case("a conflict moves the choice", "a 1; depends: b | c; conflicts: b\nb 1\nc 1", "a", "a 1, c 1"),
        Case("breaks only old versions", "a 1; depends: b; breaks: b (<< 2)\nb 1\nb 2", "a", "a 1, b 2"),
        Case("breaks a newer version", "a 1; depends: b; breaks: b (>= 2)\nb 1\nb 2", "a", "a 1, b 1"),
        Case(
            "the conflict of the other side", "a 1; depends: b | c\nb 1; conflicts: a\nc 1", "a", "a 1, c 1"),
        Case("its own virtual package", "a 1; provides: mta; conflicts: mta", "a", "a 1"),
        Case(
            "another provider of its own virtual package",
            "a 1; provides: mta; conflicts: mta\nb 1; depends: m | n\nm 1; provides: mta\nn 1", "a b",
            "a 1, b 1, n 1"),
        Case(
            "a versioned conflict passes a bare provide",
            "a 1; conflicts: x (<< 2); depends: b\nb 1; provides: x", "a",
            "a 1, b 1"),
        Case(
            "a versioned conflict meets a versioned provide",
            "a 1; conflicts: x (<< 2); depends: b | c\nb 1; provides: x (= 1)\nc 1", "a", "a 1, c 1"),
        Case(
            "one version of a name",
            "a 1; depends: b, c\nb 1; depends: d (= 1)\nb 2; depends: d (= 2)\nc 1; depends: d (= 1)\nd 1\nd 2",
            "a", "a 1, b 1, c 1, d 1"),
        Case(
            "a package whose fields cannot be read", "a 1; depends: b | c\nb 1; depends: x [amd64]\nc 1\nx 1",
            "a",
            "a 1, c 1"),
    ]

    static let architectures = [
        Case(
            "all and native", "a 1; arch: all; depends: b\nb 1; arch: amd64\nb 2; arch: arm64", "a",
            "a 1, b 1"),
        Case("any asks for allowed", "a 1; depends: p:any | q\np 1\nq 1", "a", "a 1, q 1"),
        Case("any of allowed", "a 1; depends: p:any | q\np 1; multi-arch: allowed\nq 1", "a", "a 1, p 1"),
        Case(
            "any with a version",
            "a 1; depends: p:any (>= 2)\np 1; multi-arch: allowed\np 2; multi-arch: allowed", "a",
            "a 1, p 2"),
        Case(
            "foreign and same are there",
            "a 1; depends: p, q\np 1; multi-arch: foreign\nq 1; multi-arch: same", "a",
            "a 1, p 1, q 1"),
        Case("another architecture is not there", "a 1; depends: p:i386 | q\np 1\nq 1", "a", "a 1, q 1"),
        Case("the own architecture by name", "a 1; depends: p:amd64\np 1", "a", "a 1, p 1"),
    ]

    @Test(arguments: choices + virtual + conflicts + architectures) func solves(_ example: Case) {
        #expect(ResolvingHouse.outcome(example.requests, in: example.world) == example.set)
    }

    @Test func theHighestVersionWinsOverAllRepositories() throws {
        let resolution = try ResolvingHouse.resolve("a", in: "a 2\nb 1", "a 3; depends: b\na 1", "b 2")
        #expect(ResolvingHouse.text(resolution) == "a 3, b 2")
    }

    /// The wrong choice is the very first one; what shows it is twenty packages further down.
    @Test func aChoiceIsUndoneTwentyLevelsLater() throws {
        var world = "root 1; depends: good | better, chain0\ngood 1\nbetter 1\n"
        for step in 0..<20 {
            world += "chain\(step) 1; depends: left\(step) | right\(step), chain\(step + 1)\n"
            world += "left\(step) 1\nright\(step) 1\n"
        }
        world += "chain20 1; depends: last\nlast 2; conflicts: good\nlast 1; conflicts: good\n"
        let resolution = try ResolvingHouse.resolve("root", in: world)
        let set = ResolvingHouse.text(resolution)
        #expect(set.contains("better 1"))
        #expect(!set.contains("good 1"))
        #expect(!set.contains("right"))
        #expect(set.contains("last 2"))

        // Only a decision far down shows it: nothing is forced before.
        world = "root 1; depends: good | better, chain0 | none0\ngood 1\nbetter 1\n"
        for step in 0..<20 {
            world += "chain\(step) 1; depends: chain\(step + 1) | none\(step + 1)\n"
            world += "none\(step) 1; depends: chain\(step + 1)\n"
        }
        world += "chain20 1; conflicts: good\nnone20 1; conflicts: good\n"
        let deep = try ResolvingHouse.resolve("root", in: world)
        #expect(ResolvingHouse.text(deep).contains("better 1"))
        #expect(deep.conflicts > 0)
    }

    @Test func equalInputGivesEqualLocks() throws {
        let world = "a 1; depends: x, y | z\nb 1; provides: x\nc 1; provides: x\ny 1; conflicts: b\nz 1"
        let first = try ResolvingHouse.resolve("a", in: world)
        for _ in 0..<5 {
            let again = try ResolvingHouse.resolve("a", in: world)
            #expect(again.lock == first.lock)
            #expect(again.diagnostics == first.diagnostics)
        }
    }

    /// What would have to change for another answer, the names that are not there included.
    @Test func remembersWhatItConsulted() throws {
        let resolution = try ResolvingHouse.resolve(
            "a", in: "a 1; depends: missing | b; breaks: other (<< 1)\nb 1\nunrelated 1")
        #expect(resolution.consulted == ["a", "missing", "b", "other"])
    }
}
