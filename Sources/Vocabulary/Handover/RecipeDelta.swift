// SPDX-License-Identifier: Apache-2.0

/// What a recipe changes in upstream's release: the delta that is to be kept small, and why it is there.
package struct RecipeDelta: Sendable, Equatable, Codable {
    /// One change.
    package struct Patch: Sendable, Equatable, Codable {
        package enum Kind: String, Sendable, Codable {
            case patch
            /// A commit of upstream's own, whose date its repository knows.
            case commit
        }

        package var kind: Kind
        /// A file's name, or a commit.
        package var name: String
        package var subject: String?
        /// `YYYY-MM-DD`; nil where it does not say.
        package var date: String?
        /// Where upstream stands to it, in words; nil where it does not say.
        package var upstream: String?
        /// Why the patch could not be read.
        package var problem: String?
        package var location: SourceLocation

        package init(_ kind: Kind, name: String, location: SourceLocation) {
            self.kind = kind
            self.name = name
            self.location = location
        }

        /// It says when it is from and where upstream stands.
        package var isExplained: Bool { upstream != nil && (date != nil || kind == .commit) }
    }

    package var recipe: PackageName
    package var version: String
    /// The oldest first; those without a date before all others.
    package var patches: [Patch]

    package init(recipe: PackageName, version: String, patches: [Patch]) {
        self.recipe = recipe
        self.version = version
        self.patches = patches.sorted { ($0.date ?? "", $0.name) < ($1.date ?? "", $1.name) }
    }
}
