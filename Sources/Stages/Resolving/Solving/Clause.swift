// SPDX-License-Identifier: Apache-2.0

/// A candidate that is in the set, or one that is not. Candidates are dense numbers from 0.
struct Literal: Hashable, Sendable {
    let code: Int32

    static func chosen(_ candidate: Int) -> Literal {
        Literal(code: Int32(truncatingIfNeeded: candidate) << 1)
    }
    static func absent(_ candidate: Int) -> Literal {
        Literal(code: Int32(truncatingIfNeeded: candidate) << 1 | 1)
    }

    var candidate: Int { Int(code >> 1) }
    var isChosen: Bool { code & 1 == 0 }
    var negated: Literal { Literal(code: code ^ 1) }
    var index: Int { Int(code) }
}

/// At least one of the literals holds.
struct Clause: Sendable {
    /// Why that is so: what the packages or the definition state, or what followed from other clauses.
    enum Origin: Sendable, Hashable {
        /// A requirement of the definition, by its place.
        case request(Int)
        /// The n-th requirement of a candidate.
        case requirement(of: Int, Int)
        /// The n-th exclusion of a candidate.
        case exclusion(by: Int, Int)
        /// The candidate can never be used.
        case unusable(Int)
        /// Learnt from a conflict; the clauses that it follows from.
        case learnt(from: [Int])
    }

    var literals: [Literal]
    let origin: Origin
}

/// What a candidate brings with it into the set.
struct Expansion: Sendable {
    var requirements: [Requirement] = []
    var exclusions: [Exclusion] = []
    /// Set where the candidate's metadata cannot be understood: a sentence.
    var unusable: String?
}

/// One of `choices` must be in the set.
struct Requirement: Sendable {
    enum Kind: Sendable, Hashable { case depends, preDepends, request }

    let kind: Kind
    /// As the package or the definition states it.
    let text: String
    /// In the family's order of preference, without repetition.
    let choices: [Int]
    /// Names that are equally good where the family has no reason to prefer the first choice.
    var equals: [String] = []
}

/// `other` must not be in the set together with the one that excludes it.
struct Exclusion: Sendable {
    enum Kind: Sendable, Hashable { case conflicts, breaks, sameName }

    let kind: Kind
    let text: String
    let other: Int
}

/// A family of packages as the solver sees it: candidates are numbers, their metadata is read when they are needed.
protocol FamilyTranslator {
    /// What the candidate requires and excludes; asked at most once for each candidate.
    mutating func expand(_ candidate: Int) -> Expansion
}
