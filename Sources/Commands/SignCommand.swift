// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import Pipeline
internal import Vocabulary

/// `slipway sign LAYOUT`
struct SignCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sign", abstract: "Sign an image: its index and each platform's manifest.",
        discussion: """
            Signing again finds the signature that is there and adds nothing. For an image in a registry: pull it, sign
            the layout, push it.

            EXAMPLES
              slipway sign --key slipway.key out/redis
            """)

    @Option(help: "The private key.", completion: .file(extensions: ["key"]))
    var key: String

    @Argument(help: "An OCI layout.", completion: .directory)
    var image: String

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let session = Session(common)
        try await session.run { workshop in
            let signed = try await SigningRun(workshop).sign(image, key: try KeyPair(at: HostPath(key)))
            try session.show(signed) { signed.map { "signed \($0)" } }
            return .success
        }
    }
}
