// SPDX-License-Identifier: Apache-2.0

package import Vocabulary

extension RecipeGraph.Node {
    /// What a recipe asks for by name and offers by name; what is found in its files is known once it was built.
    /// - Parameters:
    ///   - family: of the packages that recipes make: what an image of another family asks for is another distribution's,
    ///     whatever it is called.
    ///   - built: as it was published last.
    package init(_ recipe: Recipe, making family: PackageFamily, built: PackageBuildState? = nil) {
        let said = recipe.packages.flatMap { package in
            [package.metadata.name.text] + package.metadata.dependencies.provides.map(Self.name)
        }
        var needs: [RecipeGraph.Need] = []
        func need(_ environment: ImageDefinition?, _ kind: RecipeGraph.Need.Kind) {
            let families = Set(environment?.contents.sources.map(\.value.family) ?? [])
            guard families.isEmpty || families.contains(family) else { return }
            needs += (environment?.contents.packages ?? []).filter { !$0.value.isExcluded }.map {
                RecipeGraph.Need($0.value.name.text, kind)
            }
        }
        need(recipe.environment, .build)
        need(recipe.sysroot, .build)
        for package in recipe.packages {
            need(package.test?.environment, .test)
            needs += package.metadata.dependencies.runtime.filter { !$0.hasPrefix("!") }.map {
                RecipeGraph.Need(Self.name($0), .runtime)
            }
        }
        // As the Alpine family writes them, so that a recipe may ask for one by hand.
        needs += (built?.linkedLibraries.keys.sorted() ?? []).map { RecipeGraph.Need("so:\($0)", .runtime) }
        self.init(
            name: recipe.name, version: recipe.fullVersion,
            offers: said + (built?.offeredLibraries ?? []).map { "so:\($0)" }, needs: needs)
    }

    /// `name` of `name>=1.2`, `name=1`, `name~2` and `name@tag`.
    private static func name(_ dependency: String) -> String {
        String(dependency.prefix { !"<>=~@ ".contains($0) })
    }
}
