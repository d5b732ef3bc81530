// SPDX-License-Identifier: Apache-2.0

import Factory
import TestHouse
import Testing
import Vocabulary

@Suite(
    "An update whose program does not work any more", .enabled(if: FactoryScene.isPossible, FactoryScene.why))
struct BrokenUpdateTests {
    @Test(
        "is refused, the digest before keeps serving, nothing of it is published, and the mended one goes out"
    )
    func broken() async throws {
        let scene = try FactoryScene()
        for name in ["alpha", "beta"] {
            try scene.addProgram(name, "1")
            try scene.define(
                name, of: [name], command: ["/usr/bin/\(name)", "/usr/share/doc/\(name)/copyright"])
        }
        try scene.publish()
        let first = try await scene.round()
        let serving = try scene.serving()
        #expect(first.values.allSatisfy { $0.record?.outcome == .published } && serving.count == 2)

        try scene.addProgram("alpha", "2", exit: 1)
        try scene.publish(day: 2)
        let second = try await scene.round()
        let refused = try #require(second["alpha"]?.record)
        #expect(refused.outcome == .refused && refused.cause.packages.map(\.new) == ["2"])
        #expect(refused.message.contains("runs"), "\(refused.message)")
        #expect(second["beta"]?.record == nil)
        #expect(try scene.serving() == serving)
        try Self.expectNothing(of: refused, in: scene)
        let published = try #require(first["alpha"]?.record)
        for subject in try Self.subjects(published) { try Self.expectVerdict(true, of: subject, in: scene) }
        for subject in try Self.subjects(refused) { try Self.expectVerdict(false, of: subject, in: scene) }

        // Not again, whether nothing happens or something else does.
        #expect(try await scene.round()["alpha"]?.record == nil)
        try scene.add("other", "1")
        try scene.publish(day: 3)
        #expect(try await scene.round()["alpha"]?.record == nil)
        #expect(try await scene.history(of: "alpha").map(\.outcome) == [.refused, .published])

        try scene.addProgram("alpha", "3")
        try scene.publish(day: 4)
        let mended = try #require(try await scene.round()["alpha"]?.record)
        #expect(mended.outcome == .published)
        #expect(mended.cause.packages.map(\.old) == ["1"] && mended.cause.packages.map(\.new) == ["3"])
        #expect(try scene.serving()["alpha"] == mended.index?.description)
        for subject in try Self.subjects(mended) { try Self.expectVerdict(true, of: subject, in: scene) }
        try Self.expectNothing(of: refused, in: scene)
    }

    /// The index and each platform's manifest.
    private static func subjects(_ record: RebuildRecord) throws -> [Digest] {
        [try #require(record.index)] + record.platforms.map(\.manifest)
    }

    private static func expectNothing(of record: RebuildRecord, in scene: FactoryScene) throws {
        let tags = try scene.registry.ask("alpha/tags/list")
        for subject in try subjects(record) {
            #expect(try scene.registry.digest("alpha", "\(subject)") == nil)
            let referrers = try scene.registry.ask("alpha/referrers/\(subject)")
            #expect(referrers.contains(#""manifests":[]"#), "\(referrers)")
            #expect(!tags.contains(subject.hex), "\(tags)")
        }
    }

    private static func expectVerdict(_ accepted: Bool, of subject: Digest, in scene: FactoryScene) throws {
        // Nothing is attested of what was refused either; cosign 2 looks for that only elsewhere.
        let commands = accepted ? ["verify"] : ["verify", "verify-attestation --type slsaprovenance1"]
        for cosign in Cosign.all {
            for command in commands {
                let result = cosign.run(
                    "\(command) --key slipway.pub --insecure-ignore-tlog=true "
                        + "\(scene.registry.address)/alpha@\(subject)", in: scene.scratch)
                #expect(result.accepted == accepted, "\(cosign.version) \(command): \(result.output)")
            }
        }
    }
}
