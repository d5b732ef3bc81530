// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import Pipeline
internal import Vocabulary

/// `slipway build DEFINITION`
struct BuildCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "build", abstract: "Make an image from a definition.",
        discussion: """
            Uses the lock beside the definition (F.lock.json) where it holds for this very text, else resolves; a lock
            of apko's that holds for another text is an error (--ignore-lock).
            With --sign or --push the image's tests run first: their report is part of the signed evidence, and a tag
            moves only where they passed. rootfs:DIR unpacks one platform into a new directory instead: as root with
            the image's owners, else as the caller's own files.

            EXAMPLES
              slipway build Examples/redis/image.yaml -o out/redis
              slipway build Examples/redis/image.yaml -o out/redis --arch amd64 --test
              slipway build Examples/redis/image.yaml -o out/redis --sign slipway.key
              slipway build Examples/redis/image.yaml --push --tag 127.0.0.1:5000/redis:8 --sign slipway.key
              slipway build Examples/redis/image.yaml -o rootfs:out/tree --arch arm64
              slipway build Examples/redis/image.yaml -o out/redis --offline
            """)

    @OptionGroup var definition: DefinitionArgument

    @Option(
        name: .shortAndLong, help: "The OCI layout to write to, or rootfs:DIR.", completion: .directory)
    var output: String?

    @OptionGroup var building: BuildingOptions

    @Flag(help: "Run the tests too.")
    var test = false

    @Flag(
        help:
            "Publish to the places of --tag: image, evidence, signatures, and last the tags; runs the tests.")
    var push = false

    @Option(
        name: .customLong("tag"), help: "HOST[:PORT]/REPOSITORY:TAG; may be given several times.")
    var tags: [String] = []

    @Option(
        name: .customLong("sign"), help: "The private key to sign with; runs the tests.",
        completion: .file(extensions: ["key"]))
    var key: String?

    @Flag(help: "Let the package indexes travel with the evidence: it then outlives the mirrors.")
    var withIndexes = false

    @OptionGroup var common: CommonOptions

    func validate() throws {
        if push && tags.isEmpty {
            throw ValidationError("--push needs a place: --tag HOST[:PORT]/REPOSITORY:TAG")
        }
        if push && building.offline {
            throw ValidationError("--push needs the network that --offline forbids")
        }
        if !push && !tags.isEmpty { throw ValidationError("--tag says where to publish; add --push") }
        if !push && output == nil {
            throw ValidationError("say where the image goes: -o DIR, or --push --tag REFERENCE")
        }
        if case .rootFileSystem? = output.map(BuildOrder.Output.init), push || key != nil {
            throw ValidationError(
                "an unpacked tree has nothing to sign or publish; write a layout for that: -o DIR")
        }
    }

    func run() async throws {
        let session = Session(common)
        var options = try building.options(session)
        options.withIndexes = withIndexes
        let order = BuildOrder(
            definition: definition.path, output: output.map(BuildOrder.Output.init),
            references: try tags.map { try ImageReference($0) }, options: options,
            runsTests: test, key: key.map { HostPath($0) })
        try await session.run(offline: building.offline) { workshop in
            let outcome = try await order.run(in: workshop)
            try session.show(outcome) { BuildView.lines(outcome) }
            return .success
        }
    }
}
