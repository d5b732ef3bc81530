// SPDX-License-Identifier: Apache-2.0

internal import Building
internal import Execution
internal import Storage
internal import Vocabulary

/// Tries a recipe's packages before anybody gets them: each in a fresh image that holds the package, what it says it needs,
/// and what its test's environment adds, and nothing of the build root.
struct RecipeTestRun {
    /// Strong enough for a repository that lives as long as its tests.
    private static let keyBits = 2048

    let workshop: Workshop
    let sandbox: Sandbox
    let sources: StepRunner.Sources
    /// What was published before.
    let own: OwnRepository?
    let log: @Sendable ([UInt8]) -> Void

    /// - Parameters:
    ///   - packages: a folder with the architecture's below it.
    ///   - scratch: for images and workspaces.
    /// - Throws: `BuildingError.step` where a test fails.
    func test(
        _ file: RecipeFile, _ order: RecipeBuildRun.Order, packages: HostPath, in scratch: HostPath
    ) async throws {
        let recipe = file.recipe
        let tested = recipe.packages.filter { $0.test?.steps.isEmpty == false }
        guard !tested.isEmpty else { return }
        let key = try PackageKeyPair.generate(name: "tests", bits: Self.keyBits)
        let publicKey = try key.write(to: scratch).publicKey
        _ = try await AlpineRepositoryRun(workshop).index(
            [packages / recipe.packages[0].metadata.architecture], summary: "under test",
            signing: .init(key: key, sha1: false))
        for (number, package) in tested.enumerated() {
            guard let test = package.test else { continue }
            let title = "\(package.metadata.name) \(recipe.fullVersion)"
            workshop.report(.began(.test, title))
            log(Array("==> tests of \(title)\n".utf8))
            let environment = environment(of: package, test, recipe, packages, key: publicKey)
            let (root, workspace) = (scratch / "root-\(number)", scratch / "test-\(number)")
            try await BuildRoot(workshop).make(
                try DefinitionFile(root: environment, of: file.path, adding: additions(order, recipe)),
                order.options, at: root)
            try HostDirectory.create(workspace)
            try await StepRunner(sandbox: sandbox, root: root, workers: workshop.workers, log: log).test(
                test, of: recipe, sources: sources, in: workspace)
            try HostDirectory.remove(root)
            workshop.report(.ended(.test, "\(title): \(Figures.count(test.steps.count, "step"))"))
        }
    }

    /// What the caller adds to the build root, packages apart; nothing where that is of another family.
    private func additions(_ order: RecipeBuildRun.Order, _ recipe: Recipe) -> DefinitionAdditions {
        let isOfBuildRoot = recipe.environment.contents.sources.allSatisfy { $0.value.family == .alpine }
        var additions = isOfBuildRoot ? order.options.additions : DefinitionAdditions()
        additions.packages = []
        own?.add(to: &additions)
        return additions
    }

    /// The test's own environment with the package in this version, from the repository under test first of all. What
    /// the build root's repositories have may be asked for, where they are of the packages' family.
    private func environment(
        of package: Recipe.Package, _ test: Recipe.Test, _ recipe: Recipe, _ packages: HostPath, key: HostPath
    ) -> ImageDefinition {
        var environment = test.environment
        let here = SourceLocation(file: recipe.file, line: 1, column: 1)
        let own = recipe.environment.contents
        if environment.contents.sources.isEmpty, own.sources.allSatisfy({ $0.value.family == .alpine }) {
            environment.contents.repositories = own.repositories
            environment.contents.buildRepositories = own.buildRepositories
            environment.contents.keyring += own.keyring
        }
        environment.contents.repositories.insert(
            Located(.alpine(location: packages.text, tag: nil), at: here), at: 0)
        environment.contents.keyring.append(Located(key.text, at: here))
        environment.contents.packages.append(
            Located(
                PackageRequest(package.metadata.name, .init(.equal, recipe.fullVersion)), at: here))
        return environment
    }
}
