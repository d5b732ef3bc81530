// SPDX-License-Identifier: Apache-2.0

internal import Pipeline
internal import Records
internal import Synchronization
package import Vocabulary

/// One look at everything that the factory builds itself: which recipes have a newer release, which must be built again,
/// and every one of those, inputs before dependents. A round that is killed anywhere is done again from the start by the
/// next one and comes to the same packages.
package struct PackageRound: Sendable {
    /// What a round did with one recipe.
    package struct Result: Sendable {
        package var recipe: String
        /// What was decided, in a sentence.
        package var decision: String
        /// Nil where nothing was built.
        package var record: PackageBuildRecord?
        /// Nothing is known of it that would be the same in the next round: it could not be read, its upstream or its sources
        /// did not answer, or it waits for one that cannot be built.
        package var isUndecided = false

        package init(
            recipe: String, decision: String, record: PackageBuildRecord? = nil, isUndecided: Bool = false
        ) {
            self.recipe = recipe
            self.decision = decision
            self.record = record
            self.isUndecided = isUndecided
        }

        /// A step, a check or a test of it said no.
        package var isRefused: Bool { record?.outcome == .failed && !isUndecided }
    }

    /// Of one recipe in one round.
    private static let buildLimit = 3

    let plan: PackagePlan
    let forms: [PackageForm]
    /// Signs where packages come from: the key of the factory's images.
    let provenanceKey: KeyPair
    let log: @Sendable ([UInt8]) -> Void
    /// What is still to be built in this round; images that ask for it wait.
    let pending: PendingPackages

    var workshop: Workshop { plan.workshop }
    var packages: FactoryConfiguration.Packages { plan.packages }

    /// Goes through all recipes; what a recipe comes to stops no other.
    /// - Parameter forced: recipes to build whatever was decided.
    /// - Throws: only what stops the whole round: records that cannot be written, cancellation.
    package func run(
        forcing forced: Set<String> = [], each: @Sendable (Result) -> Void = { _ in }
    ) async throws -> [Result] {
        var results: [Result] = []
        func tell(_ result: Result) {
            each(result)
            results.append(result)
        }
        let collection = try plan.collection()
        PackagePlan.unreadable(collection).forEach { tell($0) }
        var bench = try plan.bench(collection, forced)
        for result in try await lookUpstream(&bench) { tell(result) }
        var told: Set<PackageName> = []
        var builds: [PackageName: Int] = [:]
        while true {
            try Task.checkCancellation()
            let plan = bench.plan()
            pending.set(plan.pending)
            for (recipe, sentence) in plan.stuck where told.insert(recipe).inserted {
                tell(Result(recipe: recipe.text, decision: sentence, isUndecided: true))
            }
            guard let next = plan.next else { break }
            builds[next.recipe, default: 0] += 1
            guard builds[next.recipe] ?? 0 <= Self.buildLimit else {
                // Recipes of a cycle may set each other off for ever.
                let why = next.reasons.map(\.description).joined(separator: "; ")
                tell(
                    Result(
                        recipe: next.recipe.text,
                        decision:
                            "it was built \(Self.buildLimit) times in this round and waits for the next: \(why)",
                        isUndecided: true))
                bench.rest(next.recipe)
                continue
            }
            let result = try await build(next.recipe, because: next.reasons, &bench)
            tell(result)
            guard result.record?.outcome == .published else { continue }
            // What was published may stand in the programs of others.
            for result in try await lookAtInputs(of: bench.dependents(of: next.recipe), &bench) {
                tell(result)
            }
        }
        try bench.summarize()
        let built = Set(results.map(\.recipe))
        for recipe in bench.names where !built.contains(recipe.text) {
            tell(Result(recipe: recipe.text, decision: "nothing changed"))
        }
        return results
    }

    /// Says what is to be built before anything is looked at: images that ask for it wait from the beginning.
    package func announce() throws { pending.set(try plan.bench(try plan.collection(), []).plan().pending) }
}

/// Packages that a round has still to build.
package final class PendingPackages: Sendable {
    private let names = Mutex<Set<PackageName>>([])

    package init() {}

    func set(_ names: Set<PackageName>) { self.names.withLock { $0 = names } }

    /// Those of `names` that are not there yet, sorted.
    func among(_ names: some Sequence<PackageName>) -> [PackageName] {
        let pending = self.names.withLock { $0 }
        return Set(names).intersection(pending).sorted()
    }
}

extension PackagePlanner.Decision {
    /// In a sentence.
    var sentence: String {
        func words(_ reasons: [PackageBuildReason]) -> String {
            reasons.map(\.description).joined(separator: "; ")
        }
        func list(_ names: [PackageName]) -> String { names.map(\.text).joined(separator: ", ") }
        return switch self {
        case .keep: "nothing changed"
        case .build(let reasons): "to be built: \(words(reasons))"
        case .wait(let reasons, let names): "to be built after \(list(names)): \(words(reasons))"
        case .blocked(_, let names): "it waits for \(list(names)), of which nothing could be published"
        case .held(let reasons): "held, since the same attempt failed before (\(words(reasons)))"
        }
    }
}
