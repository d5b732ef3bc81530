// SPDX-License-Identifier: Apache-2.0

/// Finds the set of candidates that the requests need, in the family's own order of preference.
///
/// The walk decides: breadth first from the requests, a requirement that something in the set satisfies is passed
/// over, else the first choice that is still possible is taken. The engine below it makes the walk correct and
/// frugal: what is forced is followed before anything is chosen, a dead end becomes a learnt clause, and the walk
/// begins again with that knowledge. The set is what the walk reached, so nothing is in it that no request needs.
///
/// A choice that only satisfies a requirement without being one to take (`Requirement.active`) is waited for: see
/// `Solver+Founding`.
struct Solver<Translator: FamilyTranslator> {
    var translator: Translator
    let requests: [Requirement]
    /// Requirements of the definition that need not be met here, but whose active choices may be in the set.
    let supports: [Requirement]
    var engine = ClauseEngine()
    private(set) var expansions: [Int: Expansion] = [:]
    var walk = Walk()

    init(_ translator: Translator, requests: [Requirement], supports: [Requirement] = []) {
        self.translator = translator
        self.requests = requests
        self.supports = supports
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
            let chosen = request.choices.map(Literal.chosen)
            let clauses = request.kind == .refusal ? chosen.map { [$0.negated] } : [chosen]
            for literals in clauses {
                let conflict = engine.add(Clause(literals: literals, origin: .request(place)))
                if let conflict, !engine.learn(from: conflict) { return impossible() }
            }
        }
        while true {
            if let conflict = propagate() {
                guard engine.learn(from: conflict) else { return impossible() }
                walk = Walk()
                continue
            }
            switch nextStep() {
            case .decide(let candidate): engine.decide(candidate)
            case .conflict(let clause):
                guard engine.learn(from: clause) else { return impossible() }
                walk = Walk()
            case .again: walk = Walk()
            case .done:
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
    struct Walk {
        /// Candidates in the order in which they were reached.
        var queue: [Int] = []
        var reached: Set<Int> = []
        var links: [Link] = []
        /// -1 while the requests are walked.
        var position = -1
        var requirement = 0
        /// Requirements that wait for something to come in for another reason; `from` is nil for a request.
        var waiting: [(from: Int?, requirement: Int)] = []
    }

    enum Next {
        case decide(Int)
        /// A clause that is false.
        case conflict(Int)
        /// More is known than when the walk began.
        case again
        case done
    }

    func requirements(of candidate: Int?) -> [Requirement] {
        candidate.map { expansions[$0]?.requirements ?? [] } ?? requests
    }

    /// Walks on until a requirement needs a decision. Everything forced has been followed before, so a requirement
    /// whose choices are all absent cannot be met here.
    private mutating func nextStep() -> Next {
        while true {
            while walk.position < walk.queue.count {
                let from = walk.position < 0 ? nil : walk.queue[walk.position]
                let requirements = requirements(of: from)
                while walk.requirement < requirements.count {
                    if let choice = visit(requirements[walk.requirement], of: from) { return .decide(choice) }
                    walk.requirement += 1
                }
                walk.position += 1
                walk.requirement = 0
            }
            guard !walk.waiting.isEmpty else { return .done }
            if let next = serveWaiting() { return next }
        }
    }

    /// Looks at one requirement, the one at `walk.requirement`; gives the choice that must be decided for it.
    private mutating func visit(_ requirement: Requirement, of from: Int?) -> Int? {
        guard requirement.kind != .refusal else { return nil }
        let choices = requirement.choices
        let active = requirement.activeChoices
        if let known = choices.first(where: walk.reached.contains) {
            walk.links.append(Link(from: from, requirement: walk.requirement, to: known, wasReached: true))
        } else if let choice = active.first(where: { engine.value($0) == .chosen }) {
            reach(choice, from, walk.requirement)
        } else if requirement.passiveChoices.contains(where: { engine.value($0) == .chosen }) {
            walk.waiting.append((from, walk.requirement))
        } else if let choice = active.first(where: { engine.value($0) == .unknown }) {
            return choice
        } else if requirement.passiveChoices.contains(where: { engine.value($0) == .unknown }) {
            walk.waiting.append((from, walk.requirement))
        } else {
            // Better no lock than one that lacks something.
            preconditionFailure("what is propagated leaves every requirement a choice")
        }
        return nil
    }

    mutating func reach(_ candidate: Int, _ from: Int?, _ requirement: Int) {
        walk.reached.insert(candidate)
        walk.queue.append(candidate)
        walk.links.append(Link(from: from, requirement: requirement, to: candidate, wasReached: false))
    }
}
