// SPDX-License-Identifier: Apache-2.0

/// The predicate of in-toto's test result v0.1 (in-toto/attestation, spec/predicates/test-result.md), with the whole
/// report beside it. A stranger who reads only the standard's members never takes an untested image for a tested one:
/// what could not be run is FAILED there, and `slipway_report` says which it was.
package struct TestResult: Sendable, Codable, Equatable {
    package enum Outcome: String, Sendable, Codable {
        case passed = "PASSED", warned = "WARNED", failed = "FAILED"
    }

    package var result: Outcome
    /// What the tests were read from: the definition.
    package var configuration: [ResourceDescriptor]
    package var passedTests: [String]
    package var failedTests: [String]
    package var report: TestReport

    package enum CodingKeys: String, CodingKey {
        case result, configuration, passedTests, failedTests
        case report = "slipway_report"
    }

    package init(_ report: TestReport, configuration: [ResourceDescriptor]) {
        self.result = report.outcome == .passed ? .passed : .failed
        self.configuration = configuration
        self.passedTests = report.results.filter { $0.outcome == .passed }.map(\.name)
        self.failedTests = report.results.filter { $0.outcome != .passed }.map(\.name)
        self.report = report
    }
}
