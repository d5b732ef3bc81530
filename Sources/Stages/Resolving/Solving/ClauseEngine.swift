// SPDX-License-Identifier: Apache-2.0

/// Conflict-driven clause learning over candidates: unit propagation with two watched literals, first unique
/// implication point, backjumping. Which candidate is tried next is the caller's business; there are no restarts,
/// no randomness and no clocks, so equal clauses and decisions give equal results.
///
/// J. P. Marques-Silva, K. A. Sakallah, "GRASP: A Search Algorithm for Propositional Satisfiability", 1999, and
/// M. W. Moskewicz et al., "Chaff: Engineering an Efficient SAT Solver", 2001, describe the method.
struct ClauseEngine {
    enum Value: Int8 { case unknown, chosen, absent }

    private(set) var clauses: [Clause] = []
    private var values: [Value] = []
    private var levels: [Int32] = []
    /// The clause that forced a candidate's value; -1 for a decision or no value.
    private var reasons: [Int32] = []
    /// By literal: the clauses that must be looked at when the literal becomes false.
    private var watches: [[Int32]] = []
    private(set) var trail: [Literal] = []
    private var levelStarts: [Int] = []
    private var propagated = 0
    private(set) var conflicts = 0

    var level: Int { levelStarts.count }

    func value(_ candidate: Int) -> Value { candidate < values.count ? values[candidate] : .unknown }

    private func isTrue(_ literal: Literal) -> Bool {
        values[literal.candidate] == (literal.isChosen ? .chosen : .absent)
    }

    private func isFalse(_ literal: Literal) -> Bool {
        values[literal.candidate] == (literal.isChosen ? .absent : .chosen)
    }

    private mutating func makeRoom(for candidate: Int) {
        guard candidate >= values.count else { return }
        let missing = candidate + 1 - values.count
        values.append(contentsOf: repeatElement(.unknown, count: missing))
        levels.append(contentsOf: repeatElement(0, count: missing))
        reasons.append(contentsOf: repeatElement(-1, count: missing))
        watches.append(contentsOf: repeatElement([], count: 2 * missing))
    }

    /// Adds a clause in any state of the search. Returns its number where it is already false, so that the caller
    /// resolves the conflict; else whatever it implies is on the trail.
    ///
    /// A clause that comes late must mention a literal that became false on the current level (the candidate whose
    /// expansion it is), or be added on level 0.
    mutating func add(_ clause: Clause) -> Int? {
        for literal in clause.literals { makeRoom(for: literal.candidate) }
        let number = clauses.count
        // True and unknown literals first, then false ones from the highest level down: the first two are watched.
        var literals = clause.literals
        if literals.count > 1 {
            literals = literals.enumerated().sorted { left, right in
                let a = weight(left.element)
                let b = weight(right.element)
                return a != b ? a > b : left.offset < right.offset
            }.map(\.element)
        }
        clauses.append(Clause(literals: literals, origin: clause.origin))
        guard let first = literals.first else { return number }
        // A clause of one literal is watched too: it may be false now and must not be forgotten after a jump back.
        for literal in literals.prefix(2) { watches[literal.index].append(Int32(truncatingIfNeeded: number)) }
        if isFalse(first) { return number }
        if !isTrue(first), literals.count == 1 || isFalse(literals[1]) { assign(first, because: number) }
        return nil
    }

    private func weight(_ literal: Literal) -> Int32 { isFalse(literal) ? levels[literal.candidate] : .max }

    private mutating func assign(_ literal: Literal, because clause: Int) {
        values[literal.candidate] = literal.isChosen ? .chosen : .absent
        levels[literal.candidate] = Int32(truncatingIfNeeded: level)
        reasons[literal.candidate] = Int32(truncatingIfNeeded: clause)
        trail.append(literal)
    }

    /// Opens a new level on which the candidate is in the set.
    mutating func decide(_ candidate: Int) {
        makeRoom(for: candidate)
        levelStarts.append(trail.count)
        assign(.chosen(candidate), because: -1)
    }

    /// Follows what is forced. Stops at each candidate that comes into the set, so that the caller can add its
    /// clauses first; nil where nothing is left to do.
    mutating func propagate() -> Step? {
        while propagated < trail.count {
            let literal = trail[propagated]
            propagated += 1
            if let conflict = visitWatches(of: literal.negated) { return .conflict(conflict) }
            if literal.isChosen { return .chosen(literal.candidate) }
        }
        return nil
    }

    enum Step {
        case chosen(Int)
        /// The clause whose literals are all false.
        case conflict(Int)
    }

