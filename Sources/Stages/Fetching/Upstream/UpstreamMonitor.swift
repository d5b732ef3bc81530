// SPDX-License-Identifier: Apache-2.0

package import Storage
package import Transport
internal import Vocabulary

/// Asks the places where projects announce releases, each once, several at once. What an answer means is judged elsewhere
/// (`UpstreamQuestion`).
package struct UpstreamMonitor: Sendable {
    /// Where the programming interfaces of two services are; others that speak the same may take their place.
    package struct Services: Sendable, Equatable {
        package var github = "https://api.github.com"
        package var releaseMonitoring = "https://release-monitoring.org"

        /// `GITHUB_API_URL`, as GitHub's own programs have it, and `SLIPWAY_RELEASE_MONITORING_URL`.
        package init(environment: [String: String]) {
            if let url = environment["GITHUB_API_URL"], !url.isEmpty { github = url }
            if let url = environment["SLIPWAY_RELEASE_MONITORING_URL"], !url.isEmpty {
                releaseMonitoring = url
            }
        }
    }

    /// The tags of an image, from its registry.
    package typealias ImageTags = @Sendable (String) async throws -> [String]

    static let limits = (page: 8 << 20, tagPages: 100, releasePages: 10)

    let files: RepositoryFiles
    let python: PipSettings
    let services: Services
    let archive: @Sendable () throws -> SourceFetcher.Archive
    let imageTags: ImageTags
    /// Places that are asked at once.
    private static let width = 8

    package init(
        transport: HTTPTransport, workers: WorkerThreads, environment: [String: String],
        imageTags: @escaping ImageTags, archive: @escaping @Sendable () throws -> SourceFetcher.Archive
    ) {
        files = RepositoryFiles(transport: transport, workers: workers)
        python = PipSettings(environment: environment)
        services = Services(environment: environment)
        self.imageTags = imageTags
        self.archive = archive
    }

    package typealias Answers = [UpstreamPlace: Result<UpstreamAnswer, FetchingError>]

    /// Every place's answer, or why there is none: a place that is broken takes nothing from the others.
    /// - Parameter progress: is told each place as it has answered.
    /// - Throws: `FetchingError.cancelled` alone.
    package func look(
        at places: Set<UpstreamPlace>, progress: @escaping @Sendable (UpstreamPlace) -> Void = { _ in }
    ) async throws(FetchingError) -> Answers {
        let jobs = jobs(for: places, await indexes(for: places))
        var answers: Answers = [:]
        await withTaskGroup(of: Answers.self) { group in
            var waiting = jobs[...]
            func begin() {
                guard let job = waiting.popFirst() else { return }
                group.addTask { await job() }
            }
            for _ in 0..<Self.width { begin() }
            while let some = await group.next() {
                for (place, answer) in some {
                    answers[place] = answer
                    progress(place)
                }
                begin()
            }
        }
        if Task.isCancelled { throw .cancelled }
        return answers
    }

    private typealias Indexes = Result<[PythonIndex], FetchingError>

    /// pip's indexes, found out once; none where nobody needs them.
    private func indexes(for places: Set<UpstreamPlace>) async -> Indexes {
        let needsThem = places.contains { if case .pypi = $0 { true } else { false } }
        guard needsThem else { return .success([]) }
        do throws(FetchingError) { return .success(try await python.indexes()) } catch {
            return .failure(error)
        }
    }

    private typealias Job = @Sendable () async -> Answers

    /// One a place; the packages of a suite and the projects of the Python index share what they have to read first.
    private func jobs(for places: Set<UpstreamPlace>, _ indexes: Indexes) -> [Job] {
        var jobs: [Job] = []
        var suites: [String?: [String]] = [:]
        for (_, place) in places.map({ ($0.words, $0) }).sorted(by: { $0.0 < $1.0 }) {
            switch place {
            case .aptSource(let name, let suite): suites[suite, default: []].append(name)
            default:
                jobs.append {
                    do throws(FetchingError) {
                        return [place: .success(try await answer(of: place, indexes))]
                    } catch { return [place: .failure(error)] }
                }
            }
        }
        for (suite, names) in suites.sorted(by: { ($0.key ?? "") < ($1.key ?? "") }) {
            jobs.insert({ await answers(of: names, in: suite) }, at: 0)
        }
        return jobs
    }

    private func answer(
        of place: UpstreamPlace, _ indexes: Indexes
    ) async throws(FetchingError) -> UpstreamAnswer {
        switch place {
        case .github(let project, let tags): try await github(project, tags: tags)
        case .git(let url): .candidates(try await tags(of: url))
        case .releaseMonitor(let number): .candidates(try await monitored(number))
        case .pypi(let name): .candidates(try await project(name, try indexes.get()))
        case .listing(let url): .page(String(decoding: try await page(url), as: UTF8.self))
        case .oci(let image): .candidates(try await tags(ofImage: image))
        case .aptSource(let name, let suite):
            try await answers(of: [name], in: suite)[place]?.get() ?? .candidates([])
        }
    }

    /// What is read from a place, as one error of the stage where it cannot be.
    func page(_ url: String) async throws(FetchingError) -> [UInt8] {
        do throws(RepositoryFiles.Failure) {
            return try await files.page(url, limit: Self.limits.page).bytes
        } catch { throw error.aboutUpstream(url) }
    }
}

extension RepositoryFiles.Failure {
    /// The error of the stage for a place where releases are announced.
    func aboutUpstream(_ place: String) -> FetchingError {
        switch self {
        case .absent: .upstream(place, reason: "there is nothing at this address")
        case .unreachable(let reason): .upstream(place, reason: reason)
        case .mismatch(let expected, let found):
            .upstream(place, reason: "expected \(expected), found \(found)")
        case .storage(let failure): .storage(failure)
        case .cancelled: .cancelled
        }
    }
}
