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

    @Argument(help: "An OCI layout; LAYOUT:TAG picks one of several images.")
    var layout: String

    @Argument(help: "HOST[:PORT]/REPOSITORY:TAG")
    var reference: String

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let session = Session(common)
        let (layout, reference) = (layout, try ImageReference(reference))
        try await session.run { workshop in
            let descriptor = try await Transfer(workshop).push(layout, to: reference)
            try session.show(["reference": reference.description, "digest": descriptor.digest.description]) {
                ["\(reference.name)@\(descriptor.digest)"]
            }
            return .success
        }
    }
}

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

    @Argument(help: "The OCI layout to write to.")
    var layout: String

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let session = Session(common)
        let (layout, reference) = (HostPath(layout), try ImageReference(reference))
        try await session.run { workshop in
            let descriptor = try await Transfer(workshop).pull(reference, to: layout)
            try session.show(["layout": layout.text, "digest": descriptor.digest.description]) {
                ["\(layout)@\(descriptor.digest)"]
            }
            return .success
        }
    }
}
