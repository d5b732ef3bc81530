// SPDX-License-Identifier: Apache-2.0

internal import Vocabulary

/// A verdict as lines: one a check, with what was found; what was expected where it was not.
struct VerdictView {
    private let terminal: Terminal

    init(_ terminal: Terminal) { self.terminal = terminal }

    func lines(_ verdict: Verdict) -> [String] {
        var lines: [String] = []
        for check in verdict.checks {
            let subject = check.subject.map { " \($0.short)" } ?? ""
            lines.append("\(mark(check.outcome)) \(check.name)\(subject): \(check.found)")
            if check.outcome != .passed { lines.append("  expected: \(check.expected)") }
        }
        let count = Figures.count(verdict.checks.count, "check")
        switch verdict.outcome {
        case .passed: lines.append("verified: \(verdict.reference) (\(count))")
        case .failed: lines.append("REFUSED: \(verdict.reference)")
        case .unchecked: lines.append("not everything could be checked: \(verdict.reference)")
        }
        return lines
    }

    private func mark(_ outcome: Verdict.Outcome) -> String {
        switch outcome {
        case .passed: terminal.paint("ok", .green, in: .data)
        case .failed: terminal.paint("NO", .red, in: .data)
        case .unchecked: terminal.paint("??", .yellow, in: .data)
        }
    }
}

/// Test reports as lines.
struct TestReportView {
    private let terminal: Terminal

    init(_ terminal: Terminal) { self.terminal = terminal }

    func lines(_ report: TestReport) -> [String] {
        let emulator = report.emulator.map { ", \($0)" } ?? ""
        let head = "\(report.platform) (\(report.runtime.isEmpty ? "no runtime" : report.runtime)\(emulator))"
        return [head]
            + report.results.map { result in
                let mark =
                    switch result.outcome {
                    case .passed: terminal.paint("passed", .green, in: .data)
                    case .failed: terminal.paint("FAILED", .red, in: .data)
                    case .notRun: terminal.paint("not run", .yellow, in: .data)
                    }
                return "  \(mark)  \(result.name)\(result.outcome == .passed ? "" : ": \(result.detail)")"
            }
    }
}
