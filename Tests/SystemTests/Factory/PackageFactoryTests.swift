// SPDX-License-Identifier: Apache-2.0

import Factory
import TestHouse
import Testing
import Vocabulary

/// Upstream's release → package → image → tag, without a hand on it.
@Suite(
    "A factory that builds packages", .enabled(if: PackageFactoryScene.isPossible, PackageFactoryScene.why))
struct PackageFactoryTests {
    @Test("publishes every package and image from nothing, inputs first, and then does nothing")
    func fromNothing() async throws {
        let scene = try PackageFactoryScene()
        let first = try await scene.round()
        #expect(first.built == ["libwords 1.0-r0 published", "words 1.0-r0 published"])
        #expect(first.images["words"]?.record?.outcome == .published, "\(first.images)")
        #expect(try scene.published() == ["libwords-1.0-r0", "words-1.0-r0"])
        let second = try await scene.round()
        #expect(second.built == [])
        #expect(second.images["words"]?.record == nil, "\(second.images["words"]?.decision ?? "-")")
    }

    @Test(
        "takes a release with the same soname to the tag, builds no dependent, and says why from upstream on")
    func release() async throws {
        let scene = try PackageFactoryScene()
        _ = try await scene.round()
        let before = try scene.registry.digest("words", "1")
        try scene.release("libwords", "1.1")
        let round = try await scene.round()
        #expect(round.built == ["libwords 1.1-r0 published"])
        let record = try #require(round.images["words"]?.record)
        #expect(record.outcome == .published)
        #expect(try scene.registry.digest("words", "1") != before)
        let build = try #require(record.cause.builds?.first)
        #expect(build.reasons == [.release(old: "1.0", new: "1.1")])
        #expect(build.release?.version == "1.1")
        // The recipe was taken along; nothing but version and digest differs in it.
        let recipe = try scene.recipe("libwords")
        #expect(recipe.contains("version: \"1.1\"") && recipe.contains("# libwords: a comment that stays"))
        let why = try scene.slipway("why", "words")
        for part in [
            "libwords 1.1 was first seen at", "upstream released 1.1 after 1.0", "1.0-r0 → 1.1-r0",
            "s after the release was noticed",
        ] {
            #expect(why.text.contains(part), "\(part): \(why.text)\(why.stderr)")
        }
        #expect(try await scene.round().built == [])
    }

    @Test(
        "builds whoever is linked with a library whose soname moved, once more under another release number")
    func sonameMoves() async throws {
        let scene = try PackageFactoryScene()
        _ = try await scene.round()
        try scene.release("libwords", "2.0", soname: 2)
        let round = try await scene.round()
        #expect(round.built == ["libwords 2.0-r0 published", "words 1.0-r1 published"])
        #expect(
            round.packages["words"]?.record?.reasons == [
                .library(name: "libwords.so.1", from: try #require(PackageName("libwords")))
            ])
        #expect(try scene.recipe("words").contains("epoch: 1"))
        #expect(round.images["words"]?.record?.outcome == .published, "\(round.images)")
        #expect(try await scene.round().built == [])
    }

    @Test(
        "a release that fails its test publishes nothing, starts no dependent, and is tried again only when it differs"
    )
    func failingTest() async throws {
        let scene = try PackageFactoryScene()
        _ = try await scene.round()
        let (before, serving) = (try scene.recipe("libwords"), try scene.registry.digest("words", "1"))
        try scene.release("libwords", "2.0", soname: 2, isBroken: true)
        let round = try await scene.round()
        #expect(round.built == ["libwords 2.0-r0 failed"])
        #expect(try scene.published() == ["libwords-1.0-r0", "words-1.0-r0"])
        #expect(try scene.recipe("libwords") == before)
        #expect(try scene.registry.digest("words", "1") == serving)
        #expect(try await scene.round().built == [])
        try scene.release("libwords", "2.1", soname: 2)
        #expect(
            try await scene.round().built == ["libwords 2.1-r0 published", "words 1.0-r1 published"])
    }

    @Test("a first build that fails blocks its dependents and the image, with a sentence")
    func failingFirstBuild() async throws {
        let scene = try PackageFactoryScene()
        try scene.edit("libwords", "D=${{targets.destdir}}", "exit 3")
        let round = try await scene.round()
        #expect(round.built == ["libwords 1.0-r0 failed"])
        #expect(
            round.packages["words"]?.decision == "it waits for libwords, of which nothing could be published")
        #expect(round.images["words"]?.record?.outcome == .failed)
        try scene.edit("libwords", "exit 3", "D=${{targets.destdir}}")
        #expect(
            try await scene.round().built == ["libwords 1.0-r0 published", "words 1.0-r0 published"])
    }

    @Test(
        "a recipe that somebody changed is built under another release number; what is only looked for elsewhere is not"
    )
    func changedRecipe() async throws {
        let scene = try PackageFactoryScene()
        _ = try await scene.round()
        try scene.edit("words", "enabled: true", "enabled: false")
        #expect(try await scene.round().built == [])
        try scene.edit("words", "cp text $D", "cp text $D/usr/share/words/more; cp text $D")
        #expect(try await scene.round().built == ["words 1.0-r1 published"])
    }

    @Test("what a round would build is told while the factory runs, and without its keys")
    func plannedBesideTheFactory() async throws {
        let scene = try PackageFactoryScene()
        try await scene.working { workshop in
            let factory = try scene.place.open(workshop)
            try scene.scratch.sh("rm own.rsa slipway.key")
            let plan = try #require(try scene.place.plan(workshop))
            let lines = try plan.results().map { "\($0.recipe): \($0.decision)" }
            #expect(lines.count == 2 && lines[0].hasPrefix("libwords: to be built: "), "\(lines)")
            #expect(lines.last?.hasPrefix("words: to be built after libwords: ") == true, "\(lines)")
            withExtendedLifetime(factory) {}
        }
    }

    @Test("recipes that need each other are built, each with what is published of the other")
    func cycle() async throws {
        let scene = try PackageFactoryScene()
        _ = try await scene.round()
        try scene.edit("libwords", "packages: [busybox]\npipeline", "packages: [busybox, words]\npipeline")
        #expect(try await scene.round().built == ["libwords 1.0-r1 published"])
        try scene.release("words", "1.5")
        try scene.release("libwords", "1.5")
        #expect(
            try await scene.round().built.sorted() == ["libwords 1.5-r0 published", "words 1.5-r0 published"])
    }
}
