// SPDX-License-Identifier: Apache-2.0

package import Vocabulary

/// How long ago, in one word or two: "just now", "12 min ago", "3 h ago", "5 days ago".
func age(_ moment: Timestamp, now: Timestamp) -> String {
    let seconds = max(0, now.seconds - moment.seconds)
    switch seconds {
    case ..<60: return "just now"
    case ..<3600: return "\(seconds / 60) min ago"
    case ..<172_800: return "\(seconds / 3600) h ago"
    default: return "\(seconds / 86_400) days ago"
    }
}

extension RebuildCause {
    /// The reason as a sentence: what set it off, and which packages came of it.
    package var sentence: String {
        let packages = Dictionary(grouping: packages, by: \.name).keys.sorted().map(\.text)
        let named =
            packages.prefix(3).joined(separator: ", ")
            + (packages.count > 3 ? " and \(packages.count - 3) more" : "")
        switch trigger {
        case .first: return "First build"
        case .definition: return "The definition changed"
        case .tool: return "Slipway's own composition changed"
        case .request: return "By hand"
        case .repository:
            let suites = Set(repositories.map(\.title)).sorted().joined(separator: ", ")
            return
                "\(suites.isEmpty ? "A repository" : suites) published \(named.isEmpty ? "a new index" : named)"
        }
    }
}

extension PackageChange {
    /// `3.6-1 → 3.6-2`, `new 3.6-1`, `gone (was 3.6-1)`, `3.6-1, other file`.
    package var sentence: String {
        switch (old, new) {
        case (let old?, let new?): contentOnly ? "\(new), other file" : "\(old) → \(new)"
        case (nil, let new?): "new \(new)"
        case (let old?, nil): "gone (was \(old))"
        case (nil, nil): "?"
        }
    }
}

extension RebuildRecord.Outcome {
    package var sentence: String {
        switch self {
        case .published: "published"
        case .unchanged: "unchanged output, tags stay"
        case .refused: "refused: the previous digest keeps serving"
        case .failed: "failed"
        case .held: "published, tag held"
        case .rolledBack: "rolled back"
        case .released: "hold released"
        }
    }
}

extension RebuildCause.PackageBuild {
    /// From upstream's release to the tag, a sentence each.
    package func chain(to record: RebuildRecord) -> [String] {
        var lines = release.map { [$0.sentence(of: recipe)] } ?? []
        let reasons = reasons.map(\.description).joined(separator: "; ")
        lines.append("package \(recipe) \(version) published at \(published): \(reasons)")
        if record.outcome == .published {
            let seconds = record.finished.seconds - (release?.seen ?? published).seconds
            lines.append(
                "image published at \(record.finished), \(seconds) s after "
                    + (release == nil ? "the package" : "the release was noticed"))
        }
        return lines
    }
}

extension UpstreamRelease {
    /// `lua 5.4.8 appeared upstream at … (place)`.
    func sentence(of recipe: String) -> String {
        "\(recipe) \(version) \(appeared == nil ? "was first seen" : "appeared upstream") at \(since) (\(place))"
    }
}