    private mutating func visitWatches(of literal: Literal) -> Int? {
        var watching = watches[literal.index]
        watches[literal.index] = []
        var kept = 0
        var conflict: Int?
        for position in watching.indices {
            let number = Int(watching[position])
            if conflict != nil || !moveWatch(of: number, from: literal) {
                watching[kept] = watching[position]
                kept += 1
                guard conflict == nil else { continue }
                let first = clauses[number].literals[0]
                if isFalse(first) {
                    conflict = number
                } else if !isTrue(first) {
                    assign(first, because: number)
                }
            }
        }
        watching.removeLast(watching.count - kept)
        // Clauses that chose this literal meanwhile cannot be: it is false.
        watches[literal.index] = watching
        return conflict
    }

    /// Finds another literal to watch; false where none is left and the clause's first literal is the only hope.
    private mutating func moveWatch(of number: Int, from literal: Literal) -> Bool {
        guard clauses[number].literals.count > 1 else { return false }
        if clauses[number].literals[0] == literal { clauses[number].literals.swapAt(0, 1) }
        if isTrue(clauses[number].literals[0]) { return false }
        var at = 2
        while at < clauses[number].literals.count {
            if !isFalse(clauses[number].literals[at]) {
                clauses[number].literals.swapAt(1, at)
                watches[clauses[number].literals[1].index].append(Int32(truncatingIfNeeded: number))
                return true
            }
            at += 1
        }
        return false
    }

    /// Learns from a false clause and goes back to where the lesson forces something. False where the conflict
    /// depends on no decision: the whole is unsatisfiable, and the last clause is empty and knows why.
    mutating func learn(from conflict: Int) -> Bool {
        conflicts += 1
        // A clause that came late may be false already on a lower level.
        let highest = clauses[conflict].literals.map { levels[$0.candidate] }.max() ?? 0
        backjump(to: Int(highest))
        guard level > 0 else {
            let antecedents =
                [conflict] + clauses[conflict].literals.map { Int(reasons[$0.candidate]) }.filter { $0 >= 0 }
            clauses.append(Clause(literals: [], origin: .learnt(from: antecedents)))
            return false
        }
        let lesson = analyse(conflict)
        backjump(to: lesson.level)
        // The asserting literal is the only one that is not false any more.
        let again = add(Clause(literals: lesson.literals, origin: .learnt(from: lesson.antecedents)))
        precondition(again == nil, "a learnt clause is not false after the jump back")
        return true
    }

    private struct Lesson {
        var literals: [Literal] = []
        var antecedents: [Int]
        var level = 0
    }

    /// Resolves the conflict with the reasons of the current level until one literal of that level is left.
    private func analyse(_ conflict: Int) -> Lesson {
        var lesson = Lesson(antecedents: [conflict])
        var seen = Set<Int>()
        var open = 0
        var current = conflict
        var resolved: Int?
        var position = trail.count
        while true {
            for literal in clauses[current].literals where literal.candidate != resolved {
                guard seen.insert(literal.candidate).inserted else { continue }
                let depth = Int(levels[literal.candidate])
                if depth == level {
                    open += 1
                } else if depth > 0 {
                    lesson.literals.append(literal)
                    lesson.level = max(lesson.level, depth)
                } else if reasons[literal.candidate] >= 0 {
                    lesson.antecedents.append(Int(reasons[literal.candidate]))
                }
            }
            repeat {
                position -= 1
            } while !seen.contains(trail[position].candidate)
                || Int(levels[trail[position].candidate]) != level
            let literal = trail[position]
            open -= 1
            if open == 0 {
                lesson.literals.insert(literal.negated, at: 0)
                return lesson
            }
            current = Int(reasons[literal.candidate])
            resolved = literal.candidate
            lesson.antecedents.append(current)
        }
    }

    private mutating func backjump(to target: Int) {
        guard target < level else { return }
        let start = levelStarts[target]
        for literal in trail[start...] {
            values[literal.candidate] = .unknown
            reasons[literal.candidate] = -1
        }
        trail.removeLast(trail.count - start)
        levelStarts.removeLast(level - target)
        propagated = min(propagated, start)
    }

    /// After `learn` said that there is no way out: stated clauses that cannot all hold, in the order in which they
    /// were added.
    func core() -> [Int] {
        var stated = Set<Int>()
        var visited = Set<Int>()
        var open = [clauses.count - 1]
        while let number = open.popLast() {
            guard visited.insert(number).inserted else { continue }
            if case .learnt(let antecedents) = clauses[number].origin {
                open += antecedents
            } else {
                stated.insert(number)
            }
            // What is false by now is so on level 0, for a reason of its own. This may take in more than was used;
            // the derivation leaves out again what it can do without.
            open += clauses[number].literals.filter(isFalse).map { Int(reasons[$0.candidate]) }.filter {
                $0 >= 0
            }
        }
        return stated.sorted()
    }
}
