// SPDX-License-Identifier: Apache-2.0

import Storage
import TestHouse
import Testing
import Vocabulary

@Suite("A disk that is full", .enabled(if: FaultScene.isPossible, FaultScene.why))
struct FullDiskTests {
    /// How many amounts of space are tried.
    private static let amounts = KillPoint.isDeep ? 60 : 6

    @Test("ends a build in a sentence, leaves nothing half-written, and the next run makes the same image")
    func build() async throws {
        let scene = try FaultScene()
        try await scene.workers.run {
            let home = scene.home("undisturbed")
            let first = try Self.build(scene, home)
            #expect(first.exit == 0, "\(first.outcome.stderr)")
            let total = first.log.bytesWritten(below: home)
            for amount in 0..<Self.amounts {
                let home = scene.home("\(amount)")
                let bytes = total * amount / Self.amounts
                let full = try Self.build(scene, home, .fullDisk(after: bytes, below: home))
                #expect(full.exit == 1, "\(bytes) bytes: \(full.outcome.stderr)")
                #expect(full.outcome.stderr.contains("no space left"), "\(bytes): \(full.outcome.stderr)")
                #expect(try Self.halfWritten(scene, home) == "", "\(bytes) bytes")
                let again = try Self.build(scene, home)
                #expect(again.exit == 0, "\(bytes) bytes: \(again.outcome.stderr)")
                #expect(Self.digest(again) == Self.digest(first), "\(bytes) bytes")
                #expect(try scene.leftovers(home: home) == [], "\(bytes) bytes")
            }
        }
    }

    @Test("ends a factory's round, and the next one publishes what an undisturbed one would")
    func factory() async throws {
        let scene = try FaultScene()
        try await scene.serving { registry, client in
            let home = scene.home("undisturbed")
            let first = try await scene.workers.run {
                try scene.factoryRound(home: home, at: "\(registry)/undisturbed")
            }
            #expect(first.exit == 0, "\(first.outcome.stderr)")
            let published = try await scene.published("\(registry)/undisturbed/app", client)
            let total = first.log.bytesWritten(below: "\(home)/state")
            for amount in 0..<3 {
                let (home, place) = (scene.home("\(amount)"), "\(registry)/\(amount)")
                let fault = FaultShim.Fault.fullDisk(after: total * amount / 3, below: "\(home)/state")
                let full = try await scene.workers.run {
                    try scene.factoryRound(home: home, at: place, fault)
                }
                #expect(full.exit != 0, "\(fault)")
                let said = full.outcome.text + full.outcome.stderr
                #expect(said.contains("no space left") || said.contains("disk is full"), "\(fault): \(said)")
                #expect(try await scene.published("\(place)/app", client).untestedTags == [], "\(fault)")
                let again = try await scene.workers.run { try scene.factoryRound(home: home, at: place) }
                #expect(again.exit == 0, "\(fault): \(again.outcome.stderr)")
                #expect(try await scene.published("\(place)/app", client) == published, "\(fault)")
            }
        }
    }

    private static func build(
        _ scene: FaultScene, _ home: String, _ fault: FaultShim.Fault? = nil
    ) throws -> FaultScene.Run {
        try scene.slipway(
            ["build", "image.yaml", "-o", "\(home)/out", "--test", "--sign", "slipway.key"], home: home, fault
        )
    }

    private static func digest(_ run: FaultScene.Run) -> Substring? {
        run.outcome.text.split(separator: "\n").last?.split(separator: "@").last
    }

    /// Files that have their final name and not their whole content.
    private static func halfWritten(_ scene: FaultScene, _ home: String) throws -> String {
        if try HostDirectory.exists(HostPath("\(home)/out/oci-layout")) {
            _ = try ImageLayout.open(at: HostPath("\(home)/out")).index()
        }
        return try scene.sh(
            """
            cd '\(home)'
            find . -path '*/blobs/sha256/*' -type f | while read -r blob; do
                test "$(sha256sum "$blob" | cut -c 1-64)" = "$(basename "$blob")" || echo "$blob"
            done
            find . -name '*.seal' -type f | while read -r seal; do
                test "$(stat -c %s "${seal%.seal}")" = "$(cat "$seal")" || echo "$seal"
            done
            """)
    }
}

@Suite("A run that is killed while its container runs", .enabled(if: FaultScene.isPossible, FaultScene.why))
struct KilledContainerTests {
    @Test("leaves one that the next run of another image clears")
    func cleared() async throws {
        let scene = try FaultScene()
        try await scene.workers.run {
            let home = scene.home("one")
            defer { try? scene.removeContainers(home: home) }
            #expect(try scene.killedWhileAContainerRuns(home: home).contains("slipway-"))
            let next = try scene.slipway(
                ["build", "image.yaml", "-o", "\(home)/out", "--test"], home: home)
            #expect(next.exit == 0, "\(next.outcome.stderr)")
            #expect(try scene.leftovers(home: home) == [])
        }
    }
}
