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

        @Argument(help: "Recipes, YAML files.", completion: .file(extensions: ["yaml", "yml"]))
        var recipes: [String]

        @Flag(help: "Name what was passed over, and why.")
        var why = false

        @OptionGroup var compiling: CompilingOptions
        @OptionGroup var common: CommonOptions

        func run() async throws {
            let session = Session(common)
            let architecture = try compiling.architecture()
            try await session.run { workshop in
                var files: [RecipeFile] = []
                var failures: [String] = []
                for path in recipes {
                    do { files.append(try compiling.file(path, architecture, workshop)) } catch let error
                        as any CustomStringConvertible
                    { failures.append("\(error)") }
                }
                let reports = try await UpstreamRun(workshop).sweep(files)
                for failure in failures { session.terminal.fail(failure) }
                try session.show(reports) { UpstreamView.lines(reports, now: workshop.now(), why: why) }
                if !failures.isEmpty { return .failure }
                let isComplete = reports.allSatisfy { ![.failed, .nothingFound].contains($0.outcome) }
                return isComplete ? .success : .unchecked
            }
        }
    }
}
