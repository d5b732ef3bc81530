// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import Pipeline
internal import Vocabulary

/// `slipway verify REF-or-LAYOUT`
struct VerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Check an image: its signature, its attestations, and itself against them.",
        discussion: """
            EXAMPLES
              slipway verify --key slipway.pub out/redis
            """)

    @Option(help: "The public key that must have signed it.")
    var key: String

    @Argument(help: "A reference or an OCI layout.")
    var image: String

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let session = Session(common)
        let (image, key) = (image, HostPath(key))
        try await session.run { workshop in
            let verdict = try await VerificationRun(workshop).verify(image, key: key)
            try session.show(verdict) { VerdictView(session.terminal).lines(verdict) }
            return switch verdict.outcome {
            case .passed: .success
            case .failed: .refused
            case .unchecked: .unchecked
            }
        }
    }
}
