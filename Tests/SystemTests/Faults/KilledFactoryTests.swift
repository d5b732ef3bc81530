// SPDX-License-Identifier: Apache-2.0

import Factory
import Records
import Storage
import TestHouse
import Testing
import Vocabulary

@Suite(
    "A factory round that is killed at any of its renames, links and messages",
    .enabled(if: FaultScene.isPossible, FaultScene.why))
struct KilledFactoryTests {
    @Test("leaves the tag at what was tested, and the next round ends where an undisturbed one does")
    func killed() async throws {
        let scene = try FaultScene()
        try await scene.serving { registry, client in
            let (before, home) = (scene.home("before"), scene.home("undisturbed"))
            let first = try await scene.workers.run {
                try scene.factoryRound(home: before, at: "\(registry)/before")
            }
            #expect(first.exit == 0, "\(first.outcome.stderr)")
            let released = try await scene.published("\(registry)/before/app", client)
            try scene.select("1.1")
            try await scene.workers.run { try Self.world(scene, home: home, "undisturbed") }
            let second = try await scene.workers.run {
                try scene.factoryRound(home: home, at: "\(registry)/undisturbed")
            }
            #expect(second.exit == 0, "\(second.outcome.stderr)")
            let updated = try await scene.published("\(registry)/undisturbed/app", client)
            let history = try Self.history(home)
            #expect(released.tags["1"] != nil && updated.tags["1"] != released.tags["1"])
            #expect(updated.untestedTags == [] && history.count == 3)
            let points = KillPoint.choose(second.log, kept: 4, cached: 1, sends: 3) { $0.contains("/state/") }
            #expect(points.count >= 8)
            for (number, point) in points.enumerated() {
                let (name, home) = ("\(number)", scene.home("\(number)"))
                let repository = "\(registry)/\(name)/app"
                try await scene.workers.run { try Self.world(scene, home: home, name) }
                let killed = try await scene.workers.run {
                    try scene.factoryRound(home: home, at: "\(registry)/\(name)", point.fault)
                }
                #expect(killed.outcome.wasKilled || !point.isSure, "\(point): \(killed.outcome.stderr)")
                let meanwhile = try await scene.published(repository, client)
                #expect(meanwhile.untestedTags == [], "\(point)")
                #expect(
                    meanwhile.tags["1"] == released.tags["1"] || meanwhile == updated, "\(point)")
                let again = try await scene.workers.run {
                    try scene.factoryRound(home: home, at: "\(registry)/\(name)")
                }
                #expect(again.exit == 0, "\(point): \(again.outcome.stderr)")
                #expect(try await scene.published(repository, client) == updated, "\(point)")
                #expect(try Self.history(home) == history, "\(point)")
                #expect(try scene.leftovers(home: home) == [], "\(point)")
                try await scene.workers.run { _ = try scene.sh("rm -rf '\(home)'") }
            }
        }
    }

    /// The world as it was after the first round, under another name.
    private static func world(_ scene: FaultScene, home: String, _ name: String) throws {
        try scene.sh(
            """
            cp -a before '\(home)'
            mkdir -p registry/repositories/\(name)
            cp -a registry/repositories/before/app registry/repositories/\(name)/app
            """)
    }

    /// What the factory remembers: its rebuilds, the oldest first, and its tags, without their times.
    private static func history(_ home: String) throws -> [String] {
        let records = try FactoryState.records(in: HostPath("\(home)/state"))
        let rebuilds = try records.rebuilds().reversed().map { rebuild in
            "\(rebuild.outcome) \(rebuild.index?.description ?? "-") \(rebuild.cause.packages) \(rebuild.message)"
        }
        return rebuilds + (try records.tags(of: "app").map { "\($0.tag) \($0.digest) \($0.held)" })
    }
}
