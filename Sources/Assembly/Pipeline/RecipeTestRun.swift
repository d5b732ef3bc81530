// SPDX-License-Identifier: Apache-2.0

internal import Building
internal import Defining
internal import Execution
internal import Storage
internal import Vocabulary

/// Tries a recipe's packages before anybody gets them: each in a fresh image that holds the package, what it says it needs,
/// and what its test's environment adds, and nothing of the build root.
struct RecipeTestRun {
    let workshop: Workshop
    let sources: StepRunner.Sources
    let log: @Sendable ([UInt8]) -> Void
    /// The packages' files, each in a folder of its name.
    let output: HostPath
    let shell: FailureShell?

    /// - Parameters:
    ///   - repository: the packages of one form.
    ///   - scratch: for images and workspaces.
    /// - Throws: `BuildingError.step` where a test fails.
    func test(
        _ file: RecipeFile, _ order: RecipeBuildRun.Order, _ form: PackageForm, in repository: HostPath,
        scratch: HostPath
    ) async throws {
        let recipe = file.recipe
        let checks = PackageChecks(workshop: workshop, log: log, output: output)
        let tested = try await checks.packages(of: recipe)
        guard !tested.isEmpty else { return }
        let packages = form.packages(workshop)
        let trial = try await packages.trial(repository, of: recipe, in: scratch)
        var findings: [LintFinding] = []
        for (number, package) in tested.enumerated() {
            let test = package.test ?? PackageChecks.test(of: recipe)
            let title = "\(package.metadata.name) \(recipe.fullVersion) (.\(form.name))"
            workshop.report(.began(.test, title))
            log(Array("==> tests of \(title)\n".utf8))
            let environment = environment(
                of: test, recipe, form, trial, holding: try packages.request(for: package, of: recipe))
            let (root, workspace) = (scratch / "root-\(number)", scratch / "test-\(number)")
            try await BuildRoot(workshop).make(
                try DefinitionFile(
                    root: environment, of: file.path,
                    adding: order.options.additions.repositories(of: form.family)),
                order.options, at: root)
            let place = try BuildPlace(workshop, .tests(of: recipe), at: workspace)
            var runner = StepRunner(sandbox: place.sandbox, root: root, workers: workshop.workers, log: log)
            runner.onFailure = shell?.open
            try await runner.test(test, of: recipe, sources: sources, in: place.workspace)
            findings += try await checks.findings(of: package, of: recipe, in: root, at: place)
            try HostDirectory.remove(root)
            workshop.report(.ended(.test, "\(title): \(Figures.count(test.steps.count, "step"))"))
        }
        try LintRun(workshop).judge(findings)
    }

    /// The test's own environment with the package in this version, from the repository under test first of all. What
    /// the repositories of build root and sysroot have may be asked for, where they are of the packages' family.
    private func environment(
        of test: Recipe.Test, _ recipe: Recipe, _ form: PackageForm, _ trial: TrialRepository,
        holding request: PackageRequest
    ) -> ImageDefinition {
        var environment = test.environment
        let here = SourceLocation(file: recipe.file, line: 1, column: 1)
        let roots = [recipe.environment, recipe.sysroot].compactMap(\.?.contents)
        if environment.contents.sources.isEmpty {
            for own in roots where own.sources.allSatisfy({ $0.value.family == form.family }) {
                environment.contents.repositories += own.repositories
                environment.contents.buildRepositories += own.buildRepositories
                environment.contents.keyring += own.keyring
            }
        }
        environment.contents.repositories.insert(Located(trial.line, at: here), at: 0)
        if let key = trial.key { environment.contents.keyring.append(Located(key.text, at: here)) }
        environment.contents.packages.append(Located(request, at: here))
        return environment
    }
}
