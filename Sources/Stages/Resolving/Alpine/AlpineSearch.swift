// SPDX-License-Identifier: Apache-2.0

internal import Vocabulary

/// The set for some requests, with what comes by itself.
///
/// First the requests alone are met (`AlpineTranslator` says what a valid set is). Then, round after round, packages
/// whose install_if conditions the set meets and whose name is not in it are added, with what they need; what is in the
/// set stays as it is, so that what comes by itself never changes what was chosen. One that cannot be added to the set
/// is left out for good. In the end there is none left whose conditions hold: each is in the set, or no valid set holds
/// it beside what is there.
struct AlpineSearch {
    let translator: AlpineTranslator
    private var pool: AlpinePool { translator.pool }

    struct Found {
        /// In the order in which they were reached.
        var members: [Int]
        /// `from` nil is the place of a request.
        var links: [Solver<AlpineTranslator>.Link]
        /// What came by itself, in order.
        var automatic: [Int] = []
        /// What would have, and cannot be had.
        var leftOut: [Int] = []
        var conflicts: Int
    }

    enum Outcome {
        case solved(Found)
        case impossible([Clause])
    }

    func solve(_ requests: [Requirement]) -> Outcome {
        var solver = Solver(translator, requests: requests)
        switch solver.solve() {
        case .impossible(let core, _): return .impossible(core)
        case .solved(let solution):
            var found = Found(
                members: solution.candidates, links: solution.links, conflicts: solution.conflicts)
            addWhatComesByItself(to: &found, refusals: requests.filter { $0.kind == .refusal })
            return .solved(found)
        }
    }

    /// A package whose conditions hold: its versions and contexts in the order of preference.
    private struct Wanted {
        let name: PackageName
        let choices: [Int]
    }

    private func addWhatComesByItself(to found: inout Found, refusals: [Requirement]) {
        let refused = Set(refusals.flatMap(\.choices))
        var settled: Set<PackageName> = []
        while true {
            let wanted = wanted(beside: found.members, except: settled)
                .filter { !$0.choices.allSatisfy(refused.contains) }
            guard !wanted.isEmpty else { return }
            if wanted.count > 1, grow(&found, by: wanted, refusals) { continue }
            for one in wanted where !found.members.contains(where: { pool.package(of: $0).name == one.name })
            {
                if !grow(&found, by: [one], refusals) {
                    settled.insert(one.name)
                    found.leftOut += one.choices.prefix(1)
                }
            }
        }
    }

    /// True where the set could be extended.
    private func grow(_ found: inout Found, by wanted: [Wanted], _ refusals: [Requirement]) -> Bool {
        let members = Set(found.members)
        let requests =
            found.members.map { Requirement(kind: .request, text: "", choices: [$0]) }
            + wanted.map { Requirement(kind: .request, text: $0.name.text, choices: $0.choices) } + refusals
        var solver = Solver(translator, requests: requests)
        guard case .solved(let solution) = solver.solve() else { return false }
        let new = solution.candidates.filter { !members.contains($0) }
        let names = Set(wanted.map(\.name))
        let automatic = found.automatic + new.filter { names.contains(pool.package(of: $0).name) }
        let all = members.union(new)
        // A condition may also be that something is not there.
        guard automatic.allSatisfy({ meetsConditions($0, all) }) else { return false }
        found.members += new
        found.automatic = automatic
        found.conflicts += solution.conflicts
        found.links += solution.links.filter { link in link.from.map { !members.contains($0) } ?? false }
        return true
    }

    private func meetsConditions(_ candidate: Int, _ members: Set<Int>) -> Bool {
        conditions(of: candidate).allSatisfy { condition in
            translator.matches(condition).contains { member in
                member != candidate && members.contains(member)
            } != condition.isConflict
        }
    }

    func conditions(of candidate: Int) -> [AlpineDependency] {
        (try? AlpineDependency.parse(pool.package(of: candidate).record[.installIf])) ?? []
    }

    /// By name.
    private func wanted(beside members: [Int], except settled: Set<PackageName>) -> [Wanted] {
        let all = Set(members)
        let names = Set(members.map { pool.package(of: $0).name })
        var holding: [PackageName: Set<Int>] = [:]
        for place in Set(members.flatMap { pool.waiting(on: $0) }) {
            let conditions = pool.installIf.conditions((place >> 32, place & 0xFFFF_FFFF))
            let record = pool.origins[place >> 32].index.record(at: place & 0xFFFF_FFFF)
            guard let package = pool.package(place >> 32, record) else { continue }
            let name = pool.packages[package].name
            guard !names.contains(name), !settled.contains(name), let contexts = contexts(conditions, all)
            else { continue }
            for context in contexts where pool.packages[package].isVisible(in: context) {
                holding[name, default: []].insert(pool.candidate(package, in: context))
            }
        }
        return holding.keys.sorted().map { name in
            let candidates = holding[name] ?? []
            let ordered = pool.offers(of: name.text).joined().map(\.candidate)
                .filter(candidates.contains)
            return Wanted(name: name, choices: ordered)
        }
    }

    /// The contexts that the conditions come from, the one without a tag first; nil where they do not hold.
    private func contexts(_ conditions: [AlpineDependency], _ members: Set<Int>) -> [Int]? {
        var contexts: Set<Int> = [0]
        for condition in conditions {
            let matches = translator.matches(condition).filter(members.contains)
            guard matches.isEmpty == condition.isConflict else { return nil }
            contexts.formUnion(matches.map { pool.candidates[$0].context })
        }
        return contexts.sorted()
    }
}

extension AlpinePool {
    /// Records with a condition on a name that the candidate has, as one number each. The names are consulted: another
    /// package may come with a condition on them.
    func waiting(on candidate: Int) -> [Int] {
        let package = candidates[candidate].package
        if let known = waitingOn[package] { return known }
        let record = packages[package].record
        let names = [record[.name]] + AlpineProvide.parse(record[.provides]).map(\.name)
        names.forEach(consult)
        let places = names.flatMap { installIf.places(askingFor: $0) }
        for place in places { installIf.conditions(place).forEach { consult($0.name) } }
        let found = places.map { $0.origin << 32 | $0.position }
        waitingOn[package] = found
        return found
    }
}
