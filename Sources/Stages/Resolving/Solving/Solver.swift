// SPDX-License-Identifier: Apache-2.0

/// Finds the set of candidates that the requests need, in the family's own order of preference.
///
/// The walk decides: breadth first from the requests, a requirement that something in the set satisfies is passed
/// over, else the first choice that is still possible is taken. The engine below it makes the walk correct and
/// frugal: what is forced is followed before anything is chosen, a dead end becomes a learnt clause, and the walk
/// begins again with that knowledge. The set is what the walk reached, so nothing is in it that no request needs.
struct Solver<Translator: FamilyTranslator> {
    private(set) var translator: Translator
    let requests: [Requirement]
    private var engine = ClauseEngine()
    private var expansions: [Int: Expansion] = [:]
    private var walk = Walk()

    init(_ translator: Translator, requests: [Requirement]) {
        self.translator = translator
        self.requests = requests
    }

    /// One requirement that was satisfied, and by what.
    struct Link: Equatable {
        /// Nil for a request.
        let from: Int?
        /// The place of the requirement among those of `from`, or among the requests.
        let requirement: Int
        let to: Int
        /// True where the choice was in the set already for another reason.
        let wasReached: Bool
    }

    /// A set that satisfies the requests.
    struct Solution {
        /// In the order of the walk.
        var candidates: [Int]
        var links: [Link]
        var expansions: [Int: Expansion]
        var conflicts: Int
    }

    enum Outcome {
        case solved(Solution)
        /// Stated clauses that cannot all hold.
        case impossible([Clause], expansions: [Int: Expansion])
    }

    /// Runs to an answer: there are finitely many candidates, and no clause is learnt twice.
    mutating func solve() -> Outcome {
        for (place, request) in requests.enumerated() {
            let clause = Clause(literals: request.choices.map(Literal.chosen), origin: .request(place))
            if let conflict = engine.add(clause), !engine.learn(from: conflict) { return impossible() }
        }
        while true {
            if let conflict = propagate() {
                guard engine.learn(from: conflict) else { return impossible() }
                walk = Walk()
            } else if let next = nextDecision() {
                engine.decide(next)
            } else {
                return .solved(
                    Solution(
                        candidates: walk.queue, links: walk.links, expansions: expansions,
                        conflicts: engine.conflicts))
            }
        }
    }

    private func impossible() -> Outcome {
        .impossible(engine.core().map { engine.clauses[$0] }, expansions: expansions)
    }

    /// Follows what is forced, reading the metadata of each candidate when it first comes into the set.
    private mutating func propagate() -> Int? {
        while let step = engine.propagate() {
            switch step {
            case .conflict(let clause): return clause
            case .chosen(let candidate):
                if let clause = expand(candidate) { return clause }
            }
        }
        return nil
    }

    /// Adds the candidate's clauses, all of them even where one is false at once.
    private mutating func expand(_ candidate: Int) -> Int? {
        guard expansions[candidate] == nil else { return nil }
        let expansion = translator.expand(candidate)
        expansions[candidate] = expansion
        var conflict: Int?
        func add(_ literals: [Literal], _ origin: Clause.Origin) {
            let result = engine.add(Clause(literals: [.absent(candidate)] + literals, origin: origin))
            conflict = conflict ?? result
        }
        if expansion.unusable != nil { add([], .unusable(candidate)) }
        for (place, exclusion) in expansion.exclusions.enumerated() where exclusion.other != candidate {
            add([.absent(exclusion.other)], .exclusion(by: candidate, place))
        }
        for (place, requirement) in expansion.requirements.enumerated()
        where !requirement.choices.contains(candidate) {
            add(requirement.choices.map(Literal.chosen), .requirement(of: candidate, place))
        }
        return conflict
    }

    /// How far the breadth-first walk has come; it only ever continues until a conflict throws it away.
    private struct Walk {
        /// Candidates in the order in which they were reached.
        var queue: [Int] = []
        var reached: Set<Int> = []
        var links: [Link] = []
        /// -1 while the requests are walked.
        var position = -1
        var requirement = 0
    }

    /// Walks on until a requirement needs a decision; nil where all are satisfied. Everything forced has been
    /// followed before, so a requirement whose choices are all absent cannot be met here.
    private mutating func nextDecision() -> Int? {
        while walk.position < walk.queue.count {
            let from = walk.position < 0 ? nil : walk.queue[walk.position]
            let requirements = from.map { expansions[$0]?.requirements ?? [] } ?? requests
            while walk.requirement < requirements.count {
                let choices = requirements[walk.requirement].choices
                if let known = choices.first(where: walk.reached.contains) {
                    walk.links.append(
                        Link(from: from, requirement: walk.requirement, to: known, wasReached: true))
                } else if let choice = choices.first(where: { engine.value($0) == .chosen })
                    ?? choices.first(where: { engine.value($0) == .unknown })
                {
                    guard engine.value(choice) == .chosen else { return choice }
                    walk.reached.insert(choice)
                    walk.queue.append(choice)
                    walk.links.append(
                        Link(from: from, requirement: walk.requirement, to: choice, wasReached: false))
                } else {
                    // Better no lock than one that lacks something.
                    preconditionFailure("what is propagated leaves every requirement a choice")
                }
                walk.requirement += 1
            }
            walk.position += 1
            walk.requirement = 0
        }
        return nil
    }
}
