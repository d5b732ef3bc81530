// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import Pipeline
internal import Vocabulary

/// `slipway build DEFINITION`
struct BuildCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "build", abstract: "Make an image from a definition.",
        discussion: """
            Uses the lock beside the definition (F.lock.json) where it holds for this very text, else resolves.
            With --sign or --push the image's tests run first: their report is part of the signed evidence, and a tag
            moves only where they passed.

            EXAMPLES
              slipway build Examples/redis/image.yaml -o out/redis
              slipway build Examples/redis/image.yaml -o out/redis --arch amd64 --test
              slipway build Examples/redis/image.yaml -o out/redis --sign slipway.key
              slipway build Examples/redis/image.yaml --push --tag 127.0.0.1:5000/redis:8 --sign slipway.key
            """)

    @Argument(help: "The definition, a YAML file.")
    var definition: String

    @Option(name: .shortAndLong, help: "The OCI layout to write to.")
    var output: String?

    @OptionGroup var building: BuildingOptions

    @Flag(help: "Run the tests too.")
    var test = false

    @Flag(
        help:
            "Publish to the places of --tag: image, evidence, signatures, and last the tags; runs the tests.")
    var push = false

    @Option(name: .customLong("tag"), help: "HOST[:PORT]/REPOSITORY:TAG; may be given several times.")
    var tags: [String] = []

    @Option(name: .customLong("sign"), help: "The private key to sign with; runs the tests.")
    var key: String?

    @Flag(help: "Let the package indexes travel with the evidence: it then outlives the mirrors.")
    var withIndexes = false

    @OptionGroup var common: CommonOptions

    func validate() throws {
        if push && tags.isEmpty {
            throw ValidationError("--push needs a place: --tag HOST[:PORT]/REPOSITORY:TAG")
        }
        if !push && !tags.isEmpty { throw ValidationError("--tag says where to publish; add --push") }
        if !push && output == nil {
            throw ValidationError("say where the image goes: -o DIR, or --push --tag REFERENCE")
        }
    }

    func run() async throws {
        let session = Session(common)
        let references = try tags.map { try ImageReference($0) }
        var options = try building.options(session)
        options.withIndexes = withIndexes
        let order = BuildOrder(
            definition: HostPath(definition), layout: output.map { HostPath($0) }, references: references,
            options: options, runsTests: test, key: key.map { HostPath($0) })
        try await session.run { workshop in
            let outcome = try await order.run(in: workshop)
            try session.show(outcome) { outcome.lines }
            return .success
        }
    }
}

extension BuildOrder.Outcome {
    fileprivate var lines: [String] {
        var table = TextTable(
            ["PLATFORM", "PACKAGES", "FILES", "COMPRESSED", "UNPACKED", "MANIFEST"], numeric: [1, 2, 3, 4])
        for platform in platforms {
            table.add([
                platform.platform, "\(platform.packages)", "\(platform.files)",
                Figures.megabytes(platform.compressedSize), Figures.megabytes(platform.uncompressedSize),
                platform.manifest.description,
            ])
        }
        return table.lines + ["\(layout)@\(index)"]
    }
}

/// Options of everything that builds.
struct BuildingOptions: ParsableArguments {
    @Option(
        name: .customLong("arch"),
        help: "Only this architecture (amd64, arm64, …); may be given several times.")
    var architectures: [String] = []

    @Flag(help: "Accept repositories without a signature. Loud, and recorded in the provenance.")
    var allowUnsigned = false

    @Flag(help: "Resolve anew, whatever the lock says.")
    var ignoreLock = false

    @Option(help: "Let an image go out whose tests could not run on this architecture; recorded.")
    var allowUntested: [String] = []

    func options(_ session: Session) throws -> BuildOptions {
        var options = BuildOptions()
        options.architectures = architectures.isEmpty ? nil : try architectures.map(architecture)
        options.allowUnsigned = allowUnsigned
        options.ignoreLock = ignoreLock
        options.allowUntested = try allowUntested.map(architecture)
        if let epoch = session.environment["SOURCE_DATE_EPOCH"] {
            guard let seconds = Int64(epoch), seconds >= 0 else {
                throw ValidationError("SOURCE_DATE_EPOCH is '\(epoch)'; it is a number of seconds since 1970")
            }
            options.sourceDateEpoch = Timestamp(seconds: seconds)
        }
        return options
    }

    private func architecture(_ name: String) throws -> Architecture {
        guard let architecture = Architecture(name) else {
            throw ValidationError(
                "'\(name)' is no architecture; one of \(Architecture.names.joined(separator: ", "))")
        }
        return architecture
    }
}
