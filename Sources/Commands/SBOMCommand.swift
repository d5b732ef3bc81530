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
            stands on stderr, and in the facts of --json.

            EXAMPLES
              slipway sbom out/redis >redis.spdx.json
              slipway sbom --key slipway.pub --arch arm64 127.0.0.1:5000/redis:8
              slipway sbom --json 127.0.0.1:5000/redis:8
            """)

    @Argument(help: "A reference, an OCI layout, or rootfs:DIR.")
    var image: String

    @Option(
        name: .customLong("arch"),
        help: "Which architecture; this machine's where the image has several (with --json: all).")
    var architecture: String?

    @Option(help: "The public key that must have signed it.")
    var key: String?

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let session = Session(common)
        let (image, key, all) = (image, key.map { HostPath($0) }, common.json)
        let platform = try architecture.map(platform)
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
