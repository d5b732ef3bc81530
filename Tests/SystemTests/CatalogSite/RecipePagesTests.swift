// SPDX-License-Identifier: Apache-2.0

import CatalogSite
import Records
import TestHouse
import Testing
import Vocabulary

/// The pages of packages that a factory builds itself.
@Suite struct RecipePagesTests {
    private static let hostile = "<script>alert(1)</script>\"'&"

    private static func lua(_ records: FactoryRecords) throws {
        let name = try #require(PackageName("lua"))
        let release = UpstreamRelease(
            version: "5.4.8", name: "v5.4.8", appeared: Timestamp(seconds: 1_799_990_000),
            seen: Timestamp(seconds: 1_799_999_000), place: "pypi:lua \(hostile)")
        var row = FactoryRecords.RecipeRow()
        row.built = PackageBuildState(
            recipe: ContentHasher.digest(of: "recipe"), version: "5.4.8-r0",
            packages: [
                PublishedPackage(
                    name: name, version: "5.4.8-r0", architecture: "x86_64",
                    digest: ContentHasher.digest(of: "lua"), size: 193_000, installedSize: 400_000)
            ], offeredLibraries: [], linkedLibraries: [:], staticInputs: ["musl-dev": "1.2.5-3"],
            published: Timestamp(seconds: 1_799_999_300))
        var patch = RecipeDelta.Patch(
            .patch, name: "paths.patch", location: SourceLocation(file: "lua.yaml", line: 3, column: 1))
        (patch.subject, patch.date, patch.upstream) = (hostile, "2024-03-05", "it is nothing for upstream")
        row.summary = RecipeSummary(
            description: hostile, url: "https://example.org", licenses: ["MIT"],
            sources: ["debian:lua5.4 (sha256:…)"], dependents: [try #require(PackageName("app"))],
            delta: RecipeDelta(recipe: name, version: "5.4.8", patches: [patch]))
        func record(
            _ outcome: PackageBuildRecord.Outcome, _ version: String, log: String?, message: String
        ) -> PackageBuildRecord {
            PackageBuildRecord(
                recipe: "lua", version: version, started: Timestamp(seconds: 1_799_999_280),
                finished: Timestamp(seconds: 1_799_999_300), outcome: outcome,
                reasons: [.release(old: "5.4.7", new: "5.4.8")], release: release, packages: [], log: log,
                message: message)
        }
        try records.store(
            row, of: "lua", build: record(.failed, "5.4.8-r0", log: nil, message: "a test failed: \(hostile)")
        )
        try records.store(
            row, of: "lua", build: record(.published, "5.4.8-r0", log: "x86_64/lua.log", message: "published")
        )
    }

    @Test(
        "the chain begins with the release and its time, and the page names packages, patches, dependents and log"
    )
    func page() async throws {
        try await CatalogPagesTests.serve(Self.lua) { port in
            let page = try RawHTTP.ask(port, "GET", "/package/lua").text
            for part in [
                "lua 5.4.8 appeared upstream at 2027-01-15T05:13:20Z", "upstream released 5.4.8 after 5.4.7",
                "published 300 s after the release was noticed", "5.4.8-r0", "paths.patch", "2024-03-05",
                "href=\"/package/app\"", "Stands in its files: musl-dev 1.2.5-3", "licence: MIT",
                "failed: what was published keeps serving", "/package/lua/log/2",
            ] {
                #expect(page.contains(part), "\(part)")
            }
            let directory = try RawHTTP.ask(port, "GET", "/").text
            #expect(directory.contains("1 recipe built from upstream&#39;s releases, with 1 patch"))
            #expect(directory.contains("href=\"/package/lua\""))
            #expect(try RawHTTP.ask(port, "GET", "/package/none").status == 404)
        }
    }

    @Test("nothing that a recipe, a patch or upstream says becomes markup")
    func hostileTexts() async throws {
        try await CatalogPagesTests.serve(Self.lua) { port in
            for path in ["/", "/package/lua"] {
                let page = try RawHTTP.ask(port, "GET", path).text
                #expect(!page.contains("<script") && !page.contains("\"'&"), "\(path)")
            }
        }
    }

    @Test("a log is read by its record alone: no path that somebody asks for is")
    func logs() async throws {
        // Every place has a log, so that whatever comes as far as asking for one gets it.
        try await CatalogPagesTests.serve(Self.lua, log: { Array("the log at \($0)".utf8) }) { port in
            let log = try RawHTTP.ask(port, "GET", "/package/lua/log/2")
            #expect(log.status == 200 && log.text == "the log at x86_64/lua.log", "\(log.text)")
            #expect(log["Content-Type"] == "text/plain; charset=utf-8")
            for path in [
                "lua/log/1", "lua/log/9", "other/log/2", "lua/log/..%2F..%2Fetc%2Fpasswd",
                "lua/log/x86_64%2Flua.log", "lua/log/2%2F..%2F1", "lua/log/",
            ] {
                let answer = try RawHTTP.ask(port, "GET", "/package/\(path)")
                #expect(answer.status == 404 && !answer.text.contains("the log at"), "\(path)")
            }
        }
    }

    @Test("the JSON twin has the page's facts")
    func twin() async throws {
        try await CatalogPagesTests.serve(Self.lua) { port in
            let twin = try RawHTTP.ask(port, "GET", "/package/lua.json")
            let recipe = try CanonicalJSON.decode(
                Catalog.Recipe.self, from: twin.body, what: "the twin", limit: 1 << 20)
            #expect(recipe.history.map(\.outcome) == [.published, .failed])
            #expect(recipe.built?.version == "5.4.8-r0" && recipe.summary?.delta.patches.count == 1)
        }
    }
}
