// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import Pipeline
internal import Vocabulary

/// `slipway recipe …`
struct RecipeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "recipe", abstract: "Build packages straight from their maintainers' releases.",
        discussion: """
            A recipe is melange's YAML. Pipelines that are not Slipway's own are looked for in the folders of
            --pipeline-dir, and in a folder 'pipelines' beside the recipe.

            EXAMPLES
              slipway recipe check recipes/*.yaml
              slipway recipe compile recipes/zlib.yaml
            """,
        subcommands: [
            Init.self, Check.self, Compile.self, Show.self, Build.self, Verify.self, Lint.self, Graph.self,
            Why.self, Outdated.self, Bump.self, Delta.self,
        ])

    struct Check: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Read recipes and say what is wrong with them: file, line, column.",
            discussion: """
                Every problem of every file is shown; one is exit code 1.

                EXAMPLES
                  slipway recipe check recipes
                  slipway recipe check recipes/zlib.yaml recipes/lua.yaml --pipeline-dir pipelines --arch arm64
                """)

        @OptionGroup var recipes: RecipesArgument

        @OptionGroup var compiling: CompilingOptions
        @OptionGroup var common: CommonOptions

        func run() async throws {
            let session = Session(common)
            try await session.run { workshop in
                let collection = try recipes.collection(compiling, session, workshop)
                var (facts, isWhole): ([RecipeFacts], Bool) = ([], collection.failures.isEmpty)
                for file in collection.files {
                    do {
                        workshop.report.report(try file.delta().diagnostics)
                        facts.append(file.facts)
                    } catch {
                        session.terminal.fail("\(error)")
                        isWhole = false
                    }
                }
                try session.show(facts) { facts.map(RecipeView.line) }
                return isWhole ? .success : .failure
            }
        }
    }

    struct Compile: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print a recipe with every pipeline and variable written out.",
            discussion: """
                What is printed is a recipe that means the same.

                EXAMPLES
                  slipway recipe compile recipes/zlib.yaml
                  slipway recipe compile recipes/zlib.yaml --arch arm64 --json
                """)

        @OptionGroup var recipe: RecipeArgument
        @OptionGroup var compiling: CompilingOptions
        @OptionGroup var common: CommonOptions

        func run() async throws {
            let session = Session(common)
            let architecture = try compiling.architecture()
            try await session.run { workshop in
                let file = try compiling.file(recipe.recipe, architecture, workshop)
                session.terminal.print(
                    session.options.json
                        ? try CanonicalJSON.encodeForPeople(file.compiledJSON) : file.compiled)
                return .success
            }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show what a recipe makes, of which sources, and where its releases are looked for.",
            discussion: """
                EXAMPLES
                  slipway recipe show recipes/zlib.yaml
                """)

        @OptionGroup var recipe: RecipeArgument
        @OptionGroup var compiling: CompilingOptions
        @OptionGroup var common: CommonOptions

        func run() async throws {
            let session = Session(common)
            let architecture = try compiling.architecture()
            try await session.run { workshop in
                let file = try compiling.file(recipe.recipe, architecture, workshop)
                let facts = file.facts
                try session.show(facts) { RecipeView.lines(facts) }
                return .success
            }
        }
    }

    struct Build: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Build a recipe's packages in a sandbox.",
            discussion: """
                Sources are fetched first and held against their digests. Steps then run in an image of the recipe's
                environment, which they cannot change, as user 1000, without network: only the workspace is theirs. What
                they write goes to stderr and to ARCHITECTURE/NAME-VERSION.log beside the packages. Each package is then
                tried by its 'test' in an image that holds it and what it says it needs, and published where it passes:
                the output is a repository whose index is written and signed anew, with what was in it before.

                EXAMPLES
                  slipway recipe build recipes/zlib.yaml -o packages --key packages.rsa --provenance-key slipway.key
                  slipway recipe build recipes/zlib.yaml --format deb --suite stable --gpg-key packages@example.org
                  SOURCE_DATE_EPOCH=1767323045 slipway recipe build recipes/zlib.yaml -o packages
                """)

        @OptionGroup var recipe: RecipeArgument

        @Option(
            name: .shortAndLong, help: "The repository that packages are published to: a folder.",
            completion: .directory)
        var output = "packages"

        @Flag(help: "Publish packages whose tests were not run.")
        var withoutTests = false

        @Flag(
            name: [.long, .customShort("i"), .customLong("interactive")],
            help: "Open a shell in the sandbox where a step fails. Needs a terminal.")
        var shell = false

        @OptionGroup var publishing: RecipePublishingOptions
        @OptionGroup var compiling: CompilingOptions
        @OptionGroup var building: BuildRootOptions
        @OptionGroup var common: CommonOptions

        func run() async throws {
            let session = Session(common)
            let architecture = try compiling.architecture()
            let time = try session.sourceDateEpoch()
            try await session.run { workshop in
                let file = try compiling.file(recipe.recipe, architecture, workshop)
                let run = RecipeBuildRun(workshop) { bytes in
                    if !session.options.quiet { session.terminal.pass(bytes) }
                }
                var order = RecipeBuildRun.Order(
                    output: HostPath(output), forms: try publishing.forms())
                order.replaces = publishing.replace
                order.namespace = publishing.namespace
                order.provenanceKey = try publishing.provenanceKey.map { try KeyPair(at: HostPath($0)) }
                order.time = time
                order.runsTests = !withoutTests
                order.opensShell = shell
                order.options = building.options
                let packed = try await run.build(file, order).packages
                try session.show(packed) { packed.map(PackageViews.packed) }
                return .success
            }
        }
    }

    struct Init: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write a first recipe of a release.",
            discussion: """
                The release is fetched, its digest written down, and how it is built guessed from the files at its top.
                Look at what it wrote: description, licence and test are yours. Nothing is overwritten.

                EXAMPLES
                  slipway recipe init lua.yaml --version 5.4.7 --source debian:lua5.4
                  slipway recipe init flask.yaml --version 3.1.2 --source pypi:flask
                  slipway recipe init recipes/zlib.yaml --version 1.3.1 --source https://example.org/zlib-1.3.1.tar.gz
                """)

        @OptionGroup var recipe: RecipeArgument

        @Option(help: "The package's name; the file's without it.")
        var name: String?

        @Option(help: "Upstream's version.")
        var version: String

        @Option(help: "The release: an https:, http:, file:, pypi: or debian: address.")
        var source: String

        @Option(help: "Where the build root's packages come from; may be given several times.")
        var repository: [String] = []

        @OptionGroup var common: CommonOptions

        func run() async throws {
            let session = Session(common)
            let path = HostPath(recipe.recipe)
            let written = name ?? String(path.name.prefix { $0 != "." })
            guard let name = PackageName(written) else {
                throw ValidationError("'\(written)' is not a package's name; give one with --name")
            }
            try await session.run { workshop in
                let outcome = try await RecipeInitRun(workshop).begin(
                    path, name: name, version: version, source: source,
                    repositories: repository.isEmpty ? ["deb system trixie main"] : repository)
                try session.show(outcome) {
                    ["wrote \(outcome.file): built with \(outcome.buildSystem), as its files say"]
                }
                return .success
            }
        }
    }
}
