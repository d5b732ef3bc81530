// SPDX-License-Identifier: Apache-2.0
import CatalogSite
import Logging
import Records
import Storage
import TestHouse
import Testing
import Vocabulary

/// The catalog's pages, asked for over HTTP as a browser does.
@Suite struct CatalogPagesTests {
    private static let hostile = "<script>alert(1)</script>\"'&"
    private static let now = Timestamp(seconds: 1_800_000_000)

    private static func digest(_ name: String) -> Digest { ContentHasher.digest(of: name) }

    /// `minutes` before now; what a round leaves behind.
    private static func record(
        _ name: String, _ outcome: RebuildRecord.Outcome, minutes: Int64,
        trigger: RebuildCause.Trigger = .repository,
        message: String = "rebuilt because trixie changed"
    ) throws -> RebuildRecord {
        let change = PackageChange(
            architecture: .amd64, name: try #require(PackageName("liblzf1")), old: "3.6-4", new: "3.6-5")
        let repository = RebuildCause.RepositoryChange(
            line: "deb https://deb.example.org/\(hostile) trixie main", title: "trixie", old: digest("a"),
            new: digest("b"), date: nil)
        return RebuildRecord(
            image: "app", started: now, finished: Timestamp(seconds: now.seconds - minutes * 60),
            outcome: outcome,
            cause: RebuildCause(trigger: trigger, repositories: [repository], packages: [change]),
            index: outcome == .refused ? nil : digest("index \(name)"),
            platforms: [
                .init(
                    platform: Platform(os: "linux", architecture: "amd64"),
                    manifest: digest("manifest \(name)"),
                    compressedSize: 13_000_000, uncompressedSize: 35_000_000, files: 507, packages: 18)
            ], lock: nil, tests: [],
            findings: Findings(
                distribution: "debian", coverage: hostile, completeAsOf: nil, packagesScanned: 18,
                findings: [],
                uncovered: [
                    .init(
                        package: try #require(PackageName("libc6")), version: hostile,
                        sourceName: try #require(PackageName("glibc")), reason: hostile)
                ], diagnostics: []), message: message)
    }

    /// A server over records that `fill` wrote, for as long as `body` runs; `log` is the log of a build by its place.
    static func serve(
        _ fill: (FactoryRecords) throws -> Void, log: @escaping @Sendable (String) -> [UInt8]? = { _ in nil },
        _ body: @escaping @Sendable (Int) throws -> Void
    ) async throws {
        let scratch = try Scratch()
        let records = try FactoryRecords(at: HostPath("\(scratch.path)/factory.sqlite"))
        try fill(records)
        let server = CatalogServer(records: records, prefix: "registry.example.org/apps", log: log) { now }
        let (ports, port) = AsyncStream<Int>.makeStream()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await server.run(
                    host: "127.0.0.1", port: 0,
                    logger: Logger(label: "test") { _ in
                        SwiftLogNoOpLogHandler()
                    }
                ) { port.yield($0) }
            }
            let bound = try #require(await ports.first { _ in true })
            try await WorkerThreads(count: 1).run { try body(bound) }
            group.cancelAll()
        }
    }

    private static func app(_ records: FactoryRecords) throws {
        try records.store(.init(rebuild: record("old", .published, minutes: 90, trigger: .first)), of: "app")
        try records.store(.init(rebuild: record("new", .published, minutes: 30)), of: "app")
        try records.store(
            .init(
                rebuild: record(
                    "bad", .refused, minutes: 5, message: "test one failed: \(hostile)\ntest two failed")),
            of: "app")
        let tag = PublishedTag(
            image: "app", tag: "8", digest: digest("index old"), held: true, moved: now)
        try records.store(.init(tags: [tag]), of: "app")
    }

    @Test func nothingOfARecordBecomesMarkup() async throws {
        try await Self.serve(Self.app) { port in
            for path in ["/", "/image/app", "/image/%3Cscript%3Ealert(1)%3C%2Fscript%3E"] {
                let page = try RawHTTP.ask(port, "GET", path).text
                #expect(!page.contains("<script"), "\(path)")
                #expect(!page.contains("\"'&"), "\(path)")
            }
            let page = try RawHTTP.ask(port, "GET", "/image/app").text
            #expect(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;"))
        }
    }

    @Test func everyAnswerForbidsScriptsAndWhatIsElsewhere() async throws {
        try await Self.serve(Self.app) { port in
            for path in ["/", "/index.json", "/image/app", "/image/app.json", "/image/none", "/style.css"] {
                let answer = try RawHTTP.ask(port, "GET", path)
                let policy = try #require(answer["Content-Security-Policy"], "\(path)")
                #expect(policy.hasPrefix("default-src 'none'; style-src 'self'"), "\(path)")
                #expect(!policy.contains("unsafe"), "\(path)")
                #expect(answer["X-Content-Type-Options"] == "nosniff", "\(path)")
                #expect(answer.status == (path == "/image/none" ? 404 : 200), "\(path)")
                let head = try RawHTTP.ask(port, "HEAD", path)
                #expect(head.status == answer.status, "\(path)")
                #expect(head["Content-Length"] == "\(answer.body.count)", "\(path)")
            }
        }
    }

    /// After a rollback the newest build is not what the tag serves: commands and figures are of what is served.
    @Test func aRolledBackImageShowsTheDigestsThatItsTagServes() async throws {
        try await Self.serve(Self.app) { port in
            let page = try RawHTTP.ask(port, "GET", "/image/app").text
            #expect(page.contains("podman pull registry.example.org/apps/app:8"))
            #expect(
                page.contains(
                    "slipway verify --key slipway.pub registry.example.org/apps/app@\(Self.digest("index old"))"
                ))
            #expect(page.contains("registry.example.org/apps/app@\(Self.digest("manifest old"))"))
            #expect(!page.contains("\(Self.digest("manifest new"))"))
            #expect(page.contains("held: rebuilds do not move it until it is released"))
            #expect(page.contains("1 h ago"))
        }
    }

    @Test func theJSONTwinHasThePagesFacts() async throws {
        try await Self.serve(Self.app) { port in
            let page = try RawHTTP.ask(port, "GET", "/image/app").text
            let twin = try RawHTTP.ask(port, "GET", "/image/app.json")
            #expect(twin["Content-Type"] == "application/json")
            let image = try CanonicalJSON.decode(
                Catalog.Image.self, from: twin.body, what: "the twin", limit: 1 << 20)
            #expect(image.history.map(\.outcome) == [.refused, .published, .published])
            #expect(image.tags.map(\.held) == [true])
            for record in image.history {
                #expect(page.contains(record.outcome.sentence))
                for change in record.cause.packages { #expect(page.contains(change.sentence)) }
            }
            // Incomplete records never read as none.
            #expect(page.contains("unknown: 1 package not covered"))
            #expect(!page.contains("0 known findings"))
        }
    }

    @Test func anEmptyFactorySaysWhatComes() async throws {
        try await Self.serve({ _ in }) { port in
            let answer = try RawHTTP.ask(port, "GET", "/")
            #expect(answer.status == 200)
            #expect(answer.text.contains("Nothing has been built yet"))
        }
    }
}
