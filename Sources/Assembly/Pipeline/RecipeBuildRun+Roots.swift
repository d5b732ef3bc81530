// SPDX-License-Identifier: Apache-2.0

internal import Storage
internal import Vocabulary

extension RecipeBuildRun {
    /// What was published before, in the form that comes first.
    func own(_ order: Order, _ recipe: Recipe, scratch: HostPath) throws -> TrialRepository? {
        try order.forms.first?.packages(workshop).source(order.output, of: recipe, in: scratch)
    }

    /// The image in which the recipe is built, with its sysroot. What was published before may be asked for in either, where
    /// it is of its family.
    func root(of file: RecipeFile, _ order: Order, own: TrialRepository?) async throws -> BuildRoot.Kept {
        let recipe = file.recipe
        var additions = order.options.additions
        let family = recipe.environment.contents.sources.first?.value.family
        if let own, own.line.family == family { own.add(to: &additions) }
        let root = try DefinitionFile(root: recipe.environment, of: file.path, adding: additions)
        guard let sysroot = recipe.sysroot else {
            return try await BuildRoot(workshop).kept(root, order.options)
        }
        var sysrootAdditions = DefinitionAdditions()
        if let own, [nil, own.line.family].contains(sysroot.contents.sources.first?.value.family) {
            own.add(to: &sysrootAdditions)
        }
        return try await BuildRoot(workshop).kept(
            root, sysroot: try DefinitionFile(root: sysroot, of: file.path, adding: sysrootAdditions),
            order.options)
    }
}
