// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import Pipeline
internal import Vocabulary

/// `slipway why DEFINITION PACKAGE`
struct WhyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "why", abstract: "Say why a package is in an image, or why it is not.",
        discussion: """
            EXAMPLES
              slipway why Examples/redis/image.yaml liblzf1
              slipway why Examples/redis/image.yaml adduser
            """)

    @Argument(help: "The definition, a YAML file.")
    var definition: String

    @Argument(help: "A package's name.")
    var package: String

    @OptionGroup var building: BuildingOptions
    @OptionGroup var common: CommonOptions

    func run() async throws {
        let session = Session(common)
        let options = try building.options(session)
        guard let name = PackageName(package) else {
            throw ValidationError("'\(package)' is no package's name")
        }
        let path = HostPath(definition)
        try await session.run { workshop in
            let reasons = try await ImagePipeline(workshop).explain(name, in: path, options)
            try session.show(reasons) { reasons.map { "\($0.architecture): \($0.text)" } }
            return reasons.contains(where: \.isPresent) ? .success : .refused
        }
    }
}

/// `slipway tree DEFINITION`
struct TreeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tree",
        abstract: "Show an image's packages as a tree, from what the definition asks for.",
        discussion: """
            EXAMPLES
              slipway tree Examples/redis/image.yaml --arch amd64
            """)

    @Argument(help: "The definition, a YAML file.")
    var definition: String

    @OptionGroup var building: BuildingOptions
    @OptionGroup var common: CommonOptions

    func run() async throws {
        let session = Session(common)
        let options = try building.options(session)
        let path = HostPath(definition)
        try await session.run { workshop in
            let trees = try await ImagePipeline(workshop).trees(path, options)
            try session.show(trees) { trees.flatMap { ["\($0.architecture)"] + $0.lines.map { "  \($0)" } } }
            return .success
        }
    }
}
