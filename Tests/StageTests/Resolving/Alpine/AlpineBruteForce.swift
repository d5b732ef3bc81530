// SPDX-License-Identifier: Apache-2.0
import Vocabulary

/// Every set of a small world, as bits: one bit for a package in each context that it may be asked for in (without a
/// tag, with each tag).
struct AlpineBruteForce {
    struct Request {
        let dependency: AlpineDependency
        let tag: String?
    }

    let facts: AlpineFacts
    private let candidates: [(package: Int, tag: String?)]
    /// What meets each dependency of a candidate, what a candidate may bring in, and what may not stand beside it.
    private var needs: [[UInt32]] = []
    private var takes: [UInt32] = []
    private var excludes: [UInt32] = []

    init(_ facts: AlpineFacts, tags: [String]) {
        self.facts = facts
        candidates = facts.packages.indices.flatMap { package in
            ([nil] + tags.map { $0 as String? }).filter { facts.isVisible(package, $0) }.map { (package, $0) }
        }
        for (place, candidate) in candidates.enumerated() {
            let depends = facts.packages[candidate.package].depends ?? []
            let positive = depends.filter { !$0.isConflict && !facts.matches($0, candidate.package) }
            needs.append(positive.map { need in mask { facts.matches(need, $0.package) } })
            takes.append(
                positive.reduce(0) { taken, need in
                    taken | mask { $0.tag == candidate.tag && facts.mayTake(need, $0.package, candidate.tag) }
                })
            excludes.append(
                mask { other in
                    (other.package == candidate.package && other.tag != candidate.tag)
                        || facts.clash(candidate.package, other.package)
                        || facts.refuses(candidate.package, other.package)
                } & ~(1 << UInt32(place)))
        }
    }

    private func mask(_ holds: ((package: Int, tag: String?)) -> Bool) -> UInt32 {
        candidates.enumerated().reduce(0) { holds($1.element) ? $0 | 1 << UInt32($1.offset) : $0 }
    }

    /// Whether some set meets `requests`, has a reason for each of its members (`supports` are reasons too) and holds
    /// all of `forced`.
    func isSolvable(_ requests: [Request], supports: [Request] = [], forced: UInt32 = 0) -> Bool {
        let unusable = mask { !facts.packages[$0.package].isUsable }
        let free = (0..<UInt32(candidates.count)).filter { forced & 1 << $0 == 0 && unusable & 1 << $0 == 0 }
        guard forced & unusable == 0 else { return false }
        let question = Question(self, requests, supports, forced)
        for number in 0..<UInt32(1) << UInt32(free.count) {
            var set = forced
            var rest = number
            while rest != 0 {
                set |= 1 << free[rest.trailingZeroBitCount]
                rest &= rest - 1
            }
            if isValid(set, question) { return true }
        }
        return false
    }

    /// A question about sets, worked out once.
    struct Question {
        let needs: [UInt32]
        let refused: UInt32
        let reasons: UInt32

        init(_ world: AlpineBruteForce, _ requests: [Request], _ supports: [Request], _ forced: UInt32) {
            let wanted = requests.filter { !$0.dependency.isConflict }
            needs = wanted.map { request in
                world.mask { world.facts.matches(request.dependency, $0.package) }
            }
            refused = requests.filter(\.dependency.isConflict).reduce(0) { all, request in
                all | world.mask { world.facts.matches(request.dependency, $0.package) }
            }
            reasons = (wanted + supports.filter { !$0.dependency.isConflict }).reduce(forced) {
                all, request in
                all
                    | world.mask {
                        $0.tag == request.tag
                            && world.facts.mayTake(request.dependency, $0.package, request.tag)
                    }
            }
        }
    }

    private func isValid(_ set: UInt32, _ question: Question) -> Bool {
        guard set & question.refused == 0 else { return false }
        for need in question.needs where set & need == 0 { return false }
        var rest = set
        while rest != 0 {
            let place = rest.trailingZeroBitCount
            rest &= rest - 1
            if set & excludes[place] != 0 { return false }
            for need in needs[place] where set & need == 0 { return false }
        }
        var founded: UInt32 = 0
        var open = question.reasons & set
        while open != 0 {
            let place = open.trailingZeroBitCount
            founded |= 1 << UInt32(place)
            open |= takes[place] & set
            open &= ~founded
        }
        return founded == set
    }

    /// Nil where the packages are a valid answer with all that comes by itself, in some assignment of contexts; else
    /// what is wrong with them.
    func fault(_ packages: [Int], _ requests: [Request]) -> String? {
        var reason = "no assignment of contexts is valid"
        let question = Question(self, requests, [], 0)
        for set in assignments(of: packages) {
            guard let automatic = automatic(in: set, question) else { continue }
            guard isValid(set, Question(self, requests, [], automatic)) else { continue }
            let missing = missing(beside: set).first { candidate in
                isSolvable(requests.filter(\.dependency.isConflict), forced: set | 1 << UInt32(candidate))
            }
            guard let missing else { return nil }
            reason = "\(facts.packages[candidates[missing].package].name) would come by itself and can be had"
        }
        return reason
    }

    private func assignments(of packages: [Int]) -> [UInt32] {
        packages.reduce([0]) { sets, package in
            let bits = candidates.indices.filter { candidates[$0].package == package }
            return sets.flatMap { set in bits.map { set | 1 << UInt32($0) } }
        }
    }

    /// Members that have no other reason than that their conditions hold; nil where one has no reason at all.
    private func automatic(in set: UInt32, _ question: Question) -> UInt32? {
        var automatic: UInt32 = 0
        var founded: UInt32 = 0
        while true {
            var open = (question.reasons | automatic) & set & ~founded
            while open != 0 {
                let place = open.trailingZeroBitCount
                founded |= 1 << UInt32(place)
                open = (open | takes[place] & set) & ~founded
            }
            guard founded != set else { return automatic }
            let next = candidates.indices.first {
                (set & ~founded) & 1 << UInt32($0) != 0 && holds($0, founded, absentFrom: set)
            }
            guard let next else { return nil }
            automatic |= 1 << UInt32(next)
        }
    }

    /// Whether the candidate's conditions hold, in a context that it may come in.
    private func holds(_ place: Int, _ set: UInt32, absentFrom all: UInt32) -> Bool {
        let candidate = candidates[place]
        let conditions = facts.packages[candidate.package].installIf
        var isInContext = candidate.tag == nil
        for condition in conditions {
            let found = mask { $0.package != candidate.package && facts.matches(condition, $0.package) }
            guard (condition.isConflict ? found & all == 0 : found & set != 0) else { return false }
            let tagged = mask { $0.tag == candidate.tag && facts.matches(condition, $0.package) }
            if tagged & set != 0 { isInContext = true }
        }
        return !conditions.isEmpty && isInContext
    }

    private func missing(beside set: UInt32) -> [Int] {
        let names = Set(
            candidates.indices.filter { set & 1 << UInt32($0) != 0 }.map {
                facts.packages[candidates[$0].package].name
            })
        return candidates.indices.filter {
            !names.contains(facts.packages[candidates[$0].package].name) && holds($0, set, absentFrom: set)
        }
    }
}
