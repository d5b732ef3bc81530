// SPDX-License-Identifier: Apache-2.0

import Factory
import TestHouse
import Testing
import Vocabulary

@Suite("The factory after each change of an index", .enabled(if: FactoryScene.isPossible, FactoryScene.why))
struct RandomChangesTests {
    /// What can happen to the repository.
    private enum Change {
        case newVersion, sameVersionOtherContent, somethingElse, otherDependencies, onlySignedAgain, program
    }

    private static let leaves = ["leaf-a", "leaf-b", "leaf-c", "leaf-d"]
    private static let dependencies = [
        "alpha": "show, leaf-a", "beta": "show, leaf-a, leaf-b", "gamma": "show, leaf-c | leaf-d",
    ]

    @Test("rebuilds exactly the images that resolve to something else, and says why")
    func tenChanges() async throws {
        let scene = try FactoryScene()
        try scene.addProgram("show", "1")
        for leaf in Self.leaves { try scene.add(leaf, "1") }
        for (image, depends) in Self.dependencies.sorted(by: { $0.key < $1.key }) {
            try scene.add(image, "1", depends: depends)
            try scene.define(
                image, of: [image, "show"], command: ["/usr/bin/show", "/usr/share/\(image)/text"])
        }
        try scene.publish()
        #expect(try await scene.round().values.allSatisfy { $0.record?.outcome == .published })
        var (locks, serving) = (try await scene.resolvedAnew(), try scene.serving())
        var random = SmallRandom(seed: 7)
        var versions = Dictionary(uniqueKeysWithValues: Self.leaves.map { ($0, 1) })
        var changes: [Change] = [
            .newVersion, .newVersion, .newVersion, .sameVersionOtherContent, .sameVersionOtherContent,
            .somethingElse, .otherDependencies, .otherDependencies, .onlySignedAgain, .program,
        ]
        var rebuilt: [Int] = []
        for number in 2...11 {
            let change = changes.remove(at: random.below(changes.count))
            try Self.make(change, number, in: scene, &random, &versions)
            try scene.publish(day: number)
            let results = try await scene.round()
            let (fresh, after) = (try await scene.resolvedAnew(), try scene.serving())
            for image in scene.images {
                let old = try #require(locks[image]), new = try #require(fresh[image])
                let note: Comment = "\(number) \(change) \(image): \(results[image]?.decision ?? "-")"
                guard new != old else {
                    #expect(results[image]?.record == nil && after[image] == serving[image], note)
                    continue
                }
                let record = try #require(results[image]?.record, note)
                #expect(record.outcome == .published && record.lock == new, note)
                #expect(after[image] == record.index?.description && after[image] != serving[image], note)
                try Self.expectCause(of: record, from: old, to: new, scene, note)
            }
            rebuilt.append(scene.images.count { fresh[$0] != locks[$0] })
            (locks, serving) = (fresh, after)
        }
        // The changes are of the kind that tells something: none, some and all of the images differ.
        #expect(Set(rebuilt).isSuperset(of: [0, 1, 3]), "\(rebuilt)")
        try await Self.expectShown(scene)
    }

    private static func make(
        _ change: Change, _ number: Int, in scene: FactoryScene, _ random: inout SmallRandom,
        _ versions: inout [String: Int]
    ) throws {
        let leaf = leaves[random.below(leaves.count)]
        switch change {
        case .newVersion:
            versions[leaf] = number
            try scene.add(leaf, "\(number)")
        case .sameVersionOtherContent:
            try scene.add(leaf, "\(versions[leaf] ?? 1)", text: "\(leaf) in its \(number). form")
        case .somethingElse: try scene.add("other-\(number)", "1")
        case .otherDependencies:
            let image = scene.images[random.below(scene.images.count)]
            try scene.add(image, "\(number)", depends: "show, \(leaf)")
        case .onlySignedAgain: break
        case .program: try scene.addProgram("show", "\(number)")
        }
    }

    /// Index → package → lock difference → image, each link as anybody can work it out.
    private static func expectCause(
        of record: RebuildRecord, from old: Lock.Content, to new: Lock.Content, _ scene: FactoryScene,
        _ note: Comment
    ) throws {
        let release = try scene.main.repository.sh("cat public/dists/trixie/InRelease")
        #expect(record.cause.trigger == .repository, note)
        #expect(record.cause.repositories.map(\.new) == [ContentHasher.digest(of: release)], note)
        #expect(record.cause.repositories.map(\.title) == ["trixie"], note)
        let before = packages(old), after = packages(new)
        let differing = Set(before.keys).union(after.keys).filter { before[$0] != after[$0] }
        #expect(record.cause.packages.map(\.name.description).sorted() == differing.sorted(), note)
        for change in record.cause.packages {
            let name = change.name.description
            #expect(change.old == before[name]?.version && change.new == after[name]?.version, note)
        }
    }

    private struct Package: Equatable {
        let version: String
        let digest: Digest
    }

    private static func packages(_ lock: Lock.Content) -> [String: Package] {
        let all = lock.architectures.flatMap(\.packages)
        return Dictionary(
            all.map { ($0.name.description, Package(version: $0.version, digest: $0.digest)) },
            uniquingKeysWith: { first, _ in first })
    }

    /// The same is stored, and `factory why --json` prints it.
    private static func expectShown(_ scene: FactoryScene) async throws {
        for image in scene.images {
            let history = try await scene.history(of: image)
            let outcome = try scene.slipway(["why", image, "--json"])
            #expect(outcome.exit == 0, "\(outcome.stderr)")
            struct Answer: Decodable { let rebuilds: [RebuildRecord] }
            let answer: Answer = try CanonicalJSON.decode(from: outcome.stdout, what: "the answer")
            #expect(answer.rebuilds == history && history.last?.cause.trigger == .first)
        }
    }
}
