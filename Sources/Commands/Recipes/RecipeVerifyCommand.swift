// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import Pipeline
internal import Vocabulary

extension RecipeCommand {
    /// `slipway recipe verify PACKAGE…`
    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract:
                "Check packages that a recipe made: their repository's word, their provenance, and themselves.",
            discussion: """
                Give all keys that count with --key; what each of them is for is seen from the file: the repository's RSA
                key for .apk, its keyring for .deb, the P-256 key of the provenance. What no key speaks for is not
                checked (exit code 3).

                --rebuild builds again what was built together, from the archive of inputs that the provenance names, and
                says that a package is identical or which file of which package differs (exit code 2).

                EXAMPLES
                  slipway recipe verify packages/x86_64/zlib-1.3.1-r0.apk --key packages.rsa.pub --key slipway.pub
                  slipway recipe verify packages/pool/main/z/zlib/*.deb --key packages.gpg --key slipway.pub --rebuild
                """)

        @Argument(
            help: "Package files, in the repository that they were published to.",
            completion: .file(extensions: ["apk", "deb"]))
        var packages: [String]

        @Option(
            help: "A public key or keyring whose word counts; may be given several times.",
            completion: .file())
        var key: [String]

        @Flag(help: "Build them again from their recorded inputs, and compare.")
        var rebuild = false

        @OptionGroup var common: CommonOptions

        func run() async throws {
            let (packages, key, rebuild) = (packages, key, rebuild)
            try await PackageViews.verify(common) { workshop in
                try await RecipeVerification(workshop, keys: try RecipeKeys(key.map { HostPath($0) }))
                    .verify(packages.map { HostPath($0) }, rebuilding: rebuild)
            }
        }
    }
}
