// SPDX-License-Identifier: Apache-2.0

package import Vocabulary

/// Reads a recipe: melange's language, for one architecture.
package struct RecipeReader: Sendable {
    private let library: PipelineLibrary
    private let architecture: Architecture
    /// Names of the recipe's `options` that are switched on.
    private let options: [String]

    /// - Parameter library: finds the pipelines that steps use.
    package init(
        library: PipelineLibrary = PipelineLibrary(), architecture: Architecture, options: [String] = []
    ) {
        self.library = library
        self.architecture = architecture
        self.options = options
    }

    /// The meaning of `bytes`, which the user knows as `file`. Throws every problem that the text has, each with its
    /// place; the diagnostics are those of a recipe that can be built.
    package func read(
        _ bytes: [UInt8], file: String
    ) throws(DefinitionError) -> (recipe: Recipe, diagnostics: [Diagnostic]) {
        let start = SourceLocation(file: file, line: 1, column: 1)
        guard let root = try YAMLDocument(file: file).compose(bytes), !root.isNull else {
            throw DefinitionError([DefinitionProblem(.syntax("the recipe is empty"), at: start)])
        }
        var run = RecipeRun(
            library: library, architecture: architecture, options: options,
            digest: ContentHasher.digest(of: bytes), file: file)
        let recipe = run.recipe(root)
        guard run.decoder.problems.isEmpty, let recipe else {
            throw DefinitionError(
                run.decoder.problems.isEmpty
                    ? [DefinitionProblem(.syntax("the recipe has no package"), at: start)]
                    : run.decoder.problems)
        }
        return (recipe, run.decoder.diagnostics)
    }
}
