// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import Pipeline
internal import Vocabulary

/// `slipway push LAYOUT REF`
struct PushCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "push",
        abstract: "Copy an image from a layout to a registry, with everything that refers to it.",
        discussion: """
            Blobs that are there already are not sent again; the tag moves last.

            EXAMPLES
              slipway push out/redis 127.0.0.1:5000/redis:8
            """)

    @Argument(help: "An OCI layout; LAYOUT:TAG picks one of several images.", completion: .directory)
    var layout: String

    @Argument(help: "HOST[:PORT]/REPOSITORY:TAG")
    var reference: String

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let session = Session(common)
        let reference = try ImageReference(reference)
        try await session.run { workshop in
            let digest = try await Transfer(workshop).push(layout, to: reference).digest
            try session.show(["reference": reference.description, "digest": digest.description]) {
                ["\(reference.name)@\(digest)"]
            }
            return .success
        }
    }
}
