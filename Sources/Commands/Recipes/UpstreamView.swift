// SPDX-License-Identifier: Apache-2.0

internal import Pipeline
internal import Vocabulary

/// What is printed of looks at upstream.
enum UpstreamView {
    static func lines(_ reports: [UpstreamReport], now: Timestamp, why: Bool) -> [String] {
        var table = TextTable(["recipe", "version", "newest", "behind", "what happens"])
        for report in reports {
            table.add([
                report.recipe.text, report.version, report.newest?.version ?? "–", behind(report, now: now),
                happens(report),
            ])
        }
        var lines = table.lines
        for report in reports where why && !report.passedOver.isEmpty {
            lines.append("\(report.recipe): passed over \(report.passedOverCount) of \(report.place ?? "")")
            lines += report.passedOver.map { "  \($0.name): \($0.reason)" }
            let rest = report.passedOverCount - report.passedOver.count
            if rest > 0 { lines.append("  … and \(rest) more") }
        }
        return lines
    }

    static func lines(_ outcome: RecipeBumpRun.Outcome) -> [String] {
        guard outcome.isWritten else { return outcome.difference }
        return ["\(outcome.file): \(outcome.name) \(outcome.from) is now \(outcome.to)"]
            + outcome.pins.map { "  \($0.source) \($0.pin)" }
    }

    /// The age of the gap; with `≥` where upstream does not say when the release appeared.
    private static func behind(_ report: UpstreamReport, now: Timestamp) -> String {
        guard let since = report.behindSince, report.behind > 0 else { return "" }
        let isKnown = report.next?.appeared != nil
        return (isKnown ? "" : "≥ ") + age(now.seconds - since.seconds)
    }

    static func age(_ seconds: Int64) -> String {
        switch max(0, seconds) {
        case ..<120: "\(max(0, seconds)) s"
        case ..<7200: "\(seconds / 60) min"
        case ..<172_800: "\(seconds / 3600) h"
        default: "\(seconds / 86_400) d"
        }
    }

    private static func happens(_ report: UpstreamReport) -> String {
        let next = report.next?.version ?? ""
        let reason = report.reason.map { " (\($0))" } ?? ""
        return switch report.outcome {
        case .current: "up to date"
        case .taken: "\(next) is taken by itself" + (report.behind > 1 ? ", \(report.behind) behind" : "")
        case .byHand: "\(next) waits for a hand\(reason)"
        case .waits: "\(next) waits for its turn\(reason)"
        case .ignored: "ignored\(reason)"
        case .nothingFound: "nothing found\(reason)"
        case .backwards: "went backwards\(reason)"
        case .failed: "not answered"
        }
    }
}
