// SPDX-License-Identifier: Apache-2.0

/// What a recipe says of itself, as a factory saw it last: what a page shows beside its history.
package struct RecipeSummary: Sendable, Equatable, Codable {
    package var description: String
    package var url: String
    /// SPDX expressions.
    package var licenses: [String]
    /// With what pins them, in words.
    package var sources: [String]
    /// Recipes that are built with it.
    package var dependents: [PackageName]
    package var delta: RecipeDelta

    package init(
        description: String, url: String, licenses: [String], sources: [String], dependents: [PackageName],
        delta: RecipeDelta
    ) {
        self.description = description
        self.url = url
        self.licenses = licenses
        self.sources = sources
        self.dependents = dependents
        self.delta = delta
    }
}
