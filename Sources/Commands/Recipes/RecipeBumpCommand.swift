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
                changes with the version is fetched and pinned anew, for x86_64 and aarch64 where the recipe is for both; the
                epoch becomes 0. Comments and layout stay. Where something fails, the file is as it was.

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
                    workshop, architecture: first, pipelines: compiling.pipelines.map { HostPath($0) },
                    options: compiling.buildOption)
                let outcome: RecipeBumpRun.Outcome
                if epoch {
                    outcome = try run.raiseEpoch(path, dry: dryRun)
                } else {
                    let file = try compiling.file(recipe.recipe, first, workshop)
                    let version: String
                    if let to { version = to } else { version = try await run.next(of: file) }
                    outcome = try await run.bump(path, to: version, dry: dryRun)
                }
                try session.show(outcome) { UpstreamView.lines(outcome) }
                return .success
            }
        }
    }
}
