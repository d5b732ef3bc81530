// SPDX-License-Identifier: Apache-2.0
import TestHouse
import Testing
import Vocabulary

@testable import Resolving

/// What a user reads when there is no lock of Alpine packages.
@Suite struct AlpineFailureTests {
    static let examples: [(worlds: [String], requests: String, text: String)] = [
        (
            ["a 1; depends: b>=2\nb 1"], "a",
            """
            image.yaml: no set of packages for amd64 satisfies the definition:
              image.yaml:10:7: asks for a, that is a 1
              a 1 depends on b>=2; the repositories have only b 1
            loosen or remove the request at image.yaml:10:7, or add a repository with a version that fits
            """
        ),
        (
            ["a 1; depends: so:libz.so.1\nb 1; depends: nowhere\nc 1; provides: so:libz.so.1=1; depends: b"],
            "a",
            """
            image.yaml: no set of packages for amd64 satisfies the definition:
              image.yaml:10:7: asks for a, that is a 1
              a 1 depends on so:libz.so.1, that is c 1
              c 1 depends on b
              b 1 depends on nowhere, which no repository has
            loosen or remove the request at image.yaml:10:7, or add a repository with a version that fits
            """
        ),
        (
            ["foo 1.2.3-r0; provides: A=4.5.6-r0\nbar 4.5.6-r0; provides: A=1.2.3-r0\nbaz 1; depends: bar"],
            "foo baz",
            """
            image.yaml: no set of packages for amd64 satisfies the definition:
              image.yaml:10:7: asks for foo, that is foo 1.2.3-r0
              image.yaml:11:7: asks for baz, that is baz 1
              foo 1.2.3-r0 and bar 4.5.6-r0 both claim the name A, which one package can have
              baz 1 depends on bar
            loosen or remove one of the requests at image.yaml:10:7, image.yaml:11:7
            """
        ),
        (
            ["postfix 3; provides: mta\nexim 4; provides: mta\na 1; depends: mta"], "a",
            """
            image.yaml: no set of packages for amd64 satisfies the definition:
              image.yaml:10:7: asks for a, that is a 1
              a 1 depends on mta, that is exim 4 or postfix 3
              exim 4 is not taken for a name that it only provides, without a version and without a priority; write exim under contents.packages
              postfix 3 is not taken for a name that it only provides, without a version and without a priority; write postfix under contents.packages
            loosen or remove the request at image.yaml:10:7, or add a repository with a version that fits
            """
        ),
        (
            ["a 1; depends: b !c\nb 1; depends: c\nc 1"], "a",
            """
            image.yaml: no set of packages for amd64 satisfies the definition:
              image.yaml:10:7: asks for a, that is a 1
              a 1 conflicts with c
              a 1 depends on b
              b 1 depends on c
            loosen or remove the request at image.yaml:10:7, or add a repository with a version that fits
            """
        ),
        (
            ["a 1; depends: b\nb 1; provides: x=1"], "a !x",
            """
            image.yaml: no set of packages for amd64 satisfies the definition:
              image.yaml:10:7: asks for a, that is a 1
              image.yaml:11:7: asks for !x, and so no b 1
              a 1 depends on b
            loosen or remove one of the requests at image.yaml:10:7, image.yaml:11:7
            """
        ),
        (
            ["c 1\nd 1; depends: c>=2", "@edge:c 2"], "d",
            """
            image.yaml: no set of packages for amd64 satisfies the definition:
              image.yaml:10:7: asks for d, that is d 1
              d 1 depends on c>=2; the repositories have only c 1 and c 2 (tagged @edge)
            loosen or remove the request at image.yaml:10:7, or add a repository with a version that fits
            """
        ),
        (
            ["c 1\nd 1; depends: c>=2", "@edge:c 2\na 1"], "d a@edge",
            """
            image.yaml: no set of packages for amd64 satisfies the definition:
              image.yaml:10:7: asks for d, that is d 1
              d 1 depends on c>=2
              c 2 may come from the repositories tagged @edge only for a request with that tag; write c@edge under contents.packages
            loosen or remove the request at image.yaml:10:7, or add a repository with a version that fits
            """
        ),
        (
            ["a 1; unknown: x\na 2; depends: b@edge"], "a",
            """
            image.yaml: no set of packages for amd64 satisfies the definition:
              image.yaml:10:7: asks for a, that is a 2 or a 1
              a 2 cannot be used: 'b@edge' is no dependency; expected NAME, NAME=VERSION or !NAME, with one of = < > <= >= ~ <~ >~
              a 1 cannot be used: its record in the index has a field 'W:', which must be understood and is not
            loosen or remove the request at image.yaml:10:7, or add a repository with a version that fits
            """
        ),
        (
            ["redis-server 1\nb 2; provides: x"], "redis-serverr b=3 x>=1 b~2_ zzz@edge",
            """
            image.yaml:10:7: no repository has a package 'redis-serverr' for amd64; did you mean redis-server?
            image.yaml:11:7: no repository has 'b=3' for amd64, there is 2; change the version, or add the repository that has it to contents.repositories
            image.yaml:12:7: no repository has 'x>=1' for amd64, there is b, which provides it without a version; change the version, or add the repository that has it to contents.repositories
            image.yaml:13:7: 'b~2_' has no version that the packages' rules allow; write NAME=VERSION as in `1.36.1-r2`
            image.yaml:14:7: 'zzz@edge' names the tag 'edge', which no repository has; write '@edge URL' under contents.repositories
            """
        ),
        (
            ["a 1", "@edge:b 1", "@testing:b 2"], "a@old",
            """
            image.yaml:10:7: 'a@old' names the tag 'old', which no repository has; there is @edge, @testing
            """
        ),
    ]

    @Test(arguments: examples.indices) func reads(_ place: Int) {
        let example = Self.examples[place]
        let outcome = ResolvingHouse.alpineOutcome(example.requests, in: example.worlds)
        #expect(outcome == example.text)
        #expect(!outcome.contains("Debian"))
    }

    @Test func familiesAreNotMixed() throws {
        let snapshots = [
            AlpineWorld.snapshot(0, [(.amd64, try AlpineWorld.parse("a 1"))]),
            PackageWorld.snapshot(1, [(.amd64, try PackageWorld.parse("a 1"))]),
        ]
        #expect(throws: ResolutionError.mixedFamilies(file: "image.yaml")) {
            try Resolver().resolution(of: ResolvingHouse.alpine("a"), snapshots: snapshots)
        }
    }

    /// Never another version for the sake of equality, and no silence about what one architecture lacks.
    @Test func whatOneArchitectureLacksIsAnErrorThatNamesIt() throws {
        var definition = ResolvingHouse.alpine("a")
        definition.architectures = [.amd64, .arm64]
        let both = AlpineWorld.snapshot(
            0,
            [
                (.amd64, try AlpineWorld.parse("a 2\na 1")),
                (.arm64, try AlpineWorld.parse("b 1; arch: aarch64")),
            ])
        do {
            _ = try Resolver().resolution(of: definition, snapshots: [both])
            Issue.record("it was resolved")
        } catch {
            #expect("\(error)".contains("no repository has a package 'a' for arm64"))
        }
        let one = AlpineWorld.snapshot(0, [(.amd64, try AlpineWorld.parse("a 1"))])
        #expect(throws: ResolutionError.noIndex(.arm64, file: "image.yaml")) {
            try Resolver().resolution(of: definition, snapshots: [one])
        }
    }
}
