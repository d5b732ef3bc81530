// SPDX-License-Identifier: Apache-2.0
import Factory
import Resolving
import TestHouse
import Testing
import Vocabulary

/// What the factory picks, beside what resolving every image anew after every change picks.
@Suite struct PlannerTests {
    /// One image as the factory knows it, and the indexes that it last looked at.
    private struct Image {
        let definition: ImageDefinition
        var published: Lock.Content?
        var refused: Lock.Content?
        var source: SourceState?
        var seen: [PackageIndex] = []

        init(_ requests: [String], _ architectures: [Architecture]) {
            let text = "\(requests) \(architectures)"
            var definition = ImageDefinition(
                name: requests.joined(separator: "-"), file: "image.yaml",
                digest: ContentHasher.digest(of: text))
            definition.contents.packages = requests.enumerated().compactMap { place, name in
                PackageName(name).map {
                    Located(
                        PackageRequest($0), at: SourceLocation(file: "image.yaml", line: place + 1, column: 1)
                    )
                }
            }
            definition.architectures = architectures
            self.definition = definition
        }

        func isDecided(by indexes: [PackageIndex]) -> Bool { seen == indexes }
    }

    private enum Pick: Hashable { case nothing, unsolvable, rebuild, refuse }

    private static let architectures: [Architecture] = [.amd64, .arm64]
    private static let planner = RebuildPlanner { new, old in
        (Int(new) ?? 0) < (Int(old) ?? 0)
    }

    /// As the round does it: poll, compare names, resolve only where they meet, decide.
    private static func plan(_ image: inout Image, _ snapshot: RepositorySnapshot) -> (Pick, resolved: Bool) {
        let indexes = snapshot.indexes.map(\.packages)
        let look = LookPlanner().look(
            source: image.source, changed: image.isDecided(by: indexes) ? [] : ["stable"],
            definition: image.definition.digest, tool: "1")
        switch look {
        case .skip: return (.nothing, false)
        case .compare:
            let names = zip(indexes, image.seen).reduce(into: Set<String>()) {
                $0.formUnion($1.0.names(differingFrom: $1.1))
            }
            if let source = image.source, !LookPlanner().canDiffer(source, names: names) {
                image.seen = indexes
                return (.nothing, false)
            }
        case .resolve: break
        }
        guard let fresh = try? resolve(image, snapshot), let lock = try? fresh.lock() else {
            return (.unsolvable, true)
        }
        let source = SourceState(
            repositories: lock.witness.repositories, definition: image.definition.digest, tool: "1",
            consulted: fresh.consulted.sorted())
        let decision = planner.decide(
            .init(published: image.published, source: image.source, refused: image.refused),
            resolution: lock.content, sources: source, repositories: source.repositories)
        image.source = source
        image.seen = indexes
        switch decision {
        case .keep: return (.nothing, true)
        case .rebuild: return (.rebuild, true)
        case .refuse: return (.refuse, true)
        }
    }

    /// Resolving anew, whatever changed.
    private static func bruteForce(_ image: Image, _ fresh: Lock.Content?) -> Pick {
        guard let fresh else { return .unsolvable }
        guard let published = image.published else { return .rebuild }
        if fresh == published || fresh == image.refused { return .nothing }
        for (new, old) in zip(fresh.architectures, published.architectures) {
            for package in new.packages {
                guard let before = old.packages.first(where: { $0.name == package.name }),
                    let (now, then) = Int(package.version).flatMap({ now in
                        Int(before.version).map { (now, $0) }
                    })
                else { continue }
                if now < then { return .refuse }
            }
        }
        return .rebuild
    }

    private static func resolve(_ image: Image, _ snapshot: RepositorySnapshot) throws -> Resolver.Resolution
    {
        try Resolver(debian: .none).resolution(of: image.definition, snapshots: [snapshot])
    }

    private static func snapshot(of worlds: [RandomWorld]) throws -> RepositorySnapshot {
        try PackageWorld.snapshot(
            0,
            zip(architectures, worlds).map { architecture, world in
                let text = world.items.map { "\($0.line); arch: \(architecture.debianName)" }
                return (architecture, try PackageWorld.parse(text.joined(separator: "\n")))
            })
    }

    @Test func picksWhatResolvingEveryImageAnewPicksAfterThreeHundredRandomIndexChanges() throws {
        var random = SmallRandom(seed: 3)
        let first = RandomWorld(&random, upTo: 14)
        var worlds = [first, first]
        var images = [
            Image(["a"], Self.architectures), Image(["b"], [.amd64]), Image(["c", "d"], Self.architectures),
            Image(["e"], [.arm64]), Image(["f", "g"], [.amd64]), Image(["v"], [.amd64]),
        ]
        var picks: [Pick: Int] = [:]
        var spared = 0
        for change in 0..<300 {
            // Architectures are rebuilt at different times: often one is ahead of the other.
            let side = random.below(3)
            for place in worlds.indices where side == 2 || side == place { worlds[place].change(&random) }
            let snapshot = try Self.snapshot(of: worlds)
            for place in images.indices {
                var image = images[place]
                let fresh = try? Self.resolve(image, snapshot).lock().content
                let expected = Self.bruteForce(image, fresh)
                let (picked, resolved) = Self.plan(&image, snapshot)
                // What could not be resolved is not looked at again before something that it asked for changes.
                #expect(
                    picked == expected,
                    "change \(change), \(image.definition.name) in\n\(worlds.map(\.text).joined(separator: "\n--\n"))"
                )
                picks[picked, default: 0] += 1
                if picked == .nothing, !resolved { spared += 1 }
                if picked == .rebuild { image.published = fresh }
                if picked == .refuse { image.refused = fresh }
                images[place] = image
            }
        }
        // The changes are of the kind that tells something.
        #expect(picks[.rebuild, default: 0] > 30)
        #expect(picks[.refuse, default: 0] > 10)
        #expect(picks[.unsolvable, default: 0] > 60)
        #expect(spared > 200)
    }
}
