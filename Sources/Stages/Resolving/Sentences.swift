// SPDX-License-Identifier: Apache-2.0

internal import Vocabulary

/// What the sentences of a failure need to know of a family's candidates and of its way to state relations.
protocol CandidateWording: FamilyTranslator {
    func name(of candidate: Int) -> PackageName
    /// Nil for one that stands for any version.
    func version(of candidate: Int) -> String?
    /// The name that a relation begins with, as the family writes relations.
    func subject(of relation: String) -> String
    /// What the repositories have under the names of a relation that nothing satisfies: `foo 1.2`, `bar (…)`.
    mutating func offers(for relation: String) -> [String]
    /// Why the candidate, which nothing brings in, was not taken by itself: what follows `q 1`; nil where that is
    /// nothing to tell.
    func reasonNotTaken(_ candidate: Int) -> String?
}

/// Turns clauses that cannot all hold into sentences, from the definition's lines to the contradiction.
struct Sentences<Translator: CandidateWording> {
    private var translator: Translator
    private let requests: [(requirement: Requirement, location: SourceLocation?)]
    private let expansions: [Int: Expansion]
    private let clauses: [Clause]

    init(
        _ translator: Translator, requests: [(requirement: Requirement, location: SourceLocation?)],
        expansions: [Int: Expansion], core: [Clause]
    ) {
        self.translator = translator
        self.requests = requests
        self.expansions = expansions
        clauses = UnsatisfiableCore.reduce(core)
    }

    /// Breadth first: a package's statements follow the statement that mentioned it.
    mutating func derivation() -> Derivation {
        var steps: [Derivation.Step] = []
        var told: Set<Int> = []
        var mentioned: [Int] = []
        for (place, clause) in clauses.enumerated() {
            guard case .request(let number) = clause.origin else { continue }
            told.insert(place)
            steps.append(step(for: number))
            mentioned += targets(of: clause)
        }
        var position = 0
        var seen = Set(mentioned)
        while position < mentioned.count {
            let candidate = mentioned[position]
            position += 1
            for (place, clause) in clauses.enumerated() where owner(of: clause) == candidate {
                guard told.insert(place).inserted else { continue }
                steps += sentences(of: place, told: &told).map { Derivation.Step($0) }
                mentioned += targets(of: clause).filter { seen.insert($0).inserted }
            }
        }
        for place in clauses.indices where told.insert(place).inserted {
            steps += sentences(of: place, told: &told).map { Derivation.Step($0) }
        }
        var unique: [Derivation.Step] = []
        for step in steps where !unique.contains(step) { unique.append(step) }
        return Derivation(unique)
    }

    private func owner(of clause: Clause) -> Int? {
        switch clause.origin {
        case .requirement(let candidate, _), .exclusion(let candidate, _), .unusable(let candidate),
            .unfounded(let candidate):
            candidate
        case .request, .learnt: nil
        }
    }

    /// The candidates that a clause speaks of beside its owner, in the family's order.
    private func targets(of clause: Clause) -> [Int] {
        switch clause.origin {
        case .request(let number): requests[number].requirement.choices
        case .requirement(let candidate, let number):
            expansions[candidate]?.requirements[number].choices ?? []
        case .exclusion(let candidate, let number):
            (expansions[candidate]?.exclusions[number]).map { [$0.other] } ?? []
        case .unusable, .unfounded, .learnt: []
        }
    }

    private func step(for number: Int) -> Derivation.Step {
        let (requirement, location) = requests[number]
        if requirement.kind == .refusal {
            return Derivation.Step(at: location, "asks for \(requirement.text)\(refused(requirement))")
        }
        let found = unique(requirement.choices)
        let more = found.count > 1 || found.first.map { !$0.hasPrefix(requirement.text + " ") } ?? false
        let choices = found.isEmpty ? "" : more ? ", that is \(list(found, "or"))" : ", that is \(found[0])"
        let verb = location == nil ? "every image has" : "asks for"
        return Derivation.Step(at: location, "\(verb) \(requirement.text)\(choices)")
    }

    /// What must stay out, where its name does not say so.
    private func refused(_ requirement: Requirement) -> String {
        let own = translator.subject(of: requirement.text)
        let others = requirement.choices.filter { translator.name(of: $0).text != own }
        return others.isEmpty ? "" : ", and so no \(list(unique(others), "or"))"
    }

