// SPDX-License-Identifier: Apache-2.0

/// What one platform's image did in a real runtime.
package struct TestReport: Sendable, Equatable, Codable {
    package enum Outcome: String, Sendable, Codable {
        case passed, failed
        /// The test could not be run at all (no runtime, no emulator): never read as passed.
        case notRun = "not-run"
    }

    package struct Result: Sendable, Equatable, Codable {
        package var name: String
        package var outcome: Outcome
        /// What was expected and seen, or why it could not run.
        package var detail: String

        package init(name: String, outcome: Outcome, detail: String) {
            self.name = name
            self.outcome = outcome
            self.detail = detail
        }
    }

    package var platform: Platform
    package var manifest: Digest
    /// Name and version of the runtime ("runc 1.1.5"), empty where none was found.
    package var runtime: String
    /// Name and version of the emulator, where the architecture is foreign.
    package var emulator: String?
    package var results: [Result]

    package init(platform: Platform, manifest: Digest, runtime: String, emulator: String?, results: [Result])
    {
        self.platform = platform
        self.manifest = manifest
        self.runtime = runtime
        self.emulator = emulator
        self.results = results
    }

    /// Failed beats not-run beats passed; an image without tests has not been tested.
    package var outcome: Outcome {
        if results.contains(where: { $0.outcome == .failed }) { return .failed }
        return results.isEmpty || results.contains { $0.outcome == .notRun } ? .notRun : .passed
    }
}
