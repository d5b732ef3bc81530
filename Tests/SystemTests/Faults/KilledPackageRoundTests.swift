// SPDX-License-Identifier: Apache-2.0

import Factory
import Records
import TestHouse
import Testing
import Vocabulary

@Suite(
    "A round of packages that is killed at any name that it gives",
    .enabled(if: PackageFactoryScene.isPossible && FaultShim.isPossible, PackageFactoryScene.why))
struct KilledPackageRoundTests {
    @Test(
        "leaves a repository that verifies and recipes that can be read; the next round ends where an undisturbed one does"
    )
    func killed() async throws {
        let scene = try PackageFactoryScene()
        try scene.withoutImages()
        #expect(try scene.slipway("once").exit == 0)
        // A library's soname moves: two recipes are built, and both files change.
        try scene.release("libwords", "2.0", soname: 2)
        let kept = "state packages recipes own"
        try scene.scratch.sh("mkdir before; cp -a \(kept) before/")
        let shim = try FaultShim()
        let log = "\(scene.scratch.path)/log"
        #expect(try scene.slipway("once", environment: shim.environment(log: log)).exit == 0)
        let undisturbed = try await state(scene)
        let names = FileLog(String(decoding: try scene.scratch.read("log"), as: UTF8.self)).names
        let own = names.indices.filter { place in
            ["state", "packages", "recipes"].contains {
                names[place].hasPrefix("\(scene.scratch.path)/\($0)/")
            }
        }
        #expect(own.contains { names[$0].contains("/recipes/") } && own.count >= 6, "\(names)")
        // Where time is short, every third, before and after in turn.
        let chosen = KillPoint.isDeep ? own : own.enumerated().filter { $0.offset % 3 == 0 }.map(\.element)
        for number in chosen {
            for after in [false, true] where KillPoint.isDeep || after == (number % 2 == 0) {
                try scene.scratch.sh("rm -rf \(kept); cp -a before/. .")
                let killed = try scene.slipway(
                    "once", environment: shim.environment(.killed(at: number + 1, after: after)))
                #expect(killed.wasKilled, "\(names[number]): \(killed.stderr)")
                let verified = try SlipwayProgram.run(
                    ["apk", "verify", "--key", "own.rsa.pub", "packages/x86_64/APKINDEX.tar.gz"],
                    in: scene.scratch.path)
                #expect(verified.exit == 0, "\(names[number]): \(verified.stderr)\(verified.text)")
                let again = try scene.slipway("once")
                #expect(again.exit == 0, "\(names[number]): \(again.stderr)\(again.text)")
                #expect(try await state(scene) == undisturbed, "\(names[number]) \(after)")
            }
        }
    }

    @Test(
        "and between a package and the tag of its image: the tag stays at an image that was tested, and the next round ends where an undisturbed one does"
    )
    func killedOnTheWayToTheTag() async throws {
        let scene = try PackageFactoryScene()
        try scene.define(image: ["words", "libwords"])
        let first = try scene.slipway("once")
        #expect(first.exit == 0, "\(first.stderr)")
        let released = try #require(try scene.registry.digest("words", "1"))
        try scene.release("libwords", "2.0", soname: 2)
        try scene.scratch.sh("mkdir before")
        let kept = "state packages recipes own registry"
        try scene.withoutRegistry { try scene.scratch.sh("cp -a \(kept) before/") }
        let shim = try FaultShim()
        let log = "\(scene.scratch.path)/log"
        #expect(try scene.slipway("once", environment: shim.environment(log: log)).exit == 0)
        let updated = try #require(try scene.registry.digest("words", "1"))
        let undisturbed = try await state(scene) + history(scene)
        #expect(released != updated && undisturbed.contains { $0.contains("libwords 2.0") }, "\(undisturbed)")
        let fileLog = FileLog(String(decoding: try scene.scratch.read("log"), as: UTF8.self))
        func isIn(_ folder: String, _ name: String) -> Bool {
            name.hasPrefix("\(scene.scratch.path)/\(folder)/")
        }
        // A recipe's file is changed and nothing is remembered of it yet.
        let adoptions = KillPoint.after(fileLog) { isIn("recipes", $0) && $0.hasSuffix(".yaml") }
        let points =
            adoptions
            + KillPoint.choose(fileLog, kept: 4, cached: 1, sends: 2, allCached: false) { name in
                ["state", "packages", "recipes"].contains { isIn($0, name) }
            }
        #expect(adoptions.count == 2 && points.count >= 9)
        for point in points {
            try scene.withoutRegistry { try scene.scratch.sh("rm -rf \(kept); cp -a before/. .") }
            let killed = try scene.slipway("once", environment: shim.environment(point.fault))
            #expect(killed.wasKilled || !point.isSure, "\(point): \(killed.stderr)")
            let meanwhile = try scene.registry.digest("words", "1")
            #expect(meanwhile == released || meanwhile == updated, "\(point)")
            let again = try scene.slipway("once")
            #expect(again.exit == 0, "\(point): \(again.stderr)\(again.text)")
            #expect(try scene.registry.digest("words", "1") == updated, "\(point)")
            #expect(try await state(scene) + history(scene) == undisturbed, "\(point)")
        }
    }

    /// The image's rebuilds with the packages that set them off, the oldest first.
    private func history(_ scene: PackageFactoryScene) async throws -> [String] {
        try await scene.working { workshop in
            try scene.place.history(workshop).rebuilds().reversed().map { rebuild in
                let builds = (rebuild.cause.builds ?? []).map {
                    "\($0.recipe) \($0.version) \($0.reasons.map(\.description))"
                }
                return "\(rebuild.outcome) \(rebuild.index?.description ?? "-") \(builds)"
            }
        }
    }

    /// Packages, recipes, and what the factory knows of them; not when, and not how often it tried.
    private func state(_ scene: PackageFactoryScene) async throws -> [String] {
        let files = String(
            decoding: try scene.scratch.sh("sha256sum packages/x86_64/*.apk recipes/*.yaml"), as: UTF8.self)
        let built = try await scene.working { workshop in
            try scene.place.history(workshop).recipes().sorted { $0.key < $1.key }.map { name, row in
                let state = row.built
                return
                    "\(name) \(state?.version ?? "-") \(state?.recipe.short ?? "-") "
                    + "\(state?.linkedLibraries.keys.sorted() ?? []) \(row.failed.count)"
            }
        }
        return try scene.published() + files.split(separator: "\n").map(String.init) + built
    }
}
