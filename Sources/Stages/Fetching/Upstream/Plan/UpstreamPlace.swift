// SPDX-License-Identifier: Apache-2.0

package import Vocabulary

/// Where a project's releases are looked for. Recipes that look in one place are answered by one question.
package enum UpstreamPlace: Sendable, Hashable {
    /// `OWNER/NAME`; its releases, or its tags.
    case github(String, tags: Bool)
    /// The tags of a repository, by its URL.
    case git(String)
    /// A project of release-monitoring, by its number.
    case releaseMonitor(Int64)
    /// A project of the Python package index.
    case pypi(String)
    /// A source package of this machine's own package sources.
    case aptSource(String, suite: String?)
    /// A page.
    case listing(String)
    /// An image.
    case oci(String)

    /// The place that a recipe names; where it names none, that of its first source which can be asked: a git-checkout, a
    /// Python project, a source package.
    package init?(_ recipe: Recipe) {
        switch recipe.update?.backend {
        case .github(let identifier, let tags): self = .github(identifier, tags: tags)
        case .releaseMonitor(let number): self = .releaseMonitor(number)
        case .pypi(let name): self = .pypi(name)
        case .aptSource(let name): self = .aptSource(written: name, in: recipe)
        case .listing(let url, _): self = .listing(url)
        case .oci(let image): self = .oci(image)
        case .git:
            guard let url = recipe.checkouts.first?.repository else { return nil }
            self = .git(url)
        case nil:
            guard let place = recipe.steps.lazy.compactMap({ UpstreamPlace(of: $0, in: recipe) }).first else {
                return nil
            }
            self = place
        }
    }

    private init?(of step: Recipe.Step, in recipe: Recipe) {
        switch step.action {
        case .run: return nil
        case .checkout(let checkout): self = .git(checkout.repository)
        case .fetch(let fetch):
            let parts = fetch.uri.split(separator: ":", maxSplits: 1).map(String.init)
            guard parts.count == 2 else { return nil }
            switch parts[0] {
            case "pypi": self = .pypi(String(parts[1].prefix { $0 != "@" }))
            case "debian": self = .aptSource(written: parts[1], in: recipe)
            default: return nil
            }
        }
    }

    /// `NAME@SUITE`, as sources are written; the build root's suite where none is named.
    private static func aptSource(written: String, in recipe: Recipe) -> UpstreamPlace {
        let parts = written.split(separator: "@", maxSplits: 1).map(String.init)
        let usual = recipe.archiveSuite
        return .aptSource(parts.first ?? written, suite: parts.count > 1 ? parts[1] : usual)
    }

    /// In words, for people and records; user and password in a URL are left out.
    package var words: String {
        switch self {
        case .github(let project, let tags): "\(tags ? "tags" : "releases") of \(project) on GitHub"
        case .git(let url): "tags of \(URLCredentials.hidden(in: url))"
        case .releaseMonitor(let number): "project \(number) of release-monitoring"
        case .pypi(let name): "pypi:\(name)"
        case .aptSource(let name, let suite): "debian:\(name)\(suite.map { "@\($0)" } ?? "")"
        case .listing(let url): URLCredentials.hidden(in: url)
        case .oci(let image): "tags of the image \(image)"
        }
    }
}

extension Recipe {
    var checkouts: [Checkout] {
        steps.compactMap { step in
            if case .checkout(let checkout) = step.action { checkout } else { nil }
        }
    }
}
