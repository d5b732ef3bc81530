// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import Pipeline
internal import Vocabulary

extension RecipeCommand {
    struct Outdated: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show which recipes have newer releases upstream, and since when.",
            discussion: """
                Looked for where 'update' says; where it names no place, where the recipe's first source comes from. Each
                place is asked once. Exit code 0: every place answered, whatever it said; 3: one did not, or had nothing
                that could be a release; 1: a recipe could not be read.

                EXAMPLES
                  slipway recipe outdated recipes/*.yaml
                  slipway recipe outdated recipes/lua.yaml --why --json
                """)

        @OptionGroup var recipes: RecipesArgument

        @Flag(help: "Name what was passed over, and why.")
        var why = false

        @OptionGroup var compiling: CompilingOptions
        @OptionGroup var common: CommonOptions

        func run() async throws {
            let session = Session(common)
            try await session.run { workshop in
                let collection = try recipes.collection(compiling, session, workshop)
                let reports = try await UpstreamRun(workshop).sweep(collection.files)
                try session.show(reports) { UpstreamView.lines(reports, now: workshop.now(), why: why) }
                if !collection.failures.isEmpty { return .failure }
                let isComplete = reports.allSatisfy { ![.failed, .nothingFound].contains($0.outcome) }
                return isComplete ? .success : .unchecked
            }
        }
    }
}
