// SPDX-License-Identifier: Apache-2.0

internal import Storage
internal import Vocabulary

/// The repository that recipes publish to, as a source for the recipes that build on it.
struct OwnRepository {
    let folder: HostPath
    /// Of the key that signs it.
    let publicKey: HostPath

    /// Nil where nothing is published yet, or nothing is signed: then nobody could tell whose packages they are.
    /// - Parameter scratch: for the public key.
    init?(_ order: RecipeBuildRun.Order, architecture: String, scratch: HostPath) throws {
        guard let key = order.signing?.key,
            try HostDirectory.exists(order.output / architecture / "APKINDEX.tar.gz")
        else { return nil }
        folder = order.output.absolute
        let keys = scratch / "keys"
        try HostDirectory.create(keys)
        publicKey = try key.write(to: keys).publicKey
    }

    func add(to additions: inout DefinitionAdditions) {
        additions.repositories.append(folder.text)
        additions.keyring.append(publicKey.text)
    }
}

extension RecipeBuildRun {
    /// The image in which the recipe is built, with its sysroot. What is published already may be asked for in both, where
    /// it is of their family.
    func root(
        of file: RecipeFile, _ order: Order, own: OwnRepository?
    ) async throws -> BuildRoot.Kept {
        let recipe = file.recipe
        var additions = order.options.additions
        if recipe.environment.contents.sources.contains(where: { $0.value.family == .alpine }) {
            own?.add(to: &additions)
        }
        let root = try DefinitionFile(root: recipe.environment, of: file.path, adding: additions)
        guard let sysroot = recipe.sysroot else {
            return try await BuildRoot(workshop).kept(root, order.options)
        }
        var sysrootAdditions = DefinitionAdditions()
        own?.add(to: &sysrootAdditions)
        return try await BuildRoot(workshop).kept(
            root, sysroot: try DefinitionFile(root: sysroot, of: file.path, adding: sysrootAdditions),
            order.options)
    }
}
