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
                A recipe that cannot be read is left out and named, and the exit code is 1.

                EXAMPLES
                  slipway recipe graph Examples/recipes
                  slipway recipe graph recipes/*.yaml --format svg > graph.svg
                """)

        @OptionGroup var recipes: RecipeGraphArgument
        @OptionGroup var compiling: CompilingOptions
        @OptionGroup var common: CommonOptions

        func run() async throws {
            let session = Session(recipes.shown(common))
            try await session.run { workshop in
                let (graph, isWhole) = try recipes.graph(compiling, session, workshop)
                let view = RecipeGraphView(graph)
                if recipes.format == .svg {
                    session.terminal.print(view.svg)
                } else {
                    try session.show(view) { view.lines }
                }
                return isWhole ? .success : .failure
            }
        }
    }

    struct Why: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say what a recipe is built with, and what would be built again with it.",
            discussion: """
                The name may be a package's too. Drawn (--format svg), it stands between everything that it is built with and
                everything that is built with it, directly or not. Why a factory built it: 'slipway factory why'.

                EXAMPLES
                  slipway recipe why zlib Examples/recipes
                  slipway recipe why zlib Examples/recipes --format svg > zlib.svg
                """)

        @Argument(help: "A recipe's or a package's name.")
        var name: String

        @OptionGroup var recipes: RecipeGraphArgument
        @OptionGroup var compiling: CompilingOptions
        @OptionGroup var common: CommonOptions

        func run() async throws {
            let session = Session(recipes.shown(common))
            try await session.run { workshop in
                let (graph, isWhole) = try recipes.graph(compiling, session, workshop)
                guard let place = graph.place(of: name) else {
                    let nearest = EditDistance.nearest(to: name, among: graph.nodes.map(\.name.text))
                    throw ValidationError(
                        "no recipe makes '\(name)'" + (nearest.map { "; did you mean '\($0)'?" } ?? ""))
                }
                if recipes.format == .svg {
                    session.terminal.print(RecipeGraphView(graph.around(place)).svg)
                } else {
                    let view = RecipeWhyView(graph, place)
                    try session.show(view) { view.lines }
                }
                return isWhole ? .success : .failure
            }
        }
    }
}

/// The recipes that a graph is drawn of.
struct RecipeGraphArgument: ParsableArguments {
    enum Format: String, ExpressibleByArgument, CaseIterable { case text, json, svg }

    @OptionGroup var recipes: RecipesArgument

    @Option(help: "text, json or svg.")
    var format = Format.text

    @Option(
        help:
            "In which form they are built on one another: what a build root of the other asks for is none of theirs."
    )
    var packages = RecipePublishingOptions.Form.apk

    func shown(_ common: CommonOptions) -> CommonOptions {
        var common = common
        if format == .json { common.json = true }
        return common
    }

    /// Of all that could be read, and whether that is all of them.
    func graph(
        _ compiling: CompilingOptions, _ session: Session, _ workshop: Workshop
    ) throws -> (RecipeGraph, isWhole: Bool) {
        let collection = try recipes.collection(compiling, session, workshop)
        let form: PackageForm =
            packages == .deb ? .deb(suite: "stable", gpgKey: nil, gpgHome: nil) : .apk(nil)
        return (
            RecipeGraph(collection.files.map { RecipeGraph.Node($0.recipe, making: [form.family]) }),
            collection.failures.isEmpty
        )
    }
}
