// SPDX-License-Identifier: Apache-2.0

internal import Vocabulary

/// A requirement at the root of the search.
struct Root {
    let requirement: Requirement
    let location: SourceLocation?
    /// The request as the lock records it; nil for what every image gets.
    let recorded: String?
}

extension [Root] {
    /// The statements that cannot all hold, from as few of the requests as possible: those that the first
    /// contradiction names, less each one without which there still is no answer. What the others would bring in may
    /// be used all the time, so that a request is not blamed for lacking their company.
    func derivation<Translator: CandidateWording>(of core: [Clause], _ translator: Translator) -> Derivation {
        var blamed = indices.filter { place in
            core.contains { clause in
                if case .request(place) = clause.origin { true } else { false }
            }
        }
        func search(_ places: [Int]) -> Solver<Translator> {
            Solver(
                translator, requests: places.map { self[$0].requirement },
                supports: indices.filter { !places.contains($0) }.map { self[$0].requirement })
        }
        var position = 0
        while position < blamed.count, blamed.count > 1 {
            var fewer = blamed
            fewer.remove(at: position)
            var solver = search(fewer)
            if case .impossible = solver.solve() { blamed = fewer } else { position += 1 }
        }
        var solver = search(blamed)
        guard case .impossible(let core, let expansions) = solver.solve() else { return Derivation([]) }
        var sentences = Sentences(
            solver.translator, requests: blamed.map { (self[$0].requirement, self[$0].location) },
            expansions: expansions, core: core)
        return sentences.derivation()
    }
}
