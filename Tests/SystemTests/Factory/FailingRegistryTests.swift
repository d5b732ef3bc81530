// SPDX-License-Identifier: Apache-2.0

import Factory
import Glibc
import Pipeline
import TestHouse
import Testing
import Vocabulary

@Suite(
    "A registry that dies while the factory publishes",
    .enabled(if: FactoryScene.isPossible, FactoryScene.why))
struct FailingRegistryTests {
    @Test("leaves the old digest at the tag and the cause in the history; the next round finishes")
    func dies() async throws {
        let scene = try await FactoryScene.withPendingUpdate()
        let serving = try scene.serving()
        let pid = scene.registry.pid
        let killer = Reporter { event in
            if case .began(.tag, _) = event { kill(pid, SIGKILL) }
        }
        let failed = try #require(try await scene.round(report: killer)["alpha"]?.record)
        #expect(failed.outcome == .failed && failed.message.contains(scene.registry.address), "\(failed)")
        #expect(failed.cause.trigger == .repository && failed.cause.repositories.count == 1)
        #expect(failed.cause.packages.map(\.new) == ["2"])
        #expect(try await scene.history(of: "alpha").map(\.outcome) == [.failed, .published])
        scene.registry.stop()
        try scene.registry.start()
        #expect(try scene.serving() == serving)
        let result = try await scene.round()["alpha"]
        let finished = try #require(result?.record, "\(result?.decision ?? "-")")
        #expect(finished.outcome == .published && finished.cause.packages.map(\.new) == ["2"])
        #expect(try scene.serving() == ["alpha": "\(finished.index?.description ?? "")"])
    }
}
