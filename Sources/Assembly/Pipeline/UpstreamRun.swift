// SPDX-License-Identifier: Apache-2.0

internal import Distribution
internal import Fetching
internal import Storage
internal import Synchronization
package import Vocabulary

/// Looks for releases of recipes' upstreams: one sweep asks each place once, and remembers what it saw for the next.
package struct UpstreamRun: Sendable {
    private let workshop: Workshop

    package init(_ workshop: Workshop) { self.workshop = workshop }

    /// A report a recipe, in their order. What a place does not answer is in its recipes' reports, and a warning.
    /// - Throws: where the run is cancelled, or the cache cannot be used.
    package func sweep(_ files: [RecipeFile]) async throws -> [UpstreamReport] {
        let questions = files.map { UpstreamQuestion($0.recipe) }
        let places = Set(questions.compactMap(\.place))
        let counter = PlaceCounter(total: places.count, report: workshop.report)
        let answers = try await monitor.look(at: places) { _ in counter.count() }
        let asked = zip(questions, files).map { Asked($0, $1.path) }
        let (memories, now) = (UpstreamMemories(cache: workshop.cache), workshop.now())
        let reports = try await workshop.workers.map(asked, atMost: workshop.workers.count) {
            Self.report($0, answers, memories, now)
        }
        workshop.report.report(zip(reports, files).compactMap { Self.warning($0, $1) })
        return reports
    }

    private typealias Asked = (question: UpstreamQuestion, file: HostPath)

    private static func report(
        _ asked: Asked, _ answers: UpstreamMonitor.Answers, _ memories: UpstreamMemories, _ now: Timestamp
    ) -> UpstreamReport {
        let question = asked.question
        guard let place = question.place else { return question.ignored }
        switch answers[place] {
        case .success(let answer):
            let key = UpstreamMemories.key(file: asked.file, place: place.words)
            let before = memories.recall(key)
            let (report, memory) = question.report(on: answer, memory: before, now: now)
            if memory != before { memories.remember(memory, key) }
            return report
        case .failure(let error): return question.failed("\(error)")
        case nil: return question.failed("it was not asked")
        }
    }

    private var monitor: UpstreamMonitor {
        let registry = workshop.registry
        return UpstreamMonitor(
            transport: workshop.transport, workers: workshop.workers, environment: workshop.environment,
            imageTags: { image in try await registry.tags(of: try ImageReference(image)).map(\.name) },
            archive: { [workshop] in (try workshop.refresher(), nil) })
    }

    /// What a person should look at.
    private static func warning(_ report: UpstreamReport, _ file: RecipeFile) -> Diagnostic? {
        guard
            [.nothingFound, .backwards, .failed].contains(report.outcome)
                || report.reason != nil && report.outcome == .current
        else { return nil }
        let place = report.place.map { "\($0): " } ?? ""
        return Diagnostic(
            report.outcome == .current ? .note : .warning, .upstreamOdd,
            "\(report.recipe): \(report.outcome == .failed ? "" : place)\(report.reason ?? "")",
            at: SourceLocation(file: file.path.text, line: 1, column: 1))
    }
}

/// How many places have answered.
private final class PlaceCounter: Sendable {
    private let total: Int
    private let report: Reporter
    private let done = Mutex(0)

    init(total: Int, report: Reporter) {
        (self.total, self.report) = (total, report)
        if total > 0 { report(.began(.refresh, "asking \(Figures.count(total, "place"))")) }
    }

    func count() {
        let done = done.withLock { count in
            count += 1
            return count
        }
        if done == total {
            report(.ended(.refresh, "asked \(Figures.count(total, "place"))"))
        } else {
            report(.advancedTo(.refresh, "asked \(done) of \(Figures.count(total, "place"))"))
        }
    }
}

/// What is kept of a look at upstream, in the cache: what is lost there only costs the knowledge of how long and of backwards.
struct UpstreamMemories: Sendable {
    private static let kind = "upstream"
    let cache: Cache

    /// By the recipe's file and the place: a recipe that looks elsewhere begins anew.
    static func key(file: HostPath, place: String) -> Digest {
        let name = (try? HostDirectory.canonical(file).text) ?? file.text
        return ContentHasher.digest(of: "upstream 1 of \(name) at \(place)")
    }

    func recall(_ key: Digest) -> UpstreamMemory? {
        guard let path = cache.entry(Self.kind, key),
            let bytes = try? HostDirectory.read(path, limit: 1 << 20)
        else { return nil }
        return try? CanonicalJSON.decode(UpstreamMemory.self, from: bytes, what: "a look at upstream")
    }

    func remember(_ memory: UpstreamMemory, _ key: Digest) {
        guard let bytes = try? CanonicalJSON.encode(memory) else { return }
        _ = try? cache.publish(Self.kind, key) { try $0.write(bytes) }
    }
}

extension Diagnostic.Code {
    static let upstreamOdd = Self(rawValue: "upstream-odd")
}
