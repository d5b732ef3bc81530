// SPDX-License-Identifier: Apache-2.0

internal import Records
package import Vocabulary

extension Catalog {
    /// One recipe with the packages that it makes and its history.
    package struct Recipe: Sendable, Codable {
        package var name: String
        package var built: PackageBuildState?
        package var upstream: UpstreamReport?
        package var looked: Timestamp?
        package var summary: RecipeSummary?
        /// Newest first.
        package var history: [PackageBuildRecord]
        /// Images whose newest publication holds one of its packages.
        package var images: [String]
    }

    /// Reads every recipe.
    /// - Throws: `RecordsError`.
    static func recipes(_ records: FactoryRecords, images: [Image]) throws(RecordsError) -> [Recipe] {
        var recipes: [Recipe] = []
        for (name, row) in try records.recipes().sorted(by: { $0.key < $1.key }) {
            let packages = Set((row.built?.packages ?? []).map(\.name))
            let holding = images.filter { image in
                image.current?.lock?.architectures.contains { lock in
                    lock.packages.contains { packages.contains($0.name) && $0.sourceName.text == name }
                } ?? false
            }
            recipes.append(
                Recipe(
                    name: name, built: row.built, upstream: row.report, looked: row.looked,
                    summary: row.summary, history: try records.builds(of: name, limit: 50),
                    images: holding.map(\.name)))
        }
        return recipes
    }
}
