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
            abstract: "Write slipway.key (0600) and slipway.pub here, or an RSA pair for packages.",
            discussion: """
                An ECDSA P-256 key pair signs images; cosign reads the public key as it is. With --type rsa the pair
                signs packages and their indexes: NAME.rsa and NAME.rsa.pub, the name that definitions and apk know
                the key by. Nothing is overwritten.

                EXAMPLES
                  slipway key generate
                  slipway key generate --name release
                  slipway key generate --type rsa --name packages
                """)

        enum KeyType: String, ExpressibleByArgument, CaseIterable { case ecdsa, rsa }

        @Option(help: "The files' name, without an ending.")
        var name = "slipway"

        @Option(
            help:
                "ecdsa for images, rsa for packages: \(KeyType.allCases.map(\.rawValue).joined(separator: ", "))."
        )
        var type = KeyType.ecdsa

        @Option(help: "Bits of an RSA key: 2048, 3072 or 4096.")
        var bits = 4096

        @OptionGroup var common: CommonOptions

        func validate() throws {
            guard [2048, 3072, 4096].contains(bits) else {
                throw ValidationError("--bits is \(bits); an RSA key has 2048, 3072 or 4096")
            }
            guard !name.isEmpty, !name.contains("/"), !name.hasPrefix(".") else {
                throw ValidationError("--name is '\(name)'; it is a file's name without an ending")
            }
        }

        func run() async throws {
            let session = Session(common)
            try await session.run { _ in
                let paths =
                    switch type {
                    case .ecdsa: try KeyPair.generate().write(to: HostPath("."), name: name)
                    case .rsa: try PackageKeyPair.generate(name: name, bits: bits).write(to: HostPath("."))
                    }
                try session.show(["key": paths.key.text, "publicKey": paths.publicKey.text]) {
                    ["wrote \(paths.key) (keep it secret) and \(paths.publicKey)"]
                }
                return .success
            }
        }
    }
}
