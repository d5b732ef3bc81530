// SPDX-License-Identifier: Apache-2.0

package import Vocabulary

/// Whether tests let an image through: every platform's must have passed, but those that may be left untested.
package struct TestGate: Sendable {
    private let allowUntested: [Architecture]

    package init(allowUntested: [Architecture] = []) { self.allowUntested = allowUntested }

    /// Diagnostics for what was let through untested.
    /// - Throws: `PipelineError.testsFailed`, `PipelineError.testsNotRun`.
    package func check(_ reports: [TestReport], of image: ComposedImage) throws(PipelineError) -> [Diagnostic]
    {
        let failed = reports.filter { $0.outcome == .failed }
        guard failed.isEmpty else { throw .testsFailed(failed) }
        var diagnostics: [Diagnostic] = []
        for platform in image.platforms {
            let report = reports.first { $0.manifest == platform.manifest.digest }
            guard report?.outcome != .passed else { continue }
            let reason =
                report?.results.first { $0.outcome == .notRun }?.detail ?? "the definition has no tests"
            guard allowUntested.contains(platform.architecture) else {
                throw .testsNotRun(platform.architecture, reason: reason)
            }
            diagnostics.append(
                Diagnostic(
                    .warning, .untested, "the image for \(platform.architecture) goes out untested: \(reason)"
                ))
        }
        return diagnostics
    }
}

extension Diagnostic.Code {
    static let untested = Self(rawValue: "untested")
}
