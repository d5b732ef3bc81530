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
