// SPDX-License-Identifier: Apache-2.0

internal import Vocabulary

/// Finds which of this machine's apt sources `deb system SUITE …` stands for: the first whose signed release of that
/// suite says `Origin: Debian`, and `Label: Debian-Security` for suites that end in `-security`.
struct SystemRepository: Sendable {
    let apt: AptConfiguration
    let releases: ReleaseLoader

    /// The source, and its release, which was loaded to know.
    func find(
        _ suite: String, components: [String], line: Located<RepositoryLine>, ordinal: Int
    ) async throws(FetchingError) -> (RepositorySource, VerifiedRelease) {
        var tried: [FetchingError.Attempt] = []
        var seen: Set<String> = []
        for entry in apt.sources where seen.insert("\(entry.url) \(entry.keyring)").inserted {
            guard ["http://", "https://", "file:///"].contains(where: { entry.url.hasPrefix($0) }) else {
                tried.append(.init(place: entry.url, reason: "it is neither http, https nor file"))
                continue
            }
            let keyrings: [HostPath]
            switch entry.keyring {
            case .machine: keyrings = apt.trustedKeyrings
            case .files(let files): keyrings = files
            case .unsupported(let reason):
                tried.append(.init(place: "\(entry.place)", reason: reason))
                continue
            }
            let source = RepositorySource(
                line: line.value.description, place: line.location, ordinal: ordinal, url: entry.url,
                suite: suite,
                components: components, keyrings: keyrings, checksValidUntil: apt.checksValidUntil,
                checksDate: apt.checksDate)
            do throws(FetchingError) {
                let found = try await releases.load(source, allowUnsigned: false)
                if let objection = Self.objection(to: found.release, suite: suite) {
                    tried.append(.init(place: entry.url, reason: objection))
                } else {
                    return (source, found)
                }
            } catch {
                switch error {
                case .cancelled, .storage: throw error
                case .absent: tried.append(.init(place: entry.url, reason: "it has no suite '\(suite)'"))
                default: tried.append(.init(place: entry.url, reason: error.description))
                }
            }
        }
        if tried.isEmpty { throw .apt(reason: "no source is enabled in it") }
        throw .noSystemRepository(suite: suite, tried: tried)
    }

    /// Why a release is not the one of Debian that is meant; nil where it is.
    static func objection(to release: DebianRelease, suite: String) -> String? {
        guard release.origin == "Debian" else {
            return "its origin is '\(release.origin ?? "")' and not 'Debian'"
        }
        let isSecurity = release.label == "Debian-Security"
        if suite.hasSuffix("-security"), !isSecurity {
            return "its label is '\(release.label ?? "")' and not 'Debian-Security'"
        }
        if !suite.hasSuffix("-security"), isSecurity { return "it is the security archive" }
        return nil
    }
}
