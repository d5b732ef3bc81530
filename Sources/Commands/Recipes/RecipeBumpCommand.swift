// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import Pipeline
internal import Vocabulary

extension RecipeCommand {
    struct Bump: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract:
                "Take a recipe to its next release: version, epoch, digests and commits are edited in place.",
            discussion: """
                Without --to the release is the one that 'slipway recipe outdated' shows, 'manual' or not. Every source that
                changes with the version is fetched and pinned anew, for all architectures; the epoch becomes 0. Comments and
                layout stay. Where something fails, the file is as it was.

                EXAMPLES
                  slipway recipe bump recipes/lua.yaml
                  slipway recipe bump recipes/lua.yaml --to 5.4.8 --dry-run
                  slipway recipe bump recipes/lua.yaml --epoch
                """)

        @OptionGroup var recipe: RecipeArgument

        @Option(help: "The version to take.")
        var to: String?

        @Flag(help: "Keep the version, and make another build of it.")
        var epoch = false

        @Flag(help: "Print what would change, and write nothing.")
        var dryRun = false

        @OptionGroup var compiling: CompilingOptions
        @OptionGroup var common: CommonOptions

        func validate() throws {
            if epoch, to != nil { throw ValidationError("--epoch keeps the version; leave --to out") }
        }

        func run() async throws {
            let session = Session(common)
            let first = try compiling.architecture()
            let path = HostPath(recipe.recipe)
            try await session.run { workshop in
                let run = RecipeBumpRun(
                    workshop, pipelines: compiling.pipelines.map { HostPath($0) },
                    options: compiling.buildOption)
                let architectures = [first] + Architecture.recipes.filter { $0 != first }
                let outcome: RecipeBumpRun.Outcome
                if epoch {
                    outcome = try await run.raiseEpoch(path, architectures: architectures, dry: dryRun)
                } else {
                    let file = try compiling.file(recipe.recipe, first, workshop)
                    let version: String
                    if let to { version = to } else { version = try await run.next(of: file) }
                    outcome = try await run.bump(
                        path, to: version, architectures: architectures, dry: dryRun)
                }
                try session.show(outcome) { UpstreamView.lines(outcome) }
                return .success
            }
        }
    }
}
