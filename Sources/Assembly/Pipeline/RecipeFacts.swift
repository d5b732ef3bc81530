// SPDX-License-Identifier: Apache-2.0

internal import Fetching
package import Vocabulary

/// A recipe at a glance.
package struct RecipeFacts: Sendable, Codable {
    package struct Package: Sendable, Codable {
        package var name: PackageName
        package var description: String
        package var steps: Int
        package var tests: Int
    }

    package var file: String
    package var name: PackageName
    /// With the release: `1.2.3-r0`.
    package var version: String
    package var architecture: Architecture
    package var packages: [Package]
    /// Of builds, all packages together.
    package var steps: Int
    /// A line each, with what pins it.
    package var sources: [String]
    /// What the build root must have.
    package var needs: [String]
    /// What it is linked with: the sysroot's packages.
    package var sysroot: [String]
    /// Where releases are looked for, in words.
    package var update: String
}

extension RecipeFile {
    package var facts: RecipeFacts {
        let steps = recipe.steps
        return RecipeFacts(
            file: path.text, name: recipe.name, version: recipe.fullVersion,
            architecture: recipe.architecture,
            packages: recipe.packages.map { package in
                RecipeFacts.Package(
                    name: package.metadata.name, description: package.metadata.description,
                    steps: package.steps.count, tests: package.test?.steps.count ?? 0)
            }, steps: steps.count, sources: steps.compactMap(\.source),
            needs: recipe.environment.contents.packages.map(\.value.description),
            sysroot: recipe.sysroot?.contents.packages.map(\.value.description) ?? [],
            update: recipe.upstreamWords)
    }
}

extension Recipe.Step {
    /// The source that it brings, in words; nil for a script.
    fileprivate var source: String? {
        switch action {
        case .run: nil
        case .fetch(let fetch):
            switch fetch.expected {
            case .sha256(let digest): "\(fetch.address) (\(digest))"
            case .sha512(let hex): "\(fetch.address) (sha512:\(hex))"
            case .none: "\(fetch.address) (whatever comes)"
            }
        case .checkout(let checkout):
            "\(checkout.address) \(checkout.revision.words) (\(checkout.commit ?? "whatever is there"))"
        }
    }
}

extension Recipe.Checkout.Revision {
    fileprivate var words: String {
        switch self {
        case .tag(let tag): tag
        case .branch(let branch): "branch \(branch)"
        case .head: "its default branch"
        }
    }
}

extension Recipe {
    fileprivate var upstreamWords: String {
        if let update, !update.isEnabled {
            return "not looked for" + (update.excludeReason.map { ": \($0)" } ?? "")
        }
        let place = UpstreamPlace(self)?.words ?? "nothing says where"
        return place + (update?.isManual == true ? ", taken by hand" : "")
    }
}
