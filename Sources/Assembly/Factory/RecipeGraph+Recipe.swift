// SPDX-License-Identifier: Apache-2.0

package import Vocabulary

extension RecipeGraph.Node {
    /// What a recipe asks for by name and offers by name; what is found in its files is known once it was built.
    /// - Parameters:
    ///   - families: of the packages that recipes make.
    ///   - built: as it was published last.
    package init(_ recipe: Recipe, making families: Set<PackageFamily>, built: PackageBuildState? = nil) {
        let said = recipe.packages.flatMap { package in
            [package.metadata.name.text]
                + package.metadata.dependencies.provides.map(Recipe.name(ofDependency:))
        }
        // As the Alpine family writes them, so that a recipe may ask for one by hand.
        let linked = (built?.linkedLibraries.keys.sorted() ?? []).map { Recipe.Need("so:\($0)", .runtime) }
        self.init(
            name: recipe.name, version: recipe.fullVersion,
            offers: said + (built?.offeredLibraries ?? []).map { "so:\($0)" },
            needs: recipe.needs(of: families) + linked)
    }
}
