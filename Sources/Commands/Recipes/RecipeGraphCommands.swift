// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import Factory
internal import Pipeline
internal import Vocabulary

/// What recipes have to do with each other.
extension RecipeCommand {
    struct Graph: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show which recipes are built with which, in the order of building.",
            discussion: """
                EXAMPLES
                  slipway recipe graph Examples/recipes
                  slipway recipe graph recipes/*.yaml --format svg > graph.svg
                """)

        enum Format: String, ExpressibleByArgument, CaseIterable { case text, json, svg }

        @OptionGroup var recipes: RecipesArgument

        @Option(help: "text, json or svg.")
        var format = Format.text

        @OptionGroup var compiling: CompilingOptions
        @OptionGroup var common: CommonOptions

        func run() async throws {
            var common = common
            if format == .json { common.json = true }
            let session = Session(common)
            try await session.run { workshop in
                let view = RecipeGraphView(try recipes.graph(compiling, session, workshop))
                if format == .svg {
                    session.terminal.print(view.svg)
                } else {
                    try session.show(view) { view.lines }
                }
                return .success
            }
        }
    }

    struct Why: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say what a recipe is built with, and what would be built again with it.",
            discussion: """
                The name may be a package's too. Why a factory built it: 'slipway factory why'.

                EXAMPLES
                  slipway recipe why zlib Examples/recipes
                """)

        @Argument(help: "A recipe's or a package's name.")
        var name: String

        @OptionGroup var recipes: RecipesArgument
        @OptionGroup var compiling: CompilingOptions
        @OptionGroup var common: CommonOptions

        func run() async throws {
            let session = Session(common)
            try await session.run { workshop in
                let graph = try recipes.graph(compiling, session, workshop)
                guard let place = graph.place(of: name) else {
                    let nearest = EditDistance.nearest(to: name, among: graph.nodes.map(\.name.text))
                    throw ValidationError(
                        "no recipe makes '\(name)'" + (nearest.map { "; did you mean '\($0)'?" } ?? ""))
                }
                let view = RecipeWhyView(graph, place)
                try session.show(view) { view.lines }
                return .success
            }
        }
    }
}

/// The recipes that a command is about.
struct RecipesArgument: ParsableArguments {
    @Argument(
        help: "Recipes, or folders of them.", completion: .file(extensions: ["yaml", "yml"]))
    var recipes: [String]

    @Option(
        help:
            "In which form they are built on one another: what a build root of the other asks for is none of theirs."
    )
    var packages = RecipePublishingOptions.Form.apk

    func collection(_ compiling: CompilingOptions, _ workshop: Workshop) throws -> RecipeCollection {
        try RecipeCollection(
            recipes.map { HostPath($0) }, architecture: try compiling.architecture(),
            pipelines: compiling.pipelines.map { HostPath($0) }, options: compiling.buildOption)
    }

    /// Of all that could be read; the others are named.
    func graph(
        _ compiling: CompilingOptions, _ session: Session, _ workshop: Workshop
    ) throws -> RecipeGraph {
        let collection = try collection(compiling, workshop)
        for failure in collection.failures { session.terminal.fail(failure.reason) }
        let form: PackageForm =
            packages == .deb ? .deb(suite: "stable", gpgKey: nil, gpgHome: nil) : .apk(nil)
        return RecipeGraph(collection.files.map { RecipeGraph.Node($0.recipe, making: form.family) })
    }
}
