// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import Pipeline
internal import Vocabulary

/// `slipway tree DEFINITION`
struct TreeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tree",
        abstract: "Show an image's packages as a tree, from what the definition asks for.",
        discussion: """
            EXAMPLES
              slipway tree Examples/redis/image.yaml --arch amd64
            """)

    @OptionGroup var definition: DefinitionArgument
    @OptionGroup var locking: LockingOptions
    @OptionGroup var common: CommonOptions

    func run() async throws {
        let session = Session(common)
        let options = try locking.options(session)
        try await session.run(offline: locking.offline) { workshop in
            let trees = try await ImagePipeline(workshop).trees(definition.path, options)
            try session.show(trees) { trees.flatMap { ["\($0.architecture)"] + $0.lines.map { "  \($0)" } } }
            return .success
        }
    }
}
