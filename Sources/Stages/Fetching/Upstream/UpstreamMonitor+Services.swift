// SPDX-License-Identifier: Apache-2.0

internal import Execution
internal import Vocabulary

extension UpstreamMonitor {
    private static let pageSize = 100

    /// Releases or tags, page by page until one is not full. Releases come with the newest first, so that the first of many
    /// still mean something; tags come in no order that does.
    func github(_ project: String, tags: Bool) async throws(FetchingError) -> UpstreamAnswer {
        let parts = project.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ !$0.isEmpty && $0 != "." && $0 != ".." }) else {
            throw .upstream("'\(project)' on GitHub", reason: "a project is named as OWNER/NAME")
        }
        let place = PercentEncoding.url(services.github, "repos/\(project)/\(tags ? "tags" : "releases")")
        var candidates: [UpstreamCandidate] = []
        for number in 1...(tags ? Self.limits.tagPages : Self.limits.releasePages) {
            let bytes = try await page("\(place)?per_page=\(Self.pageSize)&page=\(number)")
            let found: [UpstreamCandidate]
            do throws(CanonicalJSON.ReadError) {
                found = tags ? try GitHubAnswer.tags(bytes) : try GitHubAnswer.releases(bytes)
            } catch { throw .upstream(place, reason: "\(error)") }
            candidates += found
            guard found.count == Self.pageSize else { return .candidates(candidates) }
        }
        guard !tags else {
            throw .upstream(place, reason: "it has more than the \(candidates.count) tags that are read")
        }
        return .newest(candidates)
    }

    func monitored(_ number: Int64) async throws(FetchingError) -> [UpstreamCandidate] {
        let place =
            PercentEncoding.url(services.releaseMonitoring, "api/v2/versions/") + "?project_id=\(number)"
        let bytes = try await page(place)
        do throws(CanonicalJSON.ReadError) { return try ReleaseMonitorAnswer.candidates(bytes) } catch {
            throw .upstream(place, reason: "\(error)")
        }
    }

    /// Tags by `git ls-remote`: nothing is fetched.
    func tags(of url: String) async throws(FetchingError) -> [UpstreamCandidate] {
        do throws(ExecutionError) {
            return try await GitRepository.tags(of: url).map {
                UpstreamCandidate(name: $0.name, commit: $0.commit)
            }
        } catch {
            if case .cancelled = error { throw .cancelled }
            throw .upstream(url, reason: "\(error)")
        }
    }

    func tags(ofImage image: String) async throws(FetchingError) -> [UpstreamCandidate] {
        do { return try await imageTags(image).map { UpstreamCandidate(name: $0) } } catch {
            if error is CancellationError { throw .cancelled }
            throw .upstream("the image \(image)", reason: "\(error)")
        }
    }

    /// The versions of a project in pip's indexes that have a source distribution.
    func project(
        _ name: String, _ indexes: [PythonIndex]
    ) async throws(FetchingError) -> [UpstreamCandidate] {
        let uri = SourceFetcher.pythonScheme + name
        guard let project = PythonProject.Name(name) else {
            throw .upstream(uri, reason: "this is not a Python project's name")
        }
        var all = PythonProject()
        do throws(FetchingError) {
            all.files = try await PythonProjectFinder(files: files).files(of: project, in: indexes, uri: uri)
                .map(\.file)
        } catch {
            guard case .source(let place, let reason) = error else { throw error }
            throw .upstream(place, reason: reason)
        }
        return all.candidates
    }
}
