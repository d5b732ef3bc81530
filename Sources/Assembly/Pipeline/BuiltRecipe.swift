// SPDX-License-Identifier: Apache-2.0

internal import Building
internal import Describing
internal import Vocabulary

/// What became of a recipe before anything is packed.
struct BuiltRecipe: Sendable {
    let file: RecipeFile
    let output: RecipeOutput
    let roots: BuildRoot.Roots
    /// What it was built from, in the recipe's order.
    let sources: [BuildSource]
    /// Of package URLs, as melange has it: whose packages they are.
    let namespace: String

    /// The packages' bills of materials, each in its own package.
    /// - Parameter identity: what a package is called in the form that it gets.
    func withBills(
        _ family: PackageFamily,
        identity: (Recipe.Package) throws -> (name: PackageName, version: String, architecture: String)
    ) throws -> RecipeOutput {
        var output = output
        for package in output.recipe.packages {
            let (name, version, architecture) = try identity(package)
            let bytes = try SPDXDocument.encode(
                try bill(of: package, family, name, version, architecture))
            // Where the Alpine family has them, and images look for them; dpkg's name keeps architectures apart.
            guard
                let path = ImagePath(
                    "var/lib/db/sbom/\(PackageURL.sbomName(family, name, version, architecture))")
            else { continue }
            output.additions[package.metadata.name] = [AddedFile(path, bytes)]
        }
        return output
    }

    private func bill(
        of package: Recipe.Package, _ family: PackageFamily, _ name: PackageName, _ version: String,
        _ architecture: String
    ) throws -> PackageBillOfMaterials {
        let recipe = output.recipe
        let metadata = package.metadata
        var bill = PackageBillOfMaterials(
            name: name, version: version,
            purl: PackageURL(family, name, version, architecture, namespace: namespace).description,
            origin: (recipe.name.text, recipe.version),
            created: Timestamp(seconds: output.time))
        bill.license = metadata.license.isEmpty ? recipe.packages[0].metadata.license : metadata.license
        bill.homepage = metadata.url.isEmpty ? recipe.packages[0].metadata.url : metadata.url
        bill.description = metadata.description
        bill.sources = sources
        return bill
    }
}

extension StepRunner.Sources {
    /// What a recipe's packages are built from, each once, in the order of its steps; what tests want is left out.
    func list(of recipe: Recipe) -> [BuildSource] {
        var list: [BuildSource] = []
        for step in recipe.steps {
            let source: BuildSource? =
                switch step.action {
                case .run: nil
                case .fetch(let fetch): files[fetch].map { BuildSource(uri: fetch.address, digest: $0) }
                case .checkout(let checkout):
                    checkouts[checkout].map {
                        BuildSource(
                            uri: checkout.address, digest: $0, commit: checkout.commit, isRepository: true)
                    }
                }
            if let source, !list.contains(source) { list.append(source) }
        }
        return list
    }
}
