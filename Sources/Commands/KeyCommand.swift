// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import Pipeline
internal import Vocabulary

/// `slipway key …`
struct KeyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key", abstract: "Make signing keys.",
        discussion: """
            EXAMPLES
              slipway key generate
            """, subcommands: [Generate.self])

    struct Generate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write slipway.key (0600) and slipway.pub here.",
            discussion: """
                An ECDSA P-256 key pair; cosign reads the public key as it is. Nothing is overwritten.

                EXAMPLES
                  slipway key generate
                  slipway key generate --name release
                """)

        @Option(help: "The files' name, without an ending.")
        var name = "slipway"

        @OptionGroup var common: CommonOptions

        func run() async throws {
            let session = Session(common)
            try await session.run { _ in
                let paths = try KeyPair.generate().write(to: HostPath("."), name: name)
                try session.show(["key": paths.key.text, "publicKey": paths.publicKey.text]) {
                    ["wrote \(paths.key) (keep it secret) and \(paths.publicKey)"]
                }
                return .success
            }
        }
    }
}
