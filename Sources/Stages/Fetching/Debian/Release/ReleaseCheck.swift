// SPDX-License-Identifier: Apache-2.0

internal import Vocabulary

/// Whether a signed release is the one that was asked for, and not one of another time: what a mirror that serves old
/// or other signed files would get past the signature. Pure.
struct ReleaseCheck {
    /// Seconds that clocks may differ, as in apt (`Acquire::Max-FutureTime`).
    static let clockSkew: Int64 = 10

    let repository: String
    let file: String
    let suite: String
    let now: Timestamp
    let checksValidUntil: Bool
    let checksDate: Bool

    struct Outcome: Equatable {
        var relaxations: [String] = []
        var diagnostics: [Diagnostic] = []
    }

    /// What was left out because apt is configured so; throws what is wrong.
    func check(_ release: DebianRelease, at place: SourceLocation) throws(FetchingError) -> Outcome {
        guard release.suite == suite || release.codename == suite else {
            throw .wrongSuite(
                repository: repository, file: file, expected: suite, suite: release.suite,
                codename: release.codename)
        }
        var relaxed: [(setting: String, failure: String?)] = []
        let isFuture = release.date.seconds > now.seconds + Self.clockSkew
        if checksDate {
            guard !isFuture else {
                throw .fromTheFuture(repository: repository, file: file, date: release.date, now: now)
            }
        } else {
            relaxed.append(("Check-Date", isFuture ? "its Date \(release.date) is in the future" : nil))
        }
        let isExpired = release.validUntil.map { $0 < now } ?? false
        if checksValidUntil {
            if let validUntil = release.validUntil, isExpired {
                throw .expired(repository: repository, file: file, validUntil: validUntil, now: now)
            }
        } else {
            let end = release.validUntil?.description ?? ""
            relaxed.append(("Check-Valid-Until", isExpired ? "it was valid until \(end)" : nil))
        }
        return Outcome(relaxed, repository, place)
    }
}

extension ReleaseCheck.Outcome {
    /// What would have failed is a warning about the repository; of what would have passed, one note that is the same
    /// for every repository.
    fileprivate init(
        _ relaxed: [(setting: String, failure: String?)], _ repository: String, _ place: SourceLocation
    ) {
        relaxations = relaxed.map { "Acquire::\($0.setting) false" + ($0.failure.map { ": \($0)" } ?? "") }
        let passed = relaxed.filter { $0.failure == nil }.map { "Acquire::\($0.setting)" }
        if !passed.isEmpty {
            diagnostics.append(
                Diagnostic(
                    .note, .freshnessNotEnforced,
                    "this machine's apt has \(passed.joined(separator: " and ")) off; the release would have passed",
                    at: place))
        }
        for case (let setting, let failure?) in relaxed {
            diagnostics.append(
                Diagnostic(
                    .warning, .freshnessNotEnforced,
                    "'\(repository)': this machine's apt has Acquire::\(setting) off, and \(failure)",
                    at: place))
        }
    }
}

extension Diagnostic.Code {
    static let freshnessNotEnforced = Self(rawValue: "freshness-not-enforced")
    static let systemRepository = Self(rawValue: "system-repository")
}
