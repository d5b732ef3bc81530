// SPDX-License-Identifier: Apache-2.0
import Testing
import Vocabulary

@testable import Resolving

/// What a user reads when there is no lock.
@Suite struct FailureSentenceTests {
    static let examples: [(world: String, requests: String, text: String)] = [
        (
            "a 1; depends: b (>= 2)\nb 1", "a",
            """
            image.yaml: no set of packages for amd64 satisfies the definition:
              image.yaml:10:7: asks for a, that is a 1
              a 1 depends on b (>= 2); the repositories have only b 1
            loosen or remove the request at image.yaml:10:7, or add a repository with a version that fits
            """
        ),
        (
            "a 1; depends: b\nb 1; depends: c\nc 1; pre-depends: nowhere", "a",
            """
            image.yaml: no set of packages for amd64 satisfies the definition:
              image.yaml:10:7: asks for a, that is a 1
              a 1 depends on b
              b 1 depends on c
              c 1 pre-depends on nowhere, which no repository has
            loosen or remove the request at image.yaml:10:7, or add a repository with a version that fits
            """
        ),
        (
            "postfix 3; provides: mta; conflicts: mta\nexim 4; provides: mta; conflicts: mta\nother 1",
            "other postfix exim",
            """
            image.yaml: no set of packages for amd64 satisfies the definition:
              image.yaml:11:7: asks for postfix, that is postfix 3
              image.yaml:12:7: asks for exim, that is exim 4
              postfix 3 conflicts with mta, which exim 4 provides
            loosen or remove one of the requests at image.yaml:11:7, image.yaml:12:7
            """
        ),
        (
            "a 1; depends: c (= 1)\nb 1; depends: c (= 2)\nc 1\nc 2", "a b",
            """
            image.yaml: no set of packages for amd64 satisfies the definition:
              image.yaml:10:7: asks for a, that is a 1
              image.yaml:11:7: asks for b, that is b 1
              a 1 depends on c (= 1)
              b 1 depends on c (= 2)
              only one version of c can be in the image
            loosen or remove one of the requests at image.yaml:10:7, image.yaml:11:7
            """
        ),
        (
            "a 1; depends: x (= 3)\nb 1; provides: x (= 1), x (= 2)", "a",
            """
            image.yaml: no set of packages for amd64 satisfies the definition:
              image.yaml:10:7: asks for a, that is a 1
              a 1 depends on x (= 3); the repositories have only b (as another version of x)
            loosen or remove the request at image.yaml:10:7, or add a repository with a version that fits
            """
        ),
        (
            "a 3; depends: x\na 2; depends: x\na 1; depends: x", "a",
            """
            image.yaml: no set of packages for amd64 satisfies the definition:
              image.yaml:10:7: asks for a, that is a 3, a 2 or a 1
              a 3, 2 and 1 depend on x, which no repository has
            loosen or remove the request at image.yaml:10:7, or add a repository with a version that fits
            """
        ),
        (
            "a 1; depends: b | c\nb 1; breaks: a (<< 2)\nc 1; conflicts: a", "a",
            """
            image.yaml: no set of packages for amd64 satisfies the definition:
              image.yaml:10:7: asks for a, that is a 1
              a 1 depends on b | c, that is b 1 or c 1
              b 1 breaks a (<< 2), that is a 1
              c 1 conflicts with a
            loosen or remove the request at image.yaml:10:7, or add a repository with a version that fits
            """
        ),
        (
            "a 1; depends: b <nocheck>", "a",
            """
            image.yaml: no set of packages for amd64 satisfies the definition:
              image.yaml:10:7: asks for a, that is a 1
              a 1 cannot be used: 'b <nocheck>' has an architecture list or a build profile, which only source packages can have
            loosen or remove the request at image.yaml:10:7, or add a repository with a version that fits
            """
        ),
        (
            "redis-server 1\nredis-tools 1\nredict 1", "redis redis-serverr zzz",
            """
            image.yaml:10:7: no repository has a package 'redis' for amd64; did you mean redis-tools or redis-server?
            image.yaml:11:7: no repository has a package 'redis-serverr' for amd64; did you mean redis-server?
            image.yaml:12:7: no repository has a package 'zzz' for amd64; check the spelling, or add the repository that has it to contents.repositories
            """
        ),
        (
            "a 2\na 1", "a=3 a>=9 a=1_0",
            """
            image.yaml:10:7: no repository has 'a=3' for amd64, there is 2, 1; change the version, or add the repository that has it to contents.repositories
            image.yaml:11:7: no repository has 'a>=9' for amd64, there is 2, 1; change the version, or add the repository that has it to contents.repositories
            image.yaml:12:7: 'a=1_0' has no version that the packages' rules allow; write NAME=VERSION as in `5:8.0.2-3`
            """
        ),
        (
            "postfix 3; provides: mta\nexim 4; provides: mta", "mta",
            """
            image.yaml:10:7: 'mta' is no package but a name that several provide; write one of them instead: exim, postfix
            """
        ),
    ]

    @Test(arguments: examples.indices) func reads(_ place: Int) {
        let example = Self.examples[place]
        #expect(ResolvingHouse.outcome(example.requests, in: example.world) == example.text)
    }

    @Test func whatIsAskedForCannotBeDropped() {
        #expect(
            throws: ResolutionError.requests(
                [
                    RequestProblem(
                        "a", at: .init(file: "image.yaml", line: 10, column: 7),
                        .alsoDropped(at: .init(file: "image.yaml", line: 40, column: 7)))
                ], .amd64)
        ) { try ResolvingHouse.resolve("a", in: "a 1", drop: "a") }
    }

    @Test func saysWhatIsMissingAroundTheRequests() {
        let definition = ResolvingHouse.definition("a")
        #expect(throws: ResolutionError.noRepositories(file: "image.yaml")) {
            try Resolver().resolve(definition, snapshots: [])
        }
        #expect(throws: ResolutionError.noIndex(.amd64, file: "image.yaml")) {
            try Resolver().resolve(
                definition, snapshots: ResolvingHouse.snapshots(["a 1"], architecture: .arm64))
        }
    }

    /// Each statement of a failure is needed: without it there would be an answer.
    @Test func saysNothingThatDoesNotMatter() throws {
        var world = "a 1; depends: b, noise0\nb 1; depends: c (>= 5) | d (>= 5)\nc 1\nd 1\n"
        for step in 0..<40 {
            world += "noise\(step) 1; depends: noise\(step + 1) | quiet\(step), quiet\(step) | noise\(step)\n"
            world += "quiet\(step) 1\n"
        }
        let text = ResolvingHouse.outcome("a", in: world)
        #expect(!text.contains("noise"))
        #expect(text.contains("b 1 depends on c (>= 5) | d (>= 5); the repositories have only c 1 and d 1"))
    }
}
