// SPDX-License-Identifier: Apache-2.0

internal import Vocabulary

/// The test report: of this manifest, and passed. What could not be run is unchecked, never passed.
struct TestReportChecks {
    let evidence: EvidenceChecks

    func run() -> [Verdict.Check] {
        if let missing = evidence.missing("test-report", .testResult) { return [missing] }
        return evidence.judged.attestations(.testResult).map { attestation in
            let expected = "tests of this manifest, all passed"
            let result: TestResult
            do throws(CanonicalJSON.ReadError) {
                result = try decodePredicate(of: attestation)
            } catch {
                return evidence.check("test-report", false, expected, "\(attestation.place): \(error)")
            }
            let report = result.report
            guard report.manifest == evidence.judged.subject else {
                return evidence.check("test-report", false, expected, "tests of \(report.manifest)")
            }
            if report.outcome == .notRun {
                let why = report.results.filter { $0.outcome == .notRun }.map { "\($0.name): \($0.detail)" }
                return Verdict.Check(
                    "test-report", subject: evidence.judged.subject, outcome: .unchecked, expected: expected,
                    found: why.isEmpty ? "the image has no tests" : "not run: \(why.joined(separator: "; "))")
            }
            let passed = report.outcome == .passed && result.result == .passed
            let bad = report.results.filter { $0.outcome != .passed }.map {
                "\($0.name): \($0.outcome.rawValue), \($0.detail)"
            }
            let runtime = "\(report.runtime)\(report.emulator.map { " with \($0)" } ?? "")"
            return evidence.check(
                "test-report", passed, expected,
                passed
                    ? "\(report.results.count) tests passed in \(runtime)"
                    : bad.isEmpty
                        ? "\(result.result.rawValue), \(report.results.count) tests"
                        : bad.joined(separator: "; "))
        }
    }
}
