// SPDX-License-Identifier: Apache-2.0

import Factory
import TestHouse
import Testing
import Vocabulary

@Suite("A rollback", .enabled(if: FactoryScene.isPossible, FactoryScene.why))
struct RollbackTests {
    /// A factory with one image that was published in each of these versions, and the digests.
    private static func scene(_ versions: [String]) async throws -> (FactoryScene, [String]) {
        let scene = try FactoryScene()
        try scene.addProgram("show", "1")
        try scene.define(
            "alpha", of: ["alpha", "show"], command: ["/usr/bin/show", "/usr/share/alpha/text"])
        var digests: [String] = []
        for (day, version) in versions.enumerated() {
            digests.append(try await update(scene, to: version, day: day + 1, .published))
        }
        return (scene, digests)
    }

    /// Publishes a version of the package and has a round; the digest of the image.
    private static func update(
        _ scene: FactoryScene, to version: String, day: Int, _ outcome: RebuildRecord.Outcome
    ) async throws -> String {
        try scene.add("alpha", version)
        try scene.publish(day: day)
        let result = try await scene.round()["alpha"]
        #expect(result?.record?.outcome == outcome, "\(result?.decision ?? "-")")
        return try #require(result?.record?.index).description
    }

    @Test("holds the tag through every update until it is released; then the newest goes out")
    func holds() async throws {
        let (scene, digests) = try await Self.scene(["1", "2"])
        let back = try scene.slipway(["rollback", "alpha", "1"])
        #expect(back.exit == 0 && back.text.contains(digests[0]), "\(back.stderr)")
        #expect(try scene.serving() == ["alpha": digests[0]])
        #expect(try await scene.round()["alpha"]?.record == nil)
        let third = try await Self.update(scene, to: "3", day: 3, .held)
        #expect(try scene.serving() == ["alpha": digests[0]])
        #expect(try await scene.round()["alpha"]?.record == nil)
        let fourth = try await Self.update(scene, to: "4", day: 4, .held)
        #expect(try scene.serving() == ["alpha": digests[0]])
        #expect(Set(digests + [third, fourth]).count == 4)
        #expect(try scene.slipway(["status"]).text.contains("1 (held)"))
        let release = try scene.slipway(["release", "alpha", "1"])
        #expect(release.exit == 0 && release.text.contains(fourth), "\(release.stderr)")
        #expect(try scene.serving() == ["alpha": fourth])
        #expect(try await scene.round()["alpha"]?.record == nil)
        let fifth = try await Self.update(scene, to: "5", day: 5, .published)
        #expect(try scene.serving() == ["alpha": fifth])
        #expect(
            try await scene.history(of: "alpha").map(\.outcome) == [
                .published, .released, .held, .held, .rolledBack, .published, .published,
            ])
        let again = try scene.slipway(["release", "alpha", "1"])
        #expect(again.exit == 1 && again.stderr.contains("not held"), "\(again.stderr)")
    }

    @Test("goes back one step each time, and to any digest that was published")
    func steps() async throws {
        let (scene, digests) = try await Self.scene(["1", "2", "3"])
        for digest in [digests[1], digests[0]] {
            #expect(try scene.slipway(["rollback", "alpha", "1"]).exit == 0)
            #expect(try scene.serving() == ["alpha": digest])
        }
        let further = try scene.slipway(["rollback", "alpha", "1"])
        #expect(further.exit == 1 && further.stderr.contains("no earlier"), "\(further.stderr)")
        #expect(try scene.slipway(["rollback", "alpha", "1", "--to", digests[1]]).exit == 0)
        #expect(try scene.serving() == ["alpha": digests[1]])
        let unknown = "sha256:" + String(repeating: "0", count: 64)
        #expect(try scene.slipway(["rollback", "alpha", "1", "--to", unknown]).exit == 1)
        #expect(try scene.slipway(["rollback", "alpha", "2"]).stderr.contains("has no tag '2'"))
        #expect(try scene.slipway(["rollback", "gamma", "1"]).stderr.contains("no image 'gamma'"))
        #expect(try scene.serving() == ["alpha": digests[1]])
    }

    @Test("can be ordered while the factory runs, of which a second one refuses to")
    func besideTheFactory() async throws {
        let (scene, digests) = try await Self.scene(["1", "2"])
        try await scene.working { workshop in
            let factory = try scene.place.open(workshop)
            let second = try scene.slipway(["once"])
            #expect(
                second.exit == 1 && second.stderr.contains("another factory works in"), "\(second.stderr)")
            let back = try scene.slipway(["rollback", "alpha", "1"])
            #expect(back.exit == 0, "\(back.stderr)")
            #expect(try await factory.round().run().map(\.record) == [nil])
        }
        #expect(try scene.serving() == ["alpha": digests[0]])
        #expect(try scene.slipway(["once"]).exit == 0)
    }
}
