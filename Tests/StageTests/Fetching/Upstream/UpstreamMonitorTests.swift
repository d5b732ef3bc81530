// SPDX-License-Identifier: Apache-2.0

import Synchronization
import TestHouse
import Testing
import Vocabulary

@testable import Fetching

/// Places are asked over loopback and on this machine, each once.
@Suite struct UpstreamMonitorTests {
    /// What each place had, or its error; and what the server was asked for.
    private func look(
        at places: Set<UpstreamPlace>, _ pages: [String: String],
        images: @escaping UpstreamMonitor.ImageTags = { _ in [] }
    ) async throws -> (answers: [String: String], asked: [String]) {
        let asked = Mutex<[String]>([])
        let answers = try await FetchingHouse.with { house in
            try await ScriptedHTTP.serve({ request in
                asked.withLock { $0.append(request.target) }
                // One page for all of a list's.
                let page = pages[request.target] ?? pages[String(request.target.prefix { $0 != "?" })]
                return page.map { .init(200, [:], Array($0.utf8)) } ?? .init(404)
            }) { port in
                let base = "http://127.0.0.1:\(port)"
                let monitor = UpstreamMonitor(
                    transport: house.transport, workers: house.workers,
                    environment: [
                        "PIP_INDEX_URL": "\(base)/simple", "GITHUB_API_URL": "\(base)/github/",
                        "SLIPWAY_RELEASE_MONITORING_URL": "\(base)/monitoring",
                        "PIP_CONFIG_FILE": "/dev/null",
                    ], imageTags: images, archive: { (house.refresher, nil) })
                let there = Set(
                    places.map { place -> UpstreamPlace in
                        if case .listing(let path) = place { return .listing(base + path) }
                        return place
                    })
                var found: [String: String] = [:]
                for (place, answer) in try await monitor.look(at: there) {
                    let words = place.words.replacing(base, with: "")
                    switch answer {
                    case .success(.page(let text)): found[words] = text
                    case .success(.newest(let candidates)):
                        found[words] = "the newest \(candidates.count)"
                    case .success(.candidates(let candidates)):
                        found[words] = candidates.map(\.name).joined(separator: " ")
                    case .failure(let error): found[words] = error.kind
                    }
                }
                return found
            }
        }
        return (answers, asked.withLock { $0.sorted() })
    }

    @Test func everyPlaceIsAskedOnceAndABrokenOneTakesNothingFromTheOthers() async throws {
        let full = (1...100).map { "{\"name\": \"t\($0)\"}" }.joined(separator: ",")
        let (answers, asked) = try await look(
            at: [
                .github("o/n", tags: false), .github("o/n", tags: true), .github("o/none", tags: false),
                .releaseMonitor(7),
                .pypi("App"), .pypi("none"), .listing("/pub/"), .oci("example.org/app"),
                .github("../x", tags: false),
            ],
            [
                "/github/repos/o/n/releases?per_page=100&page=1": "[{\"tag_name\": \"v1\"}]",
                "/github/repos/o/n/tags?per_page=100&page=1": "[\(full)]",
                "/github/repos/o/n/tags?per_page=100&page=2": "[{\"name\": \"last\"}]",
                "/monitoring/api/v2/versions/?project_id=7": "{\"versions\": [\"1.5\"]}",
                "/simple/app/": "{\"files\": [{\"filename\": \"app-1.0.tar.gz\", \"url\": \"x\"}]}",
                "/pub/": "a page",
            ], images: { ["\($0):1"] })
        #expect(answers["releases of o/n on GitHub"] == "v1")
        #expect(answers["tags of o/n on GitHub"]?.hasSuffix("t100 last") == true)
        #expect(answers["releases of o/none on GitHub"] == "upstream")
        #expect(answers["releases of ../x on GitHub"] == "upstream")
        #expect(answers["project 7 of release-monitoring"] == "1.5")
        #expect(answers["pypi:App"] == "1.0")
        #expect(answers["pypi:none"] == "upstream")
        #expect(answers["/pub/"] == "a page")
        #expect(answers["tags of the image example.org/app"] == "example.org/app:1")
        // Where the machine is busy, an exchange is tried again.
        #expect(Set(asked).count == 8)
    }

    @Test func aListThatDoesNotEndIsNotTakenForTheWhole() async throws {
        let tags = "[\((1...100).map { "{\"name\": \"t\($0)\"}" }.joined(separator: ","))]"
        let releases = "[\((1...100).map { "{\"tag_name\": \"v\($0)\"}" }.joined(separator: ","))]"
        let (answers, asked) = try await look(
            at: [.github("o/n", tags: false), .github("o/n", tags: true)],
            ["/github/repos/o/n/releases": releases, "/github/repos/o/n/tags": tags])
        #expect(answers["releases of o/n on GitHub"] == "the newest 1000")
        #expect(answers["tags of o/n on GitHub"] == "upstream")
        #expect(Set(asked).count == 110)
    }

    @Test(.enabled(if: Tool.exists("git"), "needs git"))
    func tagsComeFromARepositoryWithoutFetchingIt() async throws {
        let scratch = try Scratch()
        try scratch.sh(
            """
            git init -q up; cd up; git config user.name a; git config user.email a@b.c
            echo 1 >f; git add f; git commit -qm 1; git tag v1.0; git tag -a -m x v1.1
            """)
        let (answers, _) = try await look(
            at: [
                .git("file://\(scratch.path)/up"), .git("file://\(scratch.path)/none"),
                .git("--upload-pack=touch x"),
            ], [:])
        #expect(answers["tags of file://\(scratch.path)/up"] == "v1.0 v1.1")
        #expect(answers["tags of file://\(scratch.path)/none"] == "upstream")
        #expect(answers["tags of --upload-pack=touch x"] == "upstream")
    }

    @Test func anImageThatDoesNotAnswerIsItsOwnError() async throws {
        struct Broken: Error {}
        let (answers, _) = try await look(at: [.oci("example.org/app")], [:], images: { _ in throw Broken() })
        #expect(answers["tags of the image example.org/app"] == "upstream")
    }
}
