// SPDX-License-Identifier: Apache-2.0

/// The result of checking an image: every check, what it found and what it expected.
package struct Verdict: Sendable, Equatable, Codable {
    package enum Outcome: String, Sendable, Codable {
        case passed, failed
        /// Nothing said no, but this could not be checked.
        case unchecked
    }

    package struct Check: Sendable, Equatable, Codable {
        /// Kebab-case and stable: `signature`, `provenance-subject`, `sbom-packages`.
        package var name: String
        /// The manifest or index that it is about.
        package var subject: Digest?
        package var outcome: Outcome
        package var expected: String
        package var found: String

        package init(_ name: String, subject: Digest?, outcome: Outcome, expected: String, found: String) {
            self.name = name
            self.subject = subject
            self.outcome = outcome
            self.expected = expected
            self.found = found
        }
    }

    package var reference: String
    package var checks: [Check]

    package init(reference: String, checks: [Check]) {
        self.reference = reference
        self.checks = checks
    }

    /// Failed beats unchecked beats passed; a verdict without checks has checked nothing.
    package var outcome: Outcome {
        if checks.contains(where: { $0.outcome == .failed }) { return .failed }
        return checks.isEmpty || checks.contains { $0.outcome == .unchecked } ? .unchecked : .passed
    }
}
