// SPDX-License-Identifier: Apache-2.0

package import Vocabulary

/// Why there is no lock. Each text names the place in the definition and what to do next.
package enum ResolutionError: Error, Equatable {
    case noRepositories(file: String)
    case mixedFamilies(file: String)
    case noIndex(Architecture, file: String)
    /// Lines of `contents` that mean nothing or contradict one another, all of them.
    case requests([RequestProblem], Architecture)
    case unsatisfiable(Derivation, Architecture, file: String)
    /// The index does not say which file this is, and nothing else does yet.
    case unpinned(PackageName, String, Architecture)
}

/// One line of the definition that cannot be met whatever else is chosen.
package struct RequestProblem: Sendable, Equatable {
    package enum Reason: Sendable, Equatable {
        /// No repository has the name; names that look like it.
        case unknown(similar: [String])
        case noSuchVersion(available: [String])
        /// Not one that the family's rules allow; one that they do.
        case badVersion(example: String)
        /// No repository of the definition has that tag.
        case unknownTag(String, known: [String])
        case tooManyTags(limit: Int)
        /// Only repositories with these tags have it, and the request names none.
        case onlyTagged([String])
        /// Only providers exist, and none is more important than the others.
        case ambiguous(providers: [String])
        case alsoDropped(at: SourceLocation)
    }

    package let request: String
    package let location: SourceLocation
    package let reason: Reason

    package init(_ request: String, at location: SourceLocation, _ reason: Reason) {
        self.request = request
        self.location = location
        self.reason = reason
    }
}

extension RequestProblem: Error {}

extension RequestProblem {
    /// The sentence, for the architecture that the request was looked up for.
    func text(for architecture: Architecture) -> String {
        switch reason {
        case .unknown(let similar):
            let hint =
                similar.isEmpty
                ? "check the spelling, or add the repository that has it to contents.repositories"
                : "did you mean \(similar.joined(separator: " or "))?"
            return "\(location): no repository has a package '\(request)' for \(architecture); \(hint)"
        case .noSuchVersion(let available):
            return
                "\(location): no repository has '\(request)' for \(architecture), there is "
                + "\(available.joined(separator: ", ")); "
                + "change the version, or add the repository that has it to contents.repositories"
        case .badVersion(let example):
            return
                "\(location): '\(request)' has no version that the packages' rules allow; write NAME=VERSION as in "
                + "`\(example)`"
        case .unknownTag(let tag, let known):
            return
                "\(location): '\(request)' names the tag '\(tag)', which no repository has; "
                + (known.isEmpty
                    ? "write '@\(tag) URL' under contents.repositories"
                    : "there is \(known.map { "@" + $0 }.joined(separator: ", "))")
        case .tooManyTags(let limit):
            return
                "\(location): '\(request)' names one tag too many; a definition's packages name \(limit) at most"
        case .onlyTagged(let tags):
            return
                "\(location): '\(request)' is only in repositories tagged "
                + "\(tags.map { "@" + $0 }.joined(separator: ", ")); to take it from there, write "
                + "'\(request)@\(tags.first ?? "")'"
        case .ambiguous(let providers):
            return
                "\(location): '\(request)' is no package but a name that several provide; write one of them "
                + "instead: \(providers.joined(separator: ", "))"
        case .alsoDropped(let place):
            return
                "\(location): '\(request)' is asked for and dropped at \(place); remove one of the two lines"
        }
    }
}

extension ResolutionError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .noRepositories(let file):
            return
                "\(file): contents.packages asks for packages, but contents.repositories names no repository; "
                + "add a line such as 'deb system trixie main' or the URL of an Alpine repository"
        case .mixedFamilies(let file):
            return
                "\(file): contents.repositories names Debian and Alpine repositories; an image holds packages of one "
                + "family, remove the lines of the other"
        case .noIndex(let architecture, let file):
            return
                "\(file): no repository has packages for \(architecture); remove it from archs, or add a repository "
                + "that has them"
        case .requests(let problems, let architecture):
            return problems.map { $0.text(for: architecture) }.joined(separator: "\n")
        case .unpinned(let name, let version, let architecture):
            return
                "the file of \(name) \(version) for \(architecture) is not known by its digest; it must be fetched "
                + "before it can be locked"
        case .unsatisfiable(let derivation, let architecture, let file):
            let lines = derivation.steps.map { step in
                "  " + (step.location.map { "\($0): \(step.sentence)" } ?? step.sentence)
            }
            return "\(file): no set of packages for \(architecture) satisfies the definition:\n"
                + lines.joined(separator: "\n") + "\n" + next(derivation)
        }
    }

    private func next(_ derivation: Derivation) -> String {
        let places = derivation.roots.map(\.description)
        switch places.count {
        case 0: return "remove or repair the repository that has these packages"
        case 1:
            return
                "loosen or remove the request at \(places[0]), or add a repository with a version that fits"
        default: return "loosen or remove one of the requests at \(places.joined(separator: ", "))"
        }
    }
}
