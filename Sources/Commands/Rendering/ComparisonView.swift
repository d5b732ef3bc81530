// SPDX-License-Identifier: Apache-2.0

internal import Vocabulary

/// Two images side by side.
enum ComparisonView {
    static func lines(_ comparison: ImageComparison) -> [String] {
        var table = TextTable(
            ["", comparison.first.name, comparison.second.name, "SHARE"], numeric: [1, 2, 3])
        for figure in comparison.figures {
            table.add([
                figure.name, text(figure.first, figure.unit), text(figure.second, figure.unit),
                figure.percent.map { "\(Int(($0 * 10).rounded()) / 10) %" } ?? "–",
            ])
        }
        let sides = [comparison.first, comparison.second]
        return table.lines + sides.map { "\($0.name): \(age($0))" } + [comparison.sentence]
    }

    private static func age(_ side: ImageStatistics) -> String {
        guard let created = side.created else { return "nothing says when it was built" }
        return switch side.createdSource {
        case .provenance: "built \(created) by its provenance (its signature was not checked here)"
        default: "no provenance says when it was built; its own date is \(created)"
        }
    }

    private static func text(_ value: Int64?, _ unit: ImageComparison.Figure.Unit) -> String {
        guard let value else { return "unknown" }
        return switch unit {
        case .bytes: Figures.megabytes(value)
        case .count: "\(value)"
        case .seconds:
            value < 7200
                ? "\(value / 60) min" : value < 172_800 ? "\(value / 3600) h" : "\(value / 86_400) days"
        }
    }
}
