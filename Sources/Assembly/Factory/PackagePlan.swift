// SPDX-License-Identifier: Apache-2.0

internal import Pipeline
internal import Records
internal import Vocabulary

/// The recipes that a factory's configuration names beside what its records know of them: what a round begins with. It
/// reads alone, and may be made while the factory runs.
package struct PackagePlan: Sendable {
    let workshop: Workshop
    let records: FactoryRecords
    let packages: FactoryConfiguration.Packages
    /// Where the configuration stands.
    let folder: HostPath

    /// What a round would do, as far as that can be told without looking at upstream and without building anything.
    /// - Parameter forced: recipes to build whatever is decided.
    /// - Throws: `StorageError`, `RecordsError`; a recipe that cannot be read is a result.
    package func results(forcing forced: Set<String> = []) throws -> [PackageRound.Result] {
        let collection = try collection()
        let bench = try bench(collection, forced)
        let title = Figures.count(bench.names.count, "recipe")
        workshop.report(.began(.plan, title))
        let decisions = bench.decisions()
        workshop.report(.ended(.plan, title))
        return Self.unreadable(collection)
            + decisions.map { .init(recipe: $0.name.text, decision: $0.decision.sentence) }
    }

    func collection() throws -> RecipeCollection {
        try RecipeCollection(
            packages.recipes.map { place($0.value) }, architecture: .ofThisMachine,
            pipelines: packages.pipelines.map { place($0) })
    }

    func bench(_ collection: RecipeCollection, _ forced: Set<String>) throws -> PackageBench {
        try PackageBench(
            collection.files, records: records, making: Set(packages.forms.map(\.family)), forced: forced)
    }

    static func unreadable(_ collection: RecipeCollection) -> [PackageRound.Result] {
        collection.failures.map {
            .init(recipe: $0.path.text, decision: "it cannot be read: \($0.reason)", isUndecided: true)
        }
    }

    /// A path of the configuration.
    func place(_ written: String) -> HostPath { HostPath(written).resolved(against: folder) }
}

extension FactoryConfiguration.Packages.Form {
    var family: PackageFamily {
        switch self {
        case .apk: PackageForm.apk(nil).family
        case .deb(let suite, _, _): PackageForm.deb(suite: suite, gpgKey: nil, gpgHome: nil).family
        }
    }
}