    /// `foo 1.2`
    private func name(_ candidate: Int) -> String {
        translator.name(of: candidate).text + (translator.version(of: candidate).map { " \($0)" } ?? "")
    }

    /// One package may stand for several candidates.
    private func unique(_ candidates: [Int]) -> [String] {
        var seen: Set<String> = []
        return candidates.map(name).filter { seen.insert($0).inserted }
    }

    private func list(_ items: [String], _ word: String) -> String {
        let shown = items.count > 5 ? items.prefix(4) + ["\(items.count - 4) more"] : items[...]
        guard let last = shown.last, shown.count > 1 else { return shown.first ?? "" }
        return "\(shown.dropLast().joined(separator: ", ")) \(word) \(last)"
    }

    /// The sentence of a clause; other versions of the same package that state the same join it.
    private mutating func sentences(of place: Int, told: inout Set<Int>) -> [String] {
        let clause = clauses[place]
        switch clause.origin {
        case .request, .learnt: return []
        case .unusable(let candidate):
            return ["\(name(candidate)) cannot be used: \(expansions[candidate]?.unusable ?? "")"]
        case .unfounded(let candidate):
            return translator.reasonNotTaken(candidate).map { ["\(name(candidate)) \($0)"] } ?? []
        case .exclusion(let candidate, let number):
            guard let exclusion = expansions[candidate]?.exclusions[number] else { return [] }
            return [sentence(candidate, exclusion)]
        case .requirement(let candidate, let number):
            guard let requirement = expansions[candidate]?.requirements[number] else { return [] }
            let owners = ([candidate] + twins(of: candidate, requirement, told: &told)).sorted()
            return [sentence(owners, requirement)]
        }
    }

    /// Other versions of the package in the contradiction that state the same requirement with the same choices.
    private func twins(of candidate: Int, _ requirement: Requirement, told: inout Set<Int>) -> [Int] {
        let name = translator.name(of: candidate)
        var found: [Int] = []
        for (place, clause) in clauses.enumerated() where !told.contains(place) {
            guard case .requirement(let other, let number) = clause.origin,
                translator.name(of: other) == name,
                let twin = expansions[other]?.requirements[number], twin.text == requirement.text,
                twin.kind == requirement.kind, twin.choices == requirement.choices
            else { continue }
            told.insert(place)
            found.append(other)
        }
        return found
    }

    private mutating func sentence(_ owners: [Int], _ requirement: Requirement) -> String {
        let package = translator.name(of: owners[0]).text
        let versions = owners.compactMap { translator.version(of: $0) }
        let subject = "\(package) \(list(versions, "and"))"
        let verb =
            switch (requirement.kind, owners.count) {
            case (.preDepends, 1): "pre-depends on"
            case (.preDepends, _): "pre-depend on"
            case (_, 1): "depends on"
            default: "depend on"
            }
        return "\(subject) \(verb) \(requirement.text)\(choices(of: requirement))"
    }

    /// What there is for a requirement: nothing, or something whose name does not say so already.
    private mutating func choices(of requirement: Requirement) -> String {
        guard requirement.choices.isEmpty else {
            let plain = requirement.choices.allSatisfy {
                requirement.text.hasPrefix(translator.name(of: $0).text)
                    && unique(requirement.choices).count == 1
            }
            return plain ? "" : ", that is \(list(unique(requirement.choices), "or"))"
        }
        let present = translator.offers(for: requirement.text)
        return present.isEmpty
            ? ", which no repository has" : "; the repositories have only \(list(present, "and"))"
    }

    private func sentence(_ candidate: Int, _ exclusion: Exclusion) -> String {
        let other = name(exclusion.other)
        let otherName = translator.name(of: exclusion.other).text
        switch exclusion.kind {
        case .sameName: return "only one version of \(exclusion.text) can be in the image"
        case .sameProvide:
            return
                "\(name(candidate)) and \(other) both claim the name \(exclusion.text), which one package can have"
        case .conflicts, .breaks:
            let verb = exclusion.kind == .conflicts ? "conflicts with" : "breaks"
            let plain = translator.subject(of: exclusion.text) == otherName
            let target = plain ? "\(exclusion.text)" : "\(exclusion.text), which \(other) provides"
            return "\(name(candidate)) \(verb) \(target)"
                + (plain && exclusion.text != otherName ? ", that is \(other)" : "")
        }
    }
}
