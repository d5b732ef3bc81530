// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import Pipeline
internal import Vocabulary

/// `slipway show-config DEFINITION`
struct ShowConfigCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show-config", abstract: "Show what a definition means, every default filled in.",
        discussion: """
            Prints JSON, with --json or without.

            EXAMPLES
              slipway show-config Examples/redis/image.yaml
            """)

    @OptionGroup var definition: DefinitionArgument
    @OptionGroup var common: CommonOptions

    func run() async throws {
        let session = Session(common)
        try await session.run { workshop in
            let file = try DefinitionFile(definition.path, store: workshop.packages)
            workshop.report.report(file.diagnostics)
            session.terminal.print(try CanonicalJSON.encodeForPeople(file.meaning))
            return .success
        }
    }
}
