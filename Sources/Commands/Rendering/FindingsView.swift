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
