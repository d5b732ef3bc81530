// SPDX-License-Identifier: Apache-2.0

package import Vocabulary

/// Why nothing satisfies a definition: statements that cannot all hold, each needed for that, from the definition's
/// lines down to what contradicts them.
package struct Derivation: Sendable, Equatable {
    /// One statement as a sentence; `location` is set for what the definition itself asks for.
    package struct Step: Sendable, Equatable {
        package let location: SourceLocation?
        package let sentence: String

        package init(at location: SourceLocation? = nil, _ sentence: String) {
            self.location = location
            self.sentence = sentence
        }
    }

    package let steps: [Step]

    package init(_ steps: [Step]) { self.steps = steps }

    /// The definition's lines that the failure follows from.
    package var roots: [SourceLocation] { steps.compactMap(\.location) }
}

extension Derivation: CustomStringConvertible {
    /// One line a step.
    package var description: String {
        steps.map { step in step.location.map { "\($0): \(step.sentence)" } ?? step.sentence }.joined(
            separator: "\n")
    }
}

/// Reduces clauses that cannot all hold to a set of which each one is needed.
enum UnsatisfiableCore {
    /// Beyond this many clauses the core is left as it is: each try is a search of its own.
    static let reductionLimit = 600

    /// Leaves out, one after the other, what the contradiction does not need.
    static func reduce(_ clauses: [Clause]) -> [Clause] {
        guard clauses.count <= reductionLimit else { return clauses }
        var needed = clauses
        var position = 0
        while position < needed.count {
            var without = needed
            without.remove(at: position)
            if let smaller = contradiction(in: without) {
                // Only what this contradiction used is of interest from here on.
                needed = smaller
            } else {
                position += 1
            }
        }
        return needed
    }

    /// The clauses that cannot all hold, in their order; nil where they can.
    static func contradiction(in clauses: [Clause]) -> [Clause]? {
        var engine = ClauseEngine()
        let candidates = Set(clauses.flatMap(\.literals).map(\.candidate)).sorted()
        // Each clause is told apart by its place, whatever stated it.
        for (place, clause) in clauses.enumerated() {
            let added = engine.add(Clause(literals: clause.literals, origin: .request(place)))
            if let added, !engine.learn(from: added) { return used(engine, clauses) }
        }
        while true {
            var conflict: Int?
            while conflict == nil, let step = engine.propagate() {
                if case .conflict(let clause) = step { conflict = clause }
            }
            if let conflict {
                guard engine.learn(from: conflict) else { return used(engine, clauses) }
            } else if let open = candidates.first(where: { engine.value($0) == .unknown }) {
                engine.decide(open)
            } else {
                return nil
            }
        }
    }

    private static func used(_ engine: ClauseEngine, _ clauses: [Clause]) -> [Clause] {
        engine.core().compactMap { number in
            if case .request(let place) = engine.clauses[number].origin { clauses[place] } else { nil }
        }
    }
}
