// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import Pipeline
internal import Vocabulary

/// `slipway pull REF LAYOUT`
struct PullCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pull",
        abstract: "Copy an image from a registry into a layout, with everything that refers to it.",
        discussion: """
            EXAMPLES
              slipway pull 127.0.0.1:5000/redis:8 out/pulled
            """)

    @Argument(help: "HOST[:PORT]/REPOSITORY[:TAG][@DIGEST]")
    var reference: String

    @Argument(help: "The OCI layout to write to.", completion: .directory)
    var layout: String

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let session = Session(common)
        let reference = try ImageReference(reference)
        try await session.run { workshop in
            let digest = try await Transfer(workshop).pull(reference, to: HostPath(layout)).digest
            try session.show(["layout": layout, "digest": digest.description]) { ["\(layout)@\(digest)"] }
            return .success
        }
    }
}
