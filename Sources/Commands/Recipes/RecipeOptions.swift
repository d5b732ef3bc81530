// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import Pipeline
internal import Vocabulary

/// The recipe that a command is about.
struct RecipeArgument: ParsableArguments {
    @Argument(help: "The recipe, a YAML file.", completion: .file(extensions: ["yaml", "yml"]))
    var recipe: String
}

/// The recipes that a command is about.
struct RecipesArgument: ParsableArguments {
    @Argument(
        help: "Recipes, or folders of them.", completion: .file(extensions: ["yaml", "yml"]))
    var recipes: [String]

    /// All that can be read; what is wrong with the others is said.
    func collection(
        _ compiling: CompilingOptions, _ session: Session, _ workshop: Workshop
    ) throws -> RecipeCollection {
        let collection = try RecipeCollection(
            recipes.map { HostPath($0) }, architecture: try compiling.architecture(),
            pipelines: compiling.pipelines.map { HostPath($0) }, options: compiling.buildOption)
        workshop.report.report(collection.files.flatMap(\.diagnostics))
        for failure in collection.failures { session.terminal.fail(failure.reason) }
        return collection
    }
}

/// Options of everything that compiles recipes.
struct CompilingOptions: ParsableArguments {
    @Option(
        name: [.customLong("pipeline-dir"), .customLong("pipeline-dirs")],
        help: "A folder of pipelines; may be given several times.", completion: .directory)
    var pipelines: [String] = []

    @Option(
        help: "The architecture to build for; this machine's without it.",
        completion: .list(Architecture.names))
    var arch: String?

    @Option(help: "An option of the recipe to switch on; may be given several times.")
    var buildOption: [String] = []

    func architecture() throws -> Architecture {
        if let arch { return try Architecture(argument: arch) }
        return .ofThisMachine
    }

    /// What was found in it is reported.
    func file(_ path: String, _ architecture: Architecture, _ workshop: Workshop) throws -> RecipeFile {
        let file = try RecipeFile(
            HostPath(path), architecture: architecture, pipelines: pipelines.map { HostPath($0) },
            options: buildOption)
        workshop.report.report(file.diagnostics)
        return file
    }
}
