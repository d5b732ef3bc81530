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
              slipway verify --rebuild --key slipway.pub 127.0.0.1:5000/redis:8
              slipway verify --rebuild --inputs kept-packages --key slipway.pub out/redis

            --rebuild says that the image is identical, at which FILE of which PACKAGE it differs (exit code 2), or
            which input is missing so that it cannot be told (exit code 3).
            """)

    @Option(help: "The public key that must have signed it.", completion: .file(extensions: ["pub"]))
    var key: String

    @Argument(help: "A reference or an OCI layout.")
    var image: String

    @Flag(help: "Build it again from its evidence, with empty caches, and compare.")
    var rebuild = false

    @Option(
        help: "With --rebuild: a folder with packages and indexes, by digest or file name, for dead mirrors.")
    var inputs: String?

    @OptionGroup var common: CommonOptions

    func validate() throws {
        if inputs != nil, !rebuild { throw ValidationError("--inputs is for --rebuild, which is not given") }
    }

    func run() async throws {
        let session = Session(common)
        let (image, key, rebuild) = (image, HostPath(key), rebuild)
        let inputs = inputs.map { HostPath($0) }
        try await session.run { workshop in
            var verdict = try await VerificationRun(workshop).verify(image, key: key)
            // What an image says of itself is followed only once its signature held.
            if rebuild, verdict.outcome != .failed {
                verdict = try await RebuildProof(workshop, key: key, inputs: inputs).prove(
                    image, after: verdict)
            }
            try session.show(verdict) { VerdictView(session.terminal).lines(verdict) }
            return switch verdict.outcome {
            case .passed: .success
            case .failed: .refused
            case .unchecked: .unchecked
            }
        }
    }
}
