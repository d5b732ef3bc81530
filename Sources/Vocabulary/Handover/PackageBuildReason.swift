// SPDX-License-Identifier: Apache-2.0

/// Why a recipe's packages are made.
package enum PackageBuildReason: Sendable, Equatable, Codable, CustomStringConvertible {
    /// Nothing of it is published.
    case first
    /// Upstream has a newer version.
    case release(old: String, new: String)
    /// The recipe, or a file beside it, is another one.
    case recipe
    /// A library that it is linked with is not offered any more.
    case library(name: String, from: PackageName)
    /// Something that is in its files has another version now.
    case staticInput(name: String, old: String, new: String)
    /// Somebody asked.
    case request

    package var description: String {
        switch self {
        case .first: "nothing of it is published"
        case .release(let old, let new): "upstream released \(new) after \(old)"
        case .recipe: "its recipe changed"
        case .library(let name, let provider):
            "it is linked with \(name), which \(provider) does not offer any more"
        case .staticInput(let name, let old, let new):
            "\(name) is in its files and went from \(old) to \(new)"
        case .request: "it was asked for"
        }
    }
}
