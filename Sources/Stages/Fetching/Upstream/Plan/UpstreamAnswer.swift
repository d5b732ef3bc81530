// SPDX-License-Identifier: Apache-2.0

package import Vocabulary

/// Something at a place that may be a release.
package struct UpstreamCandidate: Sendable, Hashable {
    /// As the place calls it.
    package var name: String
    /// The version as recipes write it, where the place has a grammar of its own that says so.
    package var version: String?
    /// When it appeared, where the place says so.
    package var appeared: Timestamp?
    /// In lowercase hex.
    package var commit: String?
    /// The place itself says that it comes before a release.
    package var isPrerelease = false
    /// Why the place itself says that it is none; nil for most.
    package var objection: String?

    package init(name: String, appeared: Timestamp? = nil, commit: String? = nil) {
        self.name = name
        self.appeared = appeared
        self.commit = commit
    }
}

/// What a place answered.
package enum UpstreamAnswer: Sendable, Equatable {
    case candidates([UpstreamCandidate])
    /// The newest of more than are read.
    case newest([UpstreamCandidate])
    /// A page, in which each recipe finds its own by its pattern.
    case page(String)

    static let candidateLimit = 100_000

    struct Unusable: Error { let reason: String }

    /// What may be a release for a recipe with this rule.
    /// - Throws: for more than are looked at, as half of them would pass for all; for a pattern that is none.
    func candidates(for rule: UpdateRule) throws(Unusable) -> [UpstreamCandidate] {
        let candidates: [UpstreamCandidate]
        switch self {
        case .candidates(let all), .newest(let all): candidates = all
        case .page(let text):
            guard case .listing(_, let pattern) = rule.backend else { return [] }
            do throws(TextPattern.Malformed) {
                candidates = ListingAnswer.candidates(in: text, by: try TextPattern(pattern))
            } catch { throw Unusable(reason: error.reason) }
        }
        guard candidates.count <= Self.candidateLimit else {
            throw Unusable(
                reason: "it has more than the \(Self.candidateLimit) releases or tags that are looked at")
        }
        return candidates
    }
}

/// Pages of GitHub's API (REST, version 2022-11-28: "List releases", "List repository tags").
enum GitHubAnswer {
    private struct Release: Decodable {
        var tag_name: String
        var draft: Bool?
        var prerelease: Bool?
        var published_at: String?
        var created_at: String?
    }

    private struct Tag: Decodable {
        struct Commit: Decodable { var sha: String? }
        var name: String
        var commit: Commit?
    }

    static func releases(_ bytes: [UInt8]) throws(CanonicalJSON.ReadError) -> [UpstreamCandidate] {
        try CanonicalJSON.decode([Release].self, from: bytes, what: "GitHub's answer", limit: bytes.count)
            .map { release in
                var candidate = UpstreamCandidate(
                    name: release.tag_name,
                    appeared: (release.published_at ?? release.created_at).flatMap { Timestamp($0) })
                candidate.isPrerelease = release.prerelease ?? false
                if release.draft == true { candidate.objection = "a draft" }
                return candidate
            }
    }

    static func tags(_ bytes: [UInt8]) throws(CanonicalJSON.ReadError) -> [UpstreamCandidate] {
        try CanonicalJSON.decode([Tag].self, from: bytes, what: "GitHub's answer", limit: bytes.count)
            .map { UpstreamCandidate(name: $0.name, commit: $0.commit?.sha?.lowercased()) }
    }
}

/// The versions of a project of release-monitoring (Anitya's API, `/api/v2/versions/`), the newest first.
enum ReleaseMonitorAnswer {
    private struct Answer: Decodable {
        var versions: [String]
        var stable_versions: [String]?
    }

    /// What it does not count as stable comes before a release.
    static func candidates(_ bytes: [UInt8]) throws(CanonicalJSON.ReadError) -> [UpstreamCandidate] {
        let answer = try CanonicalJSON.decode(
            Answer.self, from: bytes, what: "release-monitoring's answer", limit: bytes.count)
        let stable = answer.stable_versions.map(Set.init)
        return answer.versions.map { version in
            var candidate = UpstreamCandidate(name: version)
            if let stable, !stable.isEmpty { candidate.isPrerelease = !stable.contains(version) }
            return candidate
        }
    }
}

extension PythonProject {
    /// One for each version that has a source distribution: when the first of its files appeared. A version is withdrawn when
    /// all of its files are (PEP 592).
    var candidates: [UpstreamCandidate] {
        var order: [PythonVersion] = []
        var byVersion: [PythonVersion: [File]] = [:]
        for file in files {
            if byVersion[file.version] == nil { order.append(file.version) }
            byVersion[file.version, default: []].append(file)
        }
        return order.compactMap { version in
            guard let files = byVersion[version] else { return nil }
            var candidate = UpstreamCandidate(
                name: version.text, appeared: files.compactMap(\.uploaded).min())
            candidate.version = version.recipeVersion
            candidate.isPrerelease = version.isPrerelease
            if files.allSatisfy({ $0.withdrawal != nil }) {
                let reason = files.lazy.compactMap(\.withdrawal).first { !$0.isEmpty }
                candidate.objection = "withdrawn" + (reason.map { ": \($0.prefix(200))" } ?? "")
            }
            return candidate
        }
    }
}
