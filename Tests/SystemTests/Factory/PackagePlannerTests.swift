// SPDX-License-Identifier: Apache-2.0
import Factory
import TestHouse
import Testing
import Vocabulary

/// What must be built again, and what may be built now.
@Suite struct PackagePlannerTests {
    private static func state(
        _ name: String, recipe: String = "1", version: String = "1-r0", offers: [String] = [],
        linked: [String: String] = [:], holds: [String: String] = [:]
    ) throws -> PackageBuildState {
        PackageBuildState(
            recipe: ContentHasher.digest(of: recipe), version: version,
            packages: [
                PublishedPackage(
                    name: try #require(PackageName(name)), version: version, architecture: "x86_64",
                    digest: ContentHasher.digest(of: name + version), size: 1, installedSize: 1)
            ], offeredLibraries: offers,
            linkedLibraries: try linked.mapValues { try #require(PackageName($0)) }, staticInputs: holds,
            published: Timestamp(seconds: 0))
    }

    fileprivate struct World {
        var graph: RecipeGraph
        var standings: [PackageName: PackagePlanner.Standing] = [:]

        init(_ text: String) throws { graph = try RecipeWorld.graph(text) }

        mutating func set(
            _ name: String, recipe: String = "1", built: PackageBuildState?, inputs: [String: String] = [:],
            failed: Digest? = nil
        ) throws {
            standings[try #require(PackageName(name))] = PackagePlanner.Standing(
                recipe: ContentHasher.digest(of: recipe), built: built, inputs: inputs,
                failed: failed.map { [$0] } ?? [])
        }

        var planner: PackagePlanner { PackagePlanner(graph, standings) }

        /// `zlib build: its recipe changed`, in the order of building; what is kept is left out.
        var plan: [String] {
            planner.plan().compactMap { place, decision in
                let name = graph.nodes[place].name
                func words(_ reasons: [PackageBuildReason]) -> String {
                    reasons.map(\.description).joined(separator: "; ")
                }
                func list(_ names: [PackageName]) -> String {
                    names.map(\.text).joined(separator: " ")
                }
                return switch decision {
                case .keep: nil
                case .build(let reasons): "\(name) build: \(words(reasons))"
                case .wait(_, let names): "\(name) waits for \(list(names))"
                case .blocked(_, let names): "\(name) blocked by \(list(names))"
                case .held: "\(name) held"
                }
            }
        }
    }

    @Test func fromNothingDependentsWaitUntilTheirInputsAreThere() throws {
        var world = try World("app: zlib\nzlib: musl\nmusl:")
        for name in ["app", "zlib", "musl"] { try world.set(name, built: nil) }
        #expect(
            world.plan == [
                "musl build: nothing of it is published", "zlib waits for musl", "app waits for zlib",
            ])
    }

    @Test func aNewVersionWithTheSameSonameBuildsNoDependent() throws {
        var world = try World("app: zlib\nzlib:")
        try world.set("zlib", built: Self.state("zlib", version: "2-r0", offers: ["libz.so.1"]))
        try world.set("app", built: Self.state("app", linked: ["libz.so.1": "zlib"]))
        #expect(world.plan == [])
    }

