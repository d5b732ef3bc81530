// SPDX-License-Identifier: Apache-2.0

internal import Pipeline
internal import Vocabulary

/// What a scan found and what it could not say, as lines.
enum FindingsView {
    static func lines(_ scan: InspectionRun.Scan) -> [String] {
        let findings = scan.findings
        var lines = ["\(scan.platform)  \(findings.distribution ?? "unknown distribution")"]
        if !findings.findings.isEmpty {
            var table = TextTable(["ID", "PACKAGE", "INSTALLED", "FIXED IN", "SEVERITY"])
            for finding in findings.findings {
                table.add([
                    finding.id, finding.package.text, finding.version, finding.fixedIn ?? "not fixed",
                    finding.severity ?? "unknown",
                ])
            }
            lines += table.lines.map { "  \($0)" }
        }
        lines.append(
            "  records: \(findings.coverage ?? "none")\(findings.completeAsOf.map { ", complete as of \($0)" } ?? "")"
        )
        let found = Figures.count(findings.findings.count, "finding")
        let scanned = Figures.count(findings.packagesScanned, "package")
        lines.append(
            findings.isComplete
                ? "  \(found) in \(scanned), all covered"
                : "  \(found) in \(scanned); NOT covered: \(findings.uncovered.map(\.package.text).joined(separator: ", "))"
        )
        return lines
    }
}

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
        return table.lines + [comparison.sentence]
    }

    private static func text(_ value: Int64?, _ unit: ImageComparison.Figure.Unit) -> String {
        guard let value else { return "unknown" }
        return switch unit {
        case .bytes: Figures.megabytes(value)
        case .count: "\(value)"
        case .seconds: value < 172_800 ? "\(value / 3600) h" : "\(value / 86_400) days"
        }
    }
}
