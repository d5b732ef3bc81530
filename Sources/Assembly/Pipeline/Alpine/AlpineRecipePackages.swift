// SPDX-License-Identifier: Apache-2.0

internal import Building
internal import Storage
internal import Vocabulary

extension PackageForm {
    /// `.apk`, below a folder of the architecture's name with its index.
    /// - Parameter signing: nil leaves packages and index without a signature.
    package static func apk(_ signing: AlpineRepositoryRun.Signing?) -> PackageForm {
        PackageForm(
            name: "apk", family: .alpine,
            packages: { AlpineRecipePackages(workshop: $0, signing: signing) },
            open: { AlpinePackageFile($0) }, chain: AlpineRecipePackages.chain)
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
        let recipe = built.output.recipe
        let folder = repository / folder(recipe)
        let output = try built.withBills(.alpine) {
            ($0.metadata.name, recipe.fullVersion, $0.metadata.architecture)
        }
        return try await workshop.workers.run {
            try HostDirectory.create(folder)
            return try packer.pack(output, into: folder)
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

    func source(_ repository: HostPath, of recipe: Recipe) throws -> TrialRepository? {
        guard let key = signing?.key,
            try HostDirectory.exists(repository / folder(recipe) / "APKINDEX.tar.gz")
        else { return nil }
        return TrialRepository(
            line: .alpine(location: repository.absolute.text, tag: nil), key: try key.publicFile(in: workshop)
        )
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

    /// The index beside the package, and what it says of it.
    @Sendable static func chain(
        _ workshop: Workshop, _ package: HostPath, _ keys: RecipeKeys
    ) async throws -> [Verdict.Check] {
        let index = package.parent / "APKINDEX.tar.gz"
        guard !keys.packages.isEmpty else { return [RecipeKeys.missing("an RSA key of the repository's")] }
        guard try HostDirectory.exists(index) else {
            return [
                Verdict.Check(
                    "index", subject: nil, outcome: .failed, expected: "an index beside the package",
                    found: "there is no '\(index)'")
            ]
        }
        let checks = try await AlpineRepositoryRun(workshop).verify(
            [index], keys: keys.packages, only: String(package.name))[0].checks
        guard !checks.contains(where: { $0.name == "package" }) else { return checks }
        return checks + [
            Verdict.Check(
                "package", subject: nil, outcome: .failed, expected: "'\(package.name)' in '\(index)'",
                found: "the index does not name it")
        ]
    }
}
