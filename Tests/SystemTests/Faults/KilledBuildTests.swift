// SPDX-License-Identifier: Apache-2.0

import Storage
import TestHouse
import Testing

@Suite(
    "A build that is killed at any of its renames, links and messages",
    .enabled(if: FaultScene.isPossible, FaultScene.why))
struct KilledBuildTests {
    @Test("leaves no untested tag, and the next run ends where an undisturbed one does")
    func killed() async throws {
        let scene = try FaultScene()
        try await scene.serving { registry, client in
            let home = scene.home("undisturbed")
            let first = try await scene.workers.run { try scene.build(home: home, to: "\(registry)/app") }
            #expect(first.exit == 0, "\(first.outcome.stderr)")
            let published = try await scene.published("\(registry)/app", client)
            let layout = try await scene.layout(home: home)
            #expect(published.tags.keys.contains("1") && published.untestedTags == [])
            #expect(try scene.leftovers(home: home) == [])
            let points = KillPoint.choose(first.log, kept: 4, cached: 2, sends: 3) {
                $0.contains("/undisturbed/out/")
            }
            #expect(points.count >= 9)
            for (number, point) in points.enumerated() {
                let (home, name) = (scene.home("\(number)"), "\(registry)/app-\(number)")
                let killed = try await scene.workers.run {
                    try scene.build(home: home, to: name, point.fault)
                }
                #expect(killed.outcome.wasKilled || !point.isSure, "\(point): \(killed.outcome.stderr)")
                let meanwhile = try await scene.published(name, client)
                #expect(meanwhile.untestedTags == [], "\(point)")
                // Evidence, then signatures, then the tag.
                #expect(meanwhile.tags["1"] == nil || meanwhile == published, "\(point)")
                let again = try await scene.workers.run { try scene.build(home: home, to: name) }
                #expect(again.exit == 0, "\(point): \(again.outcome.stderr)")
                #expect(try await scene.published(name, client) == published, "\(point)")
                #expect(try await scene.layout(home: home) == layout, "\(point)")
                #expect(try scene.leftovers(home: home) == [], "\(point)")
                try await scene.workers.run { _ = try scene.sh("rm -rf '\(home)'") }
            }
        }
    }
}
