// SPDX-License-Identifier: Apache-2.0

/// Upstream's version as a recipe says it, and its order. Recipes are melange's, whichever family their packages are of: grammar
/// and order are those of apk-package(5), "version", without the release `-rN`, which is the recipe's epoch.
package struct RecipeVersion: Sendable, CustomStringConvertible {
    package let text: String
    private let version: AlpineVersion
    package var description: String { text }

    /// Nil for what `package.version` may not say.
    package init?(_ text: some StringProtocol) {
        guard let version = AlpineVersion(text), version.isValid,
            !version.tokens.contains(where: { $0.kind == .revision })
        else { return nil }
        self.text = version.text
        self.version = version
    }

    /// Whether it comes before the release that it names: `_alpha`, `_beta`, `_pre`, `_rc`.
    package var isPrerelease: Bool { version.tokens.contains(where: \.isBefore) }
}

extension RecipeVersion: Comparable, Hashable {
    package static func < (left: Self, right: Self) -> Bool { left.version < right.version }
    package static func == (left: Self, right: Self) -> Bool { left.text == right.text }
    package func hash(into hasher: inout Hasher) { hasher.combine(text) }
}
