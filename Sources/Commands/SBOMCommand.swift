// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import Pipeline
internal import Vocabulary

/// `slipway sbom REF-or-LAYOUT`
struct SBOMCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sbom",
        abstract: "Print the bill of materials of an image, anybody's, as SPDX 2.3 JSON.",
        discussion: """
            What is attached to the image is printed as it is; with --key only what that key signed (exit code 2 where
            it has signed none). Of an image without one it is made from the image's own content. Which of these it is
            stands on stderr, and in the facts of --json. Without --arch it is this machine's, with --json all of them.

            EXAMPLES
              slipway sbom out/redis >redis.spdx.json
              slipway sbom --key slipway.pub --arch arm64 127.0.0.1:5000/redis:8
              slipway sbom --json 127.0.0.1:5000/redis:8
            """)

    @OptionGroup var image: ImageArgument
    @OptionGroup var only: PlatformOption

    @Option(help: "The public key that must have signed it.", completion: .file(extensions: ["pub"]))
    var key: String?

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let session = Session(common)
        let (image, key, all) = (image.image, key.map { HostPath($0) }, common.json)
        let platform = try only.platform()
        try await session.run { workshop in
            let run = BillOfMaterialsRun(workshop, key: key)
            if all {
                try session.show(try await run.documents(of: image, platform: platform)) { [] }
            } else {
                let document = try await run.document(of: image, platform: platform).document
                session.terminal.print(try CanonicalJSON.encodeForPeople(document))
            }
            return .success
        }
    }
}
