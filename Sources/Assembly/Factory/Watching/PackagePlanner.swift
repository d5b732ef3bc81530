// SPDX-License-Identifier: Apache-2.0

package import Vocabulary

/// Decides, without touching anything, which recipes' packages must be made again and which of them may be made now.
///
/// The rule: a recipe is built again when it changed itself, when a library that it is linked with is gone (its soname
/// moved), or when something that stands in its files has another version; not when anything else below it changed. On
/// Wolfi's recipes 97 % hang on each other, so that building all dependents of every update would be building everything.
package struct PackagePlanner: Sendable {
    /// How one recipe stands.
    package struct Standing: Sendable {
        /// The recipe as it is now, with the files beside it.
        package var recipe: Digest
        /// Nil where nothing of it was ever published.
        package var built: PackageBuildState?
        /// Versions of what may stand in its files as its roots would have them now, by name: another repository's package
        /// of the same name is another one.
        package var inputs: [String: String]
        /// What was tried and failed (`attempt(at:)`): not tried again until something differs from it.
        package var failed: Set<Digest>
        package var isForced: Bool
        /// The newer release that `recipe` is of, where it is not yet the file's.
        package var release: PackageBuildReason?
        /// Why an earlier round built `recipe` and made it the file, where it did not come to remember that.
        package var adopted: [PackageBuildReason]?

        package init(
            recipe: Digest, built: PackageBuildState?, inputs: [String: String] = [:],
            failed: Set<Digest> = [], isForced: Bool = false, release: PackageBuildReason? = nil,
            adopted: [PackageBuildReason]? = nil
        ) {
            self.recipe = recipe
            self.built = built
            self.inputs = inputs
            self.failed = failed
            self.isForced = isForced
            self.release = release
            self.adopted = adopted
        }
    }

    package enum Decision: Sendable, Equatable {
        /// Nothing that matters differs.
        case keep
        case build([PackageBuildReason])
        /// It must be built, and so must recipes that it is built with, first.
        case wait([PackageBuildReason], for: [PackageName])
        /// It must be built, and cannot: recipes that it is built with failed and nothing of them was ever published.
        case blocked([PackageBuildReason], by: [PackageName])
        /// The same recipe failed before.
        case held([PackageBuildReason])
    }

    private let graph: RecipeGraph
    /// By the place in the graph.
    private let standings: [Standing?]
    /// What recipes' packages offer now.
    private let libraries: Set<String>

    /// - Parameter standings: by the recipe's name.
    package init(_ graph: RecipeGraph, _ standings: [PackageName: Standing]) {
        self.graph = graph
        self.standings = graph.nodes.map { standings[$0.name] }
        libraries = Set(self.standings.flatMap { $0?.built?.offeredLibraries ?? [] })
    }

    /// The decision about each recipe, in the order in which they are built: inputs first.
    package func plan() -> [(place: Int, decision: Decision)] {
        let reasons = standings.indices.map { self.reasons(for: $0) }
        // Of what is built first, all that is not there yet: what waits makes its dependents wait too.
        var pending = reasons.indices.map { !reasons[$0].isEmpty && !isHeld($0) }
        var missing = Array(repeating: false, count: reasons.count)
        var decisions: [(Int, Decision)] = []
        for (number, component) in graph.components.enumerated() {
            for place in component {
                let outside = graph.inputs[place].map(\.input).filter { graph.componentOf[$0] != number }
                let decision = decide(
                    reasons[place], place, awaited: outside.filter { pending[$0] },
                    missing: outside.filter { missing[$0] })
                switch decision {
                case .blocked:
                    pending[place] = false
                    missing[place] = standings[place]?.built == nil
                case .held: missing[place] = standings[place]?.built == nil
                case .keep, .build, .wait: break
                }
                decisions.append((place, decision))
            }
        }
        return decisions
    }

    private func decide(
        _ reasons: [PackageBuildReason], _ place: Int, awaited: [Int], missing: [Int]
    ) -> Decision {
        guard !reasons.isEmpty else { return .keep }
        if isHeld(place) { return .held(reasons) }
        if !missing.isEmpty { return .blocked(reasons, by: missing.map { graph.nodes[$0].name }) }
        return awaited.isEmpty ? .build(reasons) : .wait(reasons, for: awaited.map { graph.nodes[$0].name })
    }

    /// A failure is not tried again as it was tried before.
    private func isHeld(_ place: Int) -> Bool {
        guard let standing = standings[place], !standing.isForced, let attempt = attempt(at: place) else {
            return false
        }
        return standing.failed.contains(attempt)
    }

    /// The recipe together with the versions of what it is built with, as one would try it now.
    package func attempt(at place: Int) -> Digest? {
        guard let standing = standings[place] else { return nil }
        let inputs = graph.inputs[place].map { edge in
            "\(graph.nodes[edge.input].name) \(standings[edge.input]?.built?.version ?? "")"
        }
        return ContentHasher.digest(of: ([standing.recipe.description] + inputs).joined(separator: "\n"))
    }

    /// Why a recipe must be built; empty where it need not be.
    package func reasons(for place: Int) -> [PackageBuildReason] {
        guard let standing = standings[place] else { return [] }
        guard let built = standing.built else { return [.first] }
        var reasons: [PackageBuildReason] = standing.isForced ? [.request] : []
        if let adopted = standing.adopted { return reasons + adopted }
        if let release = standing.release {
            reasons.append(release)
        } else if built.recipe != standing.recipe {
            reasons.append(.recipe)
        }
        for (library, provider) in built.linkedLibraries.sorted(by: { $0.key < $1.key })
        where !libraries.contains(library) {
            reasons.append(.library(name: library, from: provider))
        }
        for (name, old) in built.staticInputs.sorted(by: { $0.key < $1.key }) {
            guard let new = standing.inputs[name], new != old else { continue }
            reasons.append(.staticInput(name: name, old: old, new: new))
        }
        return reasons
    }
}
