// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import Pipeline
internal import Vocabulary

/// `slipway show-config DEFINITION`
struct ShowConfigCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show-config", abstract: "Show what a definition means, every default filled in.",
        discussion: """
            Prints YAML that means the same again: what it includes is in it, deprecated keys are replaced.

            EXAMPLES
              slipway show-config Examples/redis/image.yaml
              slipway show-config Examples/redis/image.yaml --json
            """)

    @OptionGroup var definition: DefinitionArgument
    @OptionGroup(title: "Additions to the definition") var adding: AdditionOptions
    @OptionGroup var common: CommonOptions

    func run() async throws {
        let session = Session(common)
        try await session.run { workshop in
            let file = try DefinitionFile(definition.path, store: workshop.packages, adding: adding.additions)
            workshop.report.report(file.diagnostics)
            session.terminal.print(
                session.options.json ? try CanonicalJSON.encodeForPeople(file.jsonMeaning) : file.meaning)
            return .success
        }
    }
}
