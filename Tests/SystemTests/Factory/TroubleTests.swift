// SPDX-License-Identifier: Apache-2.0

import Factory
import TestHouse
import Testing
import Vocabulary

@Suite("What goes wrong around a factory", .enabled(if: FactoryScene.isPossible, FactoryScene.why))
struct TroubleTests {
    /// A repository that is not what it should be for one round.
    enum Trouble: CaseIterable, CustomTestStringConvertible {
        case absent, unsigned, otherKey, expired, damagedIndex

        var testDescription: String { "\(self)" }
        /// What the image says.
        var words: String {
            switch self {
            case .absent: "InRelease"
            case .unsigned, .otherKey: "sign"
            case .expired: "was valid until"
            case .damagedIndex: "Packages"
            }
        }
    }

    /// Two images from two repositories.
    private static func scene() async throws -> (FactoryScene, side: FactoryScene.Source) {
        let scene = try FactoryScene()
        let side = try FactoryScene.Source()
        for (image, source) in [("alpha", scene.main), ("beta", side)] {
            try scene.addProgram("show", "1", to: source)
            try scene.add(image, "1", to: source)
            try scene.publish(to: source)
            try scene.define(
                image, of: [image, "show"], command: ["/usr/bin/show", "/usr/share/\(image)/text"],
                from: [source])
        }
        #expect(try await scene.round().values.allSatisfy { $0.record?.outcome == .published })
        return (scene, side)
    }

