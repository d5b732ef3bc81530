// SPDX-License-Identifier: Apache-2.0

internal import Building
internal import Storage
internal import Vocabulary

/// What is tried of every package of a recipe, in the image of its tests, whether its recipe has tests or not.
struct PackageChecks {
    let workshop: Workshop
    let log: @Sendable ([UInt8]) -> Void
    /// The packages' files, each in a folder of its name.
    let output: HostPath

    /// The packages that have a test, or anything that can be tried.
    func packages(of recipe: Recipe) async throws -> [Recipe.Package] {
        try await workshop.workers.run { [output] in
            try recipe.packages.filter { package in
                if package.test?.steps.isEmpty == false { return true }
                return try InstalledCheck.concerns(output / package.metadata.name.text)
            }
        }
    }

    /// The test of a package whose recipe has none: an image of it and its needs, and no step.
    static func test(of recipe: Recipe) -> Recipe.Test {
        let own = recipe.environment
        var environment = ImageDefinition(name: own.name, file: own.file, digest: own.digest)
        environment.architectures = own.architectures
        return Recipe.Test(environment: environment, steps: [])
    }

    /// What is wrong with a package that is installed in `root`.
    func findings(
        of package: Recipe.Package, of recipe: Recipe, in root: HostPath, at place: BuildPlace
    ) async throws -> [LintFinding] {
        log(Array("==> checks of \(package.metadata.name)\n".utf8))
        let check = InstalledCheck(
            sandbox: place.sandbox, image: root, workspace: place.workspace, limits: .tests(of: recipe),
            workers: workshop.workers, log: log)
        return try await check.findings(of: output / package.metadata.name.text, .init(package))
    }
}
