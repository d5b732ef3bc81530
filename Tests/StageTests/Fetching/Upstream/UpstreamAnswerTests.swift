// SPDX-License-Identifier: Apache-2.0

import Testing
import Vocabulary

@testable import Fetching

/// Each place's own format.
@Suite struct UpstreamAnswerTests {
    private func lines(_ candidates: [UpstreamCandidate]) -> [String] {
        candidates.map { candidate in
            [
                candidate.name, candidate.appeared?.description,
                candidate.commit.map { String($0.prefix(4)) },
                candidate.isPrerelease ? "early" : nil, candidate.objection,
            ].compactMap { $0 }.joined(separator: " ")
        }
    }

    @Test func gitHubSaysWhatIsADraftAndWhatIsEarly() throws {
        let releases = """
            [{"tag_name": "v1", "draft": false, "prerelease": false, "published_at": "2026-03-01T10:00:00Z", "x": 1},
             {"tag_name": "v2", "draft": true, "published_at": null},
             {"tag_name": "v3", "prerelease": true, "created_at": "2026-03-02T10:00:00Z"}]
            """
        #expect(
            lines(try GitHubAnswer.releases(Array(releases.utf8))) == [
                "v1 2026-03-01T10:00:00Z", "v2 a draft", "v3 2026-03-02T10:00:00Z early",
            ])
        let tags = """
            [{"name": "v1", "commit": {"sha": "ABCDEF", "url": "x"}}, {"name": "v2"}]
            """
        #expect(lines(try GitHubAnswer.tags(Array(tags.utf8))) == ["v1 abcd", "v2"])
    }

    @Test func releaseMonitoringSaysWhatIsStable() throws {
        let text = """
            {"latest_version": "2.0", "versions": ["2.1rc1", "2.0"], "stable_versions": ["2.0"]}
            """
        #expect(lines(try ReleaseMonitorAnswer.candidates(Array(text.utf8))) == ["2.1rc1 early", "2.0"])
    }

    @Test(arguments: ["", "{", "null", "{\"message\": \"API rate limit exceeded\"}", "[1]", "[{}]", "\"x\""])
    func whatIsNoAnswerIsAnError(_ text: String) {
        let bytes = Array(text.utf8)
        #expect(throws: CanonicalJSON.ReadError.self) { try GitHubAnswer.releases(bytes) }
        #expect(throws: CanonicalJSON.ReadError.self) { try GitHubAnswer.tags(bytes) }
        #expect(throws: CanonicalJSON.ReadError.self) { try ReleaseMonitorAnswer.candidates(bytes) }
    }

    @Test func aListingGivesEachVersionOnceWithItsDate() throws {
        let page = """
            <a href="app-1.9.tar.gz">app-1.9.tar.gz</a>   2026-02-01 09:30  1.2M
            <a href="app-1.10.tar.gz">app-1.10.tar.gz</a>   03-Mar-2026 10:00   1.2M
            <a href="app-1.10.tar.gz.asc">app-1.10.tar.gz.asc</a>  04-Mar-2026 10:00  1K
            <a href="other-9.tar.gz">other</a>
            """
        let found = ListingAnswer.candidates(in: page, by: try TextPattern("app-([0-9.]+)\\.tar\\.gz"))
        #expect(lines(found) == ["1.9 2026-02-01T09:30:00Z", "1.10 2026-03-03T10:00:00Z"])
    }

    @Test func aPageOnOneLineIsSearchedInPieces() throws {
        let links = (1...2000).map { "<a href=\"app-\($0).tgz\">x</a>" }.joined()
        let found = ListingAnswer.candidates(in: links, by: try TextPattern("app-([0-9]+)\\.tgz"))
        #expect(found.count == 2000)
        let one = String(repeating: "a", count: 100_000) + "app-7.tgz"
        #expect(ListingAnswer.candidates(in: one, by: try TextPattern("app-([0-9]+)\\.tgz")).isEmpty)
    }

    @Test(arguments: [
        "2026-13-01 10:00", "2026-02-01 25:00", "2026-02-01", "x-y-z 10:00", "1.0-1-2 3:4", "-- ::",
        "99999999999999999999-1-1 1:1",
    ])
    func aDateThatIsNone(_ line: String) { #expect(ListingAnswer.date(in: line[...]) == nil) }

    @Test func aPythonProjectsVersionsAreThoseWithASource() throws {
        let name = try #require(PythonProject.Name("app"))
        let text = """
            {"files": [
              {"filename": "app-1.0.zip", "url": "x", "upload-time": "2026-01-02T00:00:00Z", "yanked": "bad"},
              {"filename": "app-1.0.tar.gz", "url": "x", "upload-time": "2026-01-01T00:00:00Z"},
              {"filename": "app-1.1.tar.gz", "url": "x", "yanked": "leaks"},
              {"filename": "app-2.0rc1.tar.gz", "url": "x"}, {"filename": "app-3.0-py3-none-any.whl", "url": "x"}]}
            """
        let found = try PythonProject(Array(text.utf8), of: name).candidates
        #expect(lines(found) == ["1.0 2026-01-01T00:00:00Z", "1.1 withdrawn: leaks", "2.0rc1 early"])
        #expect(found.map(\.version) == ["1.0", "1.1", "2.0_rc1"])
    }

    @Test(arguments: [
        ("1.2.3-4", "1.2.3"), ("1:1.2-1", "1.2"), ("1.2", "1.2"), ("1.2-3-4", "1.2-3"),
        ("1.2+dfsg1-1", "1.2"),
        ("1.2+ds-1", "1.2"), ("1.2~rc1-1", "1.2_rc1"), ("1:1.3.dfsg+really1.3.1-1+b1", "1.3.1"),
        ("2.0~beta2+dfsg-1", "2.0_beta2"),
    ])
    func anArchivesVersionNamesUpstreams(_ pair: (String, String)) throws {
        let version = try #require(DebianVersion(pair.0))
        #expect(DebianSourceFinder.Tarball.upstreamVersion(of: version) == pair.1)
    }

    @Test(arguments: [
        FetchingError.source("https://user:geheim@example.org/x", reason: "it is not there"),
        .upstream("ssh://user:geheim@example.org/x", reason: "of https://user:geheim@example.org"),
        .sourceMismatch("https://user:geheim@example.org/x main", expected: "a", found: "b"),
    ])
    func credentialsInAPlaceAreNotShown(_ error: FetchingError) {
        #expect("\(error)".contains("example.org") && !"\(error)".contains("geheim"))
    }
}