    @Test("a repository in trouble moves nothing, the others go on, and the next round recovers")
    func repositories() async throws {
        let (scene, side) = try await Self.scene()
        for (number, trouble) in Trouble.allCases.enumerated() {
            let version = "\(number + 2)"
            for (image, source) in [("alpha", scene.main), ("beta", side)] {
                try scene.add(image, version, to: source)
            }
            try scene.publish(day: number + 2)
            let before = try scene.serving()
            try Self.cause(trouble, day: number + 2, of: side, scene)
            let results = try await scene.round()
            let during = try scene.serving()
            let said = results["beta"].map { $0.decision + ($0.record?.message ?? "") } ?? ""
            #expect(said.contains(trouble.words), "\(trouble): \(said)")
            #expect(during["beta"] == before["beta"] && during["alpha"] != before["alpha"], "\(trouble)")
            #expect(results["alpha"]?.record?.outcome == .published, "\(trouble)")
            // The same again is not said again in the history.
            let history = try await scene.history(of: "beta").count
            #expect(try await scene.round()["beta"]?.decision == results["beta"]?.decision, "\(trouble)")
            #expect(try await scene.history(of: "beta").count == history, "\(trouble)")
            try side.mirror.follow("")
            try scene.publish(day: number + 2, to: side)
            let after = try await scene.round()
            #expect(
                after["beta"]?.record?.outcome == .published, "\(trouble): \(after["beta"]?.decision ?? "")")
            #expect(after["beta"]?.record?.cause.packages.map(\.new) == [version], "\(trouble)")
            #expect(after["alpha"]?.record == nil, "\(trouble)")
            #expect(try scene.serving()["beta"] != before["beta"], "\(trouble)")
        }
    }

    private static func cause(
        _ trouble: Trouble, day: Int, of side: FactoryScene.Source, _ scene: FactoryScene
    ) throws {
        switch trouble {
        case .absent:
            try scene.publish(day: day, to: side)
            try side.mirror.follow("InRelease absent")
        case .unsigned:
            try scene.publish(day: day, to: side)
            try side.repository.sh("cp public/dists/trixie/Release public/dists/trixie/InRelease")
        case .otherKey:
            try scene.publish(day: day, ["KEY": "\(scene.main.repository.root)/gnupg"], to: side)
        case .expired: try scene.publish(day: day, ["VALID_UNTIL": "2026-02-01"], to: side)
        case .damagedIndex:
            try scene.publish(day: day, ["BY_HASH": "no"], to: side)
            try side.mirror.follow("Packages.xz flip=40")
        }
    }

    @Test(
        "a mirror that serves the same release beyond its end is said to be stale, until it serves a newer one"
    )
    func stale() async throws {
        let (scene, side) = try await Self.scene()
        try scene.publish(day: 2, ["VALID_UNTIL": "2026-04-01"], to: side)
        #expect(try await scene.round()["beta"]?.isUndecided == false)
        scene.now = Timestamp(seconds: scene.now.seconds + 40 * 86_400)
        let late = try await scene.round()
        #expect(late["beta"]?.isUndecided == true && late["alpha"]?.isUndecided == false)
        #expect(late["beta"]?.decision.contains("was valid until 2026-04-01") == true, "\(late)")
        try scene.publish(day: 3, ["VALID_UNTIL": "2026-05-01"], to: side)
        #expect(try await scene.round()["beta"]?.isUndecided == false)
    }

    @Test("versions that went back are refused and said, and not again until something else happens")
    func lowered() async throws {
        let (scene, _) = try await Self.scene()
        try scene.add("alpha", "2")
        try scene.publish(day: 2)
        #expect(try await scene.round()["alpha"]?.record?.outcome == .published)
        let serving = try scene.serving()
        try scene.remove("alpha")
        try scene.add("alpha", "1.5")
        try scene.publish(day: 3)
        let refused = try #require(try await scene.round()["alpha"]?.record)
        #expect(
            refused.outcome == .refused && refused.message.contains("alpha 2 → 1.5"), "\(refused.message)")
        #expect(try await scene.round()["alpha"]?.record == nil)
        #expect(try scene.serving() == serving)
        try scene.add("alpha", "2.1")
        try scene.publish(day: 4)
        #expect(try await scene.round()["alpha"]?.record?.cause.packages.map(\.old) == ["2"])
        #expect(try scene.serving() != serving)
    }

    @Test("definitions change, come, go and break between rounds; so does factory.yaml")
    func definitions() async throws {
        let (scene, side) = try await Self.scene()
        let command = ["/usr/bin/show", "/usr/share/alpha/text"]
        try scene.define("alpha", of: ["alpha", "show", "extra"], command: command)
        try scene.add("extra", "1")
        try scene.publish(day: 2)
        let changed = try #require(try await scene.round()["alpha"]?.record)
        #expect(changed.outcome == .published && changed.cause.trigger == .definition)
        #expect(changed.cause.packages.map(\.name.description) == ["extra"])

        try scene.define(
            "gamma", of: ["beta", "show"], command: ["/usr/bin/show", "/usr/share/beta/text"], from: [side])
        let added = try await scene.round()
        #expect(
            added["gamma"]?.record?.cause.trigger == .first && added["gamma"]?.record?.outcome == .published)
        #expect(added.values.count { $0.record != nil } == 1)

        let serving = try scene.serving()
        try scene.keep(["alpha", "gamma"])
        try scene.add("beta", "2", to: side)
        try scene.publish(day: 2, to: side)
        let removed = try await scene.round()
        #expect(
            removed.keys.sorted() == ["alpha", "gamma"] && removed["gamma"]?.record?.outcome == .published)
        #expect(try scene.registry.digest("beta", "1") == serving["beta"])

        try scene.scratch.sh("cp alpha.yaml good.yaml; echo 'unknown-key: 1' >>alpha.yaml")
        try scene.add("beta", "3", to: side)
        try scene.publish(day: 3, to: side)
        let broken = try await scene.round()
        #expect(broken["gamma"]?.record?.outcome == .published)
        let said = broken.values.first { $0.image != "gamma" }?.decision ?? ""
        #expect(said.contains("unknown-key") && said.contains("alpha.yaml:"), "\(said)")
        #expect(try scene.slipway(["once"]).exit == 1)
        try scene.scratch.sh(
            "mv good.yaml alpha.yaml; cp factory.yaml good.yaml; echo 'image: []' >>factory.yaml")
        let refused = try scene.slipway(["once"])
        #expect(refused.exit == 1 && refused.stderr.contains("factory.yaml:"), "\(refused.stderr)")
        try scene.scratch.sh("mv good.yaml factory.yaml")
        #expect(try await scene.round().values.allSatisfy { $0.record == nil && !$0.isUndecided })

        try scene.keep(["alpha", "gamma"], tags: ["1", "stable"])
        #expect(try await scene.round().values.allSatisfy { $0.decision.hasSuffix("tagged stable too") })
        #expect(try scene.serving("stable") == scene.serving())
        #expect(try await scene.round().values.allSatisfy { $0.decision == "nothing changed" })
    }
}
