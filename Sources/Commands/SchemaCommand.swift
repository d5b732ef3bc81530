// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import Pipeline
internal import Vocabulary

/// `slipway schema`
struct SchemaCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema", abstract: "Print the JSON Schema of definitions, for editors.",
        discussion: """
            Draft 2020-12, of the whole language: apko's keys and Slipway's. An editor with a YAML language server checks
            and completes a definition whose first line is '# yaml-language-server: $schema=FILE'.

            EXAMPLES
              slipway schema >slipway.schema.json
              slipway schema --factory
              slipway schema --recipe
            """)

    @Flag(help: "The schema of factory.yaml instead.")
    var factory = false

    @Flag(help: "The schema of recipes instead.")
    var recipe = false

    @OptionGroup var common: CommonOptions

    func validate() throws {
        if factory && recipe { throw ValidationError("--factory and --recipe are two schemas; ask for one") }
    }

    func run() async throws {
        let session = Session(common)
        try await session.run { _ in
            session.terminal.print(
                try CanonicalJSON.encodeForPeople(
                    factory
                        ? Language.factorySchema
                        : recipe ? Language.recipeSchema : Language.definitionSchema))
            return .success
        }
    }
}
