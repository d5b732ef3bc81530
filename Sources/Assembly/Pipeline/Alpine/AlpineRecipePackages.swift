// SPDX-License-Identifier: Apache-2.0

internal import Building
internal import Storage
internal import Vocabulary

extension PackageForm {
    /// `.apk`, below a folder of the architecture's name with its index.
    /// - Parameter signing: nil leaves packages and index without a signature.
    package static func apk(_ signing: AlpineRepositoryRun.Signing?) -> PackageForm {
        PackageForm("apk", .alpine) { AlpineRecipePackages(workshop: $0, signing: signing) }
    }
}

/// A recipe's packages in the Alpine family's form.
struct AlpineRecipePackages: RecipePackages {
    /// Strong enough for a repository that lives as long as its tests.
    private static let keyBits = 2048

    let workshop: Workshop
    let signing: AlpineRepositoryRun.Signing?

    private var run: AlpineRepositoryRun { AlpineRepositoryRun(workshop) }

    private func folder(_ recipe: Recipe) -> String { recipe.packages[0].metadata.architecture }

    func pack(_ built: BuiltRecipe, into repository: HostPath) async throws -> [PackedPackage] {
        let packer = AlpineRecipePacker(
            key: signing?.key.key, scheme: signing?.scheme ?? .rsa256,
            scratch: workshop.directories.temporary)
        let folder = repository / folder(built.output.recipe)
        return try await workshop.workers.run {
            try HostDirectory.create(folder)
            return try packer.pack(built.output, into: folder)
        }
    }

    func request(for package: Recipe.Package, of recipe: Recipe) -> PackageRequest {
        PackageRequest(package.metadata.name, .init(.equal, recipe.fullVersion))
    }

    func trial(
        _ repository: HostPath, of recipe: Recipe, in scratch: HostPath
    ) async throws -> TrialRepository {
        let key = try PackageKeyPair.generate(name: "tests", bits: Self.keyBits)
        let publicKey = try key.write(to: scratch).publicKey
        _ = try await run.index(
            [repository / folder(recipe)], summary: "under test", signing: .init(key: key, sha1: false))
        return TrialRepository(line: .alpine(location: repository.text, tag: nil), key: publicKey)
    }

    func source(_ repository: HostPath, of recipe: Recipe, in scratch: HostPath) throws -> TrialRepository? {
        guard let key = signing?.key,
            try HostDirectory.exists(repository / folder(recipe) / "APKINDEX.tar.gz")
        else { return nil }
        let keys = scratch / "keys"
        try HostDirectory.create(keys)
        return TrialRepository(
            line: .alpine(location: repository.absolute.text, tag: nil),
            key: try key.write(to: keys).publicKey)
    }

    func listed(in repository: HostPath, of recipe: Recipe) throws -> Set<String> {
        let folder = folder(recipe)
        return Set(try AlpineIndexer.listed(in: repository / folder).map { "\(folder)/\($0)" })
    }

    func index(_ repository: HostPath, of recipe: Recipe, leavingOut paths: Set<String>) async throws {
        let folder = folder(recipe)
        _ = try await run.index(
            [repository / folder], summary: "", signing: signing,
            leavingOut: Set(paths.map { String($0.dropFirst(folder.count + 1)) }))
    }
}
