// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import Pipeline
internal import Vocabulary

/// `slipway sign REF-or-LAYOUT`
struct SignCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sign", abstract: "Sign an image: its index and each platform's manifest.",
        discussion: """
            Signing again finds the signature that is there and adds nothing.

            EXAMPLES
              slipway sign --key slipway.key out/redis
            """)

    @Option(help: "The private key.")
    var key: String

    @Argument(help: "An OCI layout.")
    var image: String

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let session = Session(common)
        let (image, key) = (image, HostPath(key))
        try await session.run { workshop in
            let signed = try await SigningRun(workshop).sign(image, key: try KeyPair(at: key))
            try session.show(signed) { signed.map { "signed \($0)" } }
            return .success
        }
    }
}
