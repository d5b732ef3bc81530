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
        var outcome = Outcome()
        let isFuture = release.date.seconds > now.seconds + Self.clockSkew
        if checksDate {
            guard !isFuture else {
                throw .fromTheFuture(repository: repository, file: file, date: release.date, now: now)
            }
        } else {
            outcome.add(
                "Check-Date", isFuture ? "its Date \(release.date) is in the future" : nil, repository, place)
        }
        let isExpired = release.validUntil.map { $0 < now } ?? false
        if checksValidUntil {
            if let validUntil = release.validUntil, isExpired {
                throw .expired(repository: repository, file: file, validUntil: validUntil, now: now)
            }
        } else {
            outcome.add(
                "Check-Valid-Until",
                isExpired ? "it was valid until \(release.validUntil?.description ?? "")" : nil, repository,
                place)
        }
        return outcome
    }
}

extension ReleaseCheck.Outcome {
    fileprivate mutating func add(
        _ setting: String, _ failure: String?, _ repository: String, _ place: SourceLocation
    ) {
        relaxations.append("Acquire::\(setting) false" + (failure.map { ": \($0)" } ?? ""))
        let found = failure.map { ", and \($0)" } ?? "; it would have passed"
        diagnostics.append(
            Diagnostic(
                failure == nil ? .note : .warning, .freshnessNotEnforced,
                "'\(repository)': this machine's apt has Acquire::\(setting) off\(found)", at: place))
    }
}

extension Diagnostic.Code {
    static let freshnessNotEnforced = Self(rawValue: "freshness-not-enforced")
    static let repositoryUnsigned = Self(rawValue: "repository-unsigned")
    static let systemRepository = Self(rawValue: "system-repository")
    static let mirrorChanging = Self(rawValue: "mirror-changing")
    static let chainNotChecked = Self(rawValue: "chain-not-checked")
}