    @Test func aSonameThatMovedBuildsWhoIsLinkedWithItAndNobodyElse() throws {
        var world = try World("app: zlib\nother: zlib\nzlib:")
        try world.set("zlib", built: Self.state("zlib", version: "2-r0", offers: ["libz.so.2"]))
        try world.set("app", built: Self.state("app", linked: ["libz.so.1": "zlib"]))
        try world.set("other", built: Self.state("other"))
        #expect(
            world.plan == [
                "app build: it is linked with libz.so.1, which zlib does not offer any more"
            ])
    }

    @Test func aLibraryThatAnotherRecipeTookOverIsStillThere() throws {
        var world = try World("app: zlib\nzlib:\nzlib-ng:")
        try world.set("zlib", built: Self.state("zlib"))
        try world.set("zlib-ng", built: Self.state("zlib-ng", offers: ["libz.so.1"]))
        try world.set("app", built: Self.state("app", linked: ["libz.so.1": "zlib"]))
        #expect(world.plan == [])
    }

    @Test func whatHoldsAStaticInputIsBuiltWithItsNewVersion() throws {
        var world = try World("app: musl\nplain: musl\nmusl:")
        try world.set("musl", built: Self.state("musl", version: "2-r0"))
        try world.set("app", built: Self.state("app", holds: ["musl": "1-r0"]), inputs: ["musl": "2-r0"])
        try world.set("plain", built: Self.state("plain"))
        #expect(world.plan == ["app build: musl is in its files and went from 1-r0 to 2-r0"])
    }

    @Test func anotherRepositorysPackageOfTheNameOfAnInputChangesNothing() throws {
        var world = try World("app:\nmusl-dev:")
        try world.set("musl-dev", built: Self.state("musl-dev", version: "2-r0"))
        try world.set(
            "app", built: Self.state("app", holds: ["musl-dev": "1-1"]), inputs: ["musl-dev": "1-1"])
        #expect(world.plan == [])
    }

    @Test func dependentsOfALibraryThatIsBuiltWaitWhereTheyMustBeBuiltToo() throws {
        var world = try World("app: zlib\nidle: zlib\nzlib:")
        try world.set("zlib", recipe: "2", built: Self.state("zlib"))
        try world.set("app", recipe: "2", built: Self.state("app"))
        try world.set("idle", built: Self.state("idle"))
        #expect(world.plan == ["zlib build: its recipe changed", "app waits for zlib"])
    }

    @Test func aFailedFirstBuildBlocksWhoeverNeedsIt() throws {
        var world = try World("app: zlib\ntool: app\nzlib:\nfree:")
        for name in ["app", "tool", "zlib", "free"] { try world.set(name, built: nil) }
        let zlib = try #require(world.graph.place(of: "zlib"))
        try world.set("zlib", built: nil, failed: world.planner.attempt(at: zlib))
        #expect(
            world.plan
                == [
                    "zlib held", "app blocked by zlib", "free build: nothing of it is published",
                    "tool blocked by app",
                ].sorted(by: { world.order($0) < world.order($1) }))
    }

    @Test func aFailedUpdateStartsNoDependentAndStopsNoOther() throws {
        var world = try World("app: zlib\nother: zlib\nzlib:")
        try world.set("zlib", recipe: "2", built: Self.state("zlib", offers: ["libz.so.1"]))
        try world.set("app", built: Self.state("app", linked: ["libz.so.1": "zlib"]))
        try world.set("other", recipe: "2", built: Self.state("other"))
        let zlib = try #require(world.graph.place(of: "zlib"))
        try world.set(
            "zlib", recipe: "2", built: Self.state("zlib", offers: ["libz.so.1"]),
            failed: world.planner.attempt(at: zlib))
        // The other one changed itself: it is built with what is published.
        #expect(
            world.plan
                == ["other build: its recipe changed", "zlib held"].sorted(by: {
                    world.order($0) < world.order($1)
                }))
    }

    @Test func whatFailedIsTriedAgainOnceSomethingItIsBuiltWithDiffers() throws {
        var world = try World("app: zlib\nzlib:")
        try world.set("zlib", built: Self.state("zlib"))
        try world.set("app", built: nil)
        let app = try #require(world.graph.place(of: "app"))
        try world.set("app", built: nil, failed: world.planner.attempt(at: app))
        #expect(world.plan == ["app held"])
        try world.set("zlib", built: Self.state("zlib", version: "1-r1"))
        #expect(world.plan == ["app build: nothing of it is published"])
    }

    @Test func aCycleWaitsForNoneOfItself() throws {
        var world = try World("a: b base\nb: a\nbase:\nabove: a")
        for name in ["a", "b", "base", "above"] { try world.set(name, built: nil) }
        #expect(
            world.plan == [
                "base build: nothing of it is published", "a waits for base",
                "b build: nothing of it is published", "above waits for a",
            ])
    }

    /// Any order of trouble: what may be built is built, until nothing more may be.
    @Test func randomWorldsComeToRestWithInputsBeforeDependents() throws {
        var random = SmallRandom(seed: 7)
        for _ in 0..<200 {
            let count = 2 + random.below(7)
            var needs: [[String]] = []
            for place in 0..<count {
                needs.append((0..<place).filter { _ in random.below(3) == 0 }.map { "p\($0)" })
            }
            var world = try World(
                (0..<count).map { "p\($0): \(needs[$0].joined(separator: " "))" }.joined(separator: "\n"))
            let failing = Set((0..<count).filter { _ in random.below(6) == 0 }.map { "p\($0)" })
            for place in 0..<count { try world.set("p\(place)", built: nil) }
            var built: [String] = []
            var rounds = 0
            while let (place, _) = world.planner.plan().first(where: {
                if case .build = $0.decision { true } else { false }
            }) {
                let name = world.graph.nodes[place].name.text
                #expect(needs[try #require(Int(name.dropFirst()))].allSatisfy { built.contains($0) })
                if failing.contains(name) {
                    try world.set(name, built: nil, failed: world.planner.attempt(at: place))
                } else {
                    try world.set(name, built: Self.state(name))
                    built.append(name)
                }
                rounds += 1
                try #require(rounds <= count)
            }
            let expected = (0..<count).reduce(into: Set<String>()) { good, place in
                let name = "p\(place)"
                if !failing.contains(name), needs[place].allSatisfy({ good.contains($0) }) {
                    good.insert(name)
                }
            }
            #expect(Set(built) == expected)
        }
    }
}

extension PackagePlannerTests.World {
    /// The place in the order of building of the recipe that a line is about.
    fileprivate func order(_ line: String) -> Int {
        let name = String(line.prefix { $0 != " " })
        let order = graph.components.flatMap(\.self)
        return graph.place(of: name).flatMap { order.firstIndex(of: $0) } ?? 0
    }
}
