// SPDX-License-Identifier: Apache-2.0

/// What only satisfies a requirement must be in the set for a reason of its own: it is founded where a way leads to it
/// from the requests along requirements for which it is an active choice. Propagation knows nothing of that, so what it
/// brought in without a reason is refuted by a clause: one of the candidates that could bring it in must be there.
///
/// These are the loop formulas of F. Lin and Y. Zhao, "ASSAT: Computing Answer Sets of a Logic Program by SAT Solvers",
/// 2004, added when they are needed.
extension Solver {
    /// After the walk: nil where something was reached by it, so that the walk goes on; else what to do.
    mutating func serveWaiting() -> Next? {
        let waiting = walk.waiting
        walk.waiting = []
        var isServed = false
        for (from, place) in waiting {
            let requirement = requirements(of: from)[place]
            if let known = requirement.choices.first(where: walk.reached.contains) {
                walk.links.append(Link(from: from, requirement: place, to: known, wasReached: true))
                isServed = true
            } else {
                walk.waiting.append((from, place))
            }
        }
        guard !isServed, let (from, place) = walk.waiting.first else { return nil }
        let requirement = requirements(of: from)[place]
        if let choice = requirement.activeChoices.first(where: { engine.value($0) == .chosen }) {
            walk.waiting.removeFirst()
            reach(choice, from, place)
            return nil
        }
        let groundless = requirement.passiveChoices.filter { engine.value($0) == .chosen }
        let founded = foundation()
        if let known = groundless.first(where: { founded[$0] != nil }) {
            reachAlong(founded, to: known)
            return nil
        }
        if let choice = requirement.activeChoices.first(where: { engine.value($0) == .unknown }) {
            walk.waiting.removeFirst()
            walk.waiting.append((from, place))
            return .decide(choice)
        }
        if let candidate = groundless.first { return refute(candidate, founded) }
        guard let choice = requirement.passiveChoices.first(where: { engine.value($0) == .unknown }) else {
            preconditionFailure("what is propagated leaves every requirement a choice")
        }
        return .decide(choice)
    }

    /// By candidate: what brought it in. Everything in the set that has a foundation, in breadth-first order.
    private func foundation() -> [Int: (from: Int?, requirement: Int)] {
        var founded: [Int: (from: Int?, requirement: Int)] = [:]
        var queue: [Int] = []
        func found(_ requirements: [Requirement], _ from: Int?) {
            for (place, requirement) in requirements.enumerated() {
                for choice in requirement.activeChoices
                where engine.value(choice) == .chosen && founded[choice] == nil {
                    founded[choice] = (from, place)
                    queue.append(choice)
                }
            }
        }
        found(requests, nil)
        found(supports, nil)
        var position = 0
        while position < queue.count {
            found(requirements(of: queue[position]), queue[position])
            position += 1
        }
        return founded
    }

    /// Puts the way to a founded candidate into the walk.
    private mutating func reachAlong(_ founded: [Int: (from: Int?, requirement: Int)], to target: Int) {
        var way: [(Int, Int?, Int)] = []
        var at: Int? = target
        while let candidate = at, !walk.reached.contains(candidate), let arrival = founded[candidate] {
            way.append((candidate, arrival.from, arrival.requirement))
            at = arrival.from
        }
        for (candidate, from, requirement) in way.reversed() { reach(candidate, from, requirement) }
    }

    /// The candidate and all that is in the set for no reason: something else must support them.
    private mutating func refute(
        _ candidate: Int, _ founded: [Int: (from: Int?, requirement: Int)]
    ) -> Next {
        let groundless = Set(
            engine.trail.filter { $0.isChosen && founded[$0.candidate] == nil }.map(\.candidate))
        let supporters = translator.supporters(of: groundless).filter { !groundless.contains($0) }
        let literals = [Literal.absent(candidate)] + supporters.map(Literal.chosen)
        if let conflict = engine.add(Clause(literals: literals, origin: .unfounded(candidate))) {
            return .conflict(conflict)
        }
        // A supporter that is still possible: in the set, it may have a foundation.
        let open = supporters.first { engine.value($0) == .unknown }
        return open.map(Next.decide) ?? .again
    }
}
