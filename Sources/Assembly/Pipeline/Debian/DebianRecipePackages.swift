// SPDX-License-Identifier: Apache-2.0

internal import Building
internal import Composing
internal import Fetching
internal import Storage
package import Vocabulary

extension PackageForm {
    /// `.deb`, in a pool with a suite that lists it.
    /// - Parameters:
    ///   - gpgKey: whose signature the suite's release gets, as gpg knows it; nil leaves it without one.
    ///   - gpgHome: gpg's own folder; nil for the user's.
    package static func deb(suite: String, gpgKey: String?, gpgHome: HostPath?) -> PackageForm {
        let suite = DebianRepositoryRun.Suite(name: suite, codename: nil, origin: "Recipes", label: nil)
        return PackageForm(
            name: "deb", family: .debian,
            packages: {
                DebianRecipePackages(
                    workshop: $0, suite: suite, signing: gpgKey.map { .init(key: $0, home: gpgHome) })
            }, open: { DebianPackageFile($0) }, chain: DebianRecipePackages.chain)
    }
}

/// A recipe's packages in the Debian family's form.
struct DebianRecipePackages: RecipePackages {
    private static let component = "main"

    let workshop: Workshop
    let suite: DebianRepositoryRun.Suite
    let signing: DebianRepositoryRun.Signing?

    private var run: DebianRepositoryRun { DebianRepositoryRun(workshop) }

    /// `pool/main/l/lua`: as archives have it, a folder for each first letter (of libraries four) and source.
    private func folder(_ recipe: Recipe) throws -> String {
        let source = try DebianRecipePacker.identity(of: recipe.packages[0], recipe).name.text
        return "pool/\(Self.component)/\(source.prefix(source.hasPrefix("lib") ? 4 : 1))/\(source)"
    }

    func pack(_ built: BuiltRecipe, into repository: HostPath) async throws -> [PackedPackage] {
        try await bringPackages(of: built.roots.root)
        let root = DebianBuildRoot(
            root: built.roots.root.path, files: built.roots.root.image.files,
            lock: try lock(of: built.roots.root),
            store: workshop.packages)
        let packer = DebianRecipePacker(root: root, scratch: workshop.directories.temporary)
        let recipe = built.output.recipe
        let folder = repository / (try folder(recipe))
        let output = try built.withBills(.debian) { package in
            let (name, version) = try DebianRecipePacker.identity(of: package, recipe)
            return (name, version, recipe.architecture.debianName)
        }
        return try await workshop.workers.run {
            try HostDirectory.create(folder)
            return try packer.pack(output, into: folder)
        }
    }

    /// The packages of the build root say in their files what their libraries ask of others.
    private func bringPackages(of root: BuildRoot.Kept) async throws {
        _ = try await ImagePipeline(workshop).fetcher.fetch(
            try lock(of: root), witness: root.resolved.witness)
    }

    private func lock(of root: BuildRoot.Kept) throws -> ArchitectureLock {
        guard
            let lock = root.resolved.content.architectures.first(where: {
                $0.architecture == root.image.architecture
            })
        else { throw ComposingError.nothingToCompose }
        return lock
    }

    func request(for package: Recipe.Package, of recipe: Recipe) throws -> PackageRequest {
        let (name, version) = try DebianRecipePacker.identity(of: package, recipe)
        return PackageRequest(name, .init(.equal, version))
    }

    func trial(
        _ repository: HostPath, of recipe: Recipe, in scratch: HostPath
    ) async throws -> TrialRepository {
        let home = scratch / "gnupg"
        let keyring = scratch / "tests.gpg"
        try await ReleaseSigner.makeKey(in: home, publicKey: keyring)
        let tests = DebianRepositoryRun.Suite(name: "tests", codename: nil, origin: "Tests", label: nil)
        _ = try await run.index(
            repository, as: tests, date: nil, signing: .init(key: nil, home: home))
        let line = RepositoryLine.debian(
            url: "file://\(repository)", suite: "tests", components: [Self.component],
            signedBy: [keyring.text])
        return TrialRepository(line: line, key: nil)
    }

    func source(_ repository: HostPath, of recipe: Recipe) async throws -> TrialRepository? {
        let release = repository / "dists" / suite.identity.suite / "InRelease"
        guard let signing, try HostDirectory.exists(release) else { return nil }
        let signer = try ReleaseSigner(
            key: signing.key, home: signing.home, environment: workshop.environment,
            scratch: workshop.directories.temporary)
        let keyring = try workshop.publicKey("published.gpg", try await signer.publicKey())
        let line = RepositoryLine.debian(
            url: "file://\(repository.absolute)", suite: suite.identity.suite, components: [Self.component],
            signedBy: [keyring.text])
        return TrialRepository(line: line, key: nil)
    }

    func listed(in repository: HostPath, of recipe: Recipe) throws -> Set<String> {
        try DebianIndexer(repository, as: suite.identity).listed()
    }

    func index(_ repository: HostPath, of recipe: Recipe, leavingOut paths: Set<String>) async throws {
        _ = try await run.index(repository, as: suite, date: nil, signing: signing, leavingOut: paths)
    }

    /// The suites of the repository that the package stands in, and what they say of it.
    @Sendable static func chain(
        _ workshop: Workshop, _ package: HostPath, _ keys: RecipeKeys
    ) async throws -> [Verdict.Check] {
        guard !keys.keyrings.isEmpty else {
            return [RecipeKeys.missing("a keyring with the repository's key")]
        }
        let package = try HostDirectory.canonical(package)
        var root = package.parent
        while try !HostDirectory.exists(root / "dists") {
            guard root.parent != root else {
                return [
                    Verdict.Check(
                        "index", subject: nil, outcome: .failed, expected: "a repository around the package",
                        found: "no folder above '\(package)' has a folder 'dists'")
                ]
            }
            root = root.parent
        }
        let path = String(package.text.dropFirst(root.text.count + 1))
        let verdicts = try await DebianRepositoryRun(workshop).verify(
            root, suites: [], keyrings: keys.keyrings, only: path)
        let checks = verdicts.flatMap(\.checks)
        guard !checks.contains(where: { $0.name == "package" }) else { return checks }
        return checks + [
            Verdict.Check(
                "package", subject: nil, outcome: .failed, expected: "'\(path)' in an index of '\(root)'",
                found: "no index names it")
        ]
    }
}
