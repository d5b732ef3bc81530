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
        /// Nothing that could bring the candidate in is there: one of these would have to be.
        case unfounded(Int)
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
    enum Kind: Sendable, Hashable {
        case depends, preDepends, request
        /// Of the definition alone, and the other way round: none of `choices` may be in the set.
        case refusal
    }

    let kind: Kind
    /// As the package or the definition states it.
    let text: String
    /// In the family's order of preference, without repetition.
    let choices: [Int]
    /// How many of the choices, from the first on, may come into the set for this requirement's sake. The others only
    /// satisfy it where something else brings them in. Nil is all of them.
    var active: Int?
    /// Names that are equally good where the family has no reason to prefer the first choice.
    var equals: [String] = []
}

extension Requirement {
    /// The choices that may come in for this requirement's sake.
    var activeChoices: ArraySlice<Int> { kind == .refusal ? [] : choices.prefix(active ?? choices.count) }
    /// Those that only satisfy it.
    var passiveChoices: ArraySlice<Int> { choices.dropFirst(active ?? choices.count) }
}

/// `other` must not be in the set together with the one that excludes it.
struct Exclusion: Sendable {
    enum Kind: Sendable, Hashable {
        case conflicts, breaks, sameName
        /// Both provide the name `text`, which only one package can own.
        case sameProvide
    }

    let kind: Kind
    let text: String
    let other: Int
}

/// A family of packages as the solver sees it: candidates are numbers, their metadata is read when they are needed.
protocol FamilyTranslator {
    /// What the candidate requires and excludes; asked at most once for each candidate and search.
    mutating func expand(_ candidate: Int) -> Expansion
    /// Every candidate with a requirement of which one of `candidates` is an active choice; asked only where a
    /// requirement has choices that are not.
    mutating func supporters(of candidates: Set<Int>) -> [Int]
}

extension FamilyTranslator {
    /// In a family whose choices are all active nothing comes in without a reason.
    mutating func supporters(of candidates: Set<Int>) -> [Int] { [] }
}
