// SPDX-License-Identifier: Apache-2.0

internal import Vocabulary

/// Debian's relations as clauses (Debian Policy 7; dpkg's multiarch specification), for one architecture.
struct DebianTranslator: FamilyTranslator {
    private(set) var pool: DebianPool
    /// What is left out, by name.
    let omissions: [String: Omission]
    /// Names that count as installed.
    let assumed: Set<String>

    /// A package that is left out: for everybody, or only where certain packages ask for it.
    struct Omission {
        let reason: String
        /// Empty means everybody; a final `*` stands for any end.
        let wantedBy: [String]
        /// What must come in all the same.
        var needs: [String] = []

        func applies(to owner: String) -> Bool {
            wantedBy.isEmpty
                || wantedBy.contains { $0.hasSuffix("*") ? owner.hasPrefix($0.dropLast()) : owner == $0 }
        }
    }

    init(pool: DebianPool, omissions: [String: Omission], assumed: Set<String>) {
        self.pool = pool
        self.omissions = omissions
        self.assumed = assumed
    }

    mutating func expand(_ candidate: Int) -> Expansion {
        let name = pool.candidates[candidate].name
        guard let record = pool.candidates[candidate].record else { return expandLeftOut(name) }
        var expansion = Expansion()
        do {
            for (kind, field) in [
                (Requirement.Kind.preDepends, PackageRecord.Text.preDepends), (.depends, .depends),
            ] {
                for group in try relations(record, field) where !isAssumed(group) {
                    expansion.requirements.append(requirement(kind, group, of: name.text))
                }
            }
            for (kind, field) in [
                (Exclusion.Kind.conflicts, PackageRecord.Text.conflicts), (.breaks, .breaks),
            ] {
                for relation in try relations(record, field).flatMap(\.alternatives) {
                    expansion.exclusions += matches(relation).filter { $0 != candidate }.map {
                        Exclusion(kind: kind, text: "\(relation)", other: $0)
                    }
                }
            }
        } catch {
            return Expansion(unusable: "\(error)")
        }
        expansion.exclusions += pool.candidates(named: name).filter { $0 != candidate }.map {
            Exclusion(kind: .sameName, text: name.text, other: $0)
        }
        return expansion
    }

    private mutating func expandLeftOut(_ name: PackageName) -> Expansion {
        let needs = (omissions[name.text]?.needs ?? []).compactMap { PackageName($0) }
        return Expansion(
            requirements: needs.map {
                requirement(.depends, DebianRelationGroup([DebianRelation($0)], text: $0.text), of: name.text)
            })
    }

    private func relations(
        _ record: PackageRecord, _ field: PackageRecord.Text
    ) throws(UnreadableField) -> [DebianRelationGroup] {
        let text = record[field]
        guard !text.isEmpty else { return [] }
        do { return try DebianRelations.parse(text) } catch {
            throw UnreadableField(reason: error.description)
        }
    }

    private struct UnreadableField: Error, CustomStringConvertible {
        let reason: String
        var description: String { reason }
    }

    /// The image's own layout stands for one of the alternatives.
    private func isAssumed(_ group: DebianRelationGroup) -> Bool {
        !assumed.isEmpty && group.alternatives.contains { assumed.contains($0.name.text) }
    }

    /// A requirement of the definition.
    mutating func request(_ relation: DebianRelation, text: String) -> Requirement {
        requirement(.request, DebianRelationGroup([relation], text: text), of: nil)
    }

    /// `owner` is the package that states the group.
    private mutating func requirement(
        _ kind: Requirement.Kind, _ group: DebianRelationGroup, of owner: String?
    ) -> Requirement {
        var choices: [Int] = []
        var seen: Set<Int> = []
        var equals: [String] = []
        for alternative in group.alternatives {
            let (found, tie) = self.choices(for: alternative, of: owner)
            if choices.isEmpty { equals = tie }
            choices += found.filter { seen.insert($0).inserted }
        }
        return Requirement(kind: kind, text: group.text, choices: choices, equals: equals)
    }

    /// What satisfies one relation: packages of that name, the highest version first, then providers by priority.
    /// Where there are only providers and several are equally important, `tie` names them.
    private mutating func choices(
        for relation: DebianRelation, of owner: String?
    ) -> (choices: [Int], tie: [String]) {
        if let owner, isOmitted(relation.name, for: owner) { return ([pool.leftOut(relation.name)], []) }
        let real = pool.candidates(named: relation.name).filter { candidate in
            guard let version = pool.candidates[candidate].version, qualifies(candidate, relation) else {
                return false
            }
            return relation.constraint?.accepts(version) ?? true
        }
        let providers = pool.providers(of: relation.name).filter { provider in
            qualifies(provider.candidate, relation) && provided(provider, satisfies: relation)
        }.map(\.candidate)
        let virtual = providers.map { candidate in
            let name = pool.candidates[candidate].name
            return owner.map { isOmitted(name, for: $0) } ?? false ? pool.leftOut(name) : candidate
        }
        guard real.isEmpty, let best = providers.first.map({ pool.priority(of: $0) }) else {
            return (real + virtual, [])
        }
        var tied: [String] = []
        for candidate in providers where pool.priority(of: candidate) == best {
            let name = pool.candidates[candidate].name.text
            if !tied.contains(name) { tied.append(name) }
        }
        return (virtual, tied.count > 1 ? tied : [])
    }

    private func isOmitted(_ name: PackageName, for owner: String) -> Bool {
        omissions[name.text]?.applies(to: owner) ?? false
    }

    /// Everything that a Conflicts or Breaks relation names; an architecture qualifier does not narrow it further
    /// than to other architectures, of which an image has none.
    private mutating func matches(_ relation: DebianRelation) -> [Int] {
        if case .architecture(let other) = relation.qualifier, other != pool.architecture { return [] }
        let real = pool.candidates(named: relation.name).filter { candidate in
            guard let version = pool.candidates[candidate].version else { return false }
            return relation.constraint?.accepts(version) ?? true
        }
        let virtual = pool.providers(of: relation.name).filter { provided($0, satisfies: relation) }.map(
            \.candidate)
        var seen: Set<Int> = []
        return (real + virtual).filter { seen.insert($0).inserted }
    }

    /// A versioned relation is met only by a versioned provide (Policy 7.5).
    private func provided(_ provider: DebianPool.Provider, satisfies relation: DebianRelation) -> Bool {
        guard let constraint = relation.constraint else { return true }
        return provider.version.map(constraint.accepts) ?? false
    }

    /// `:any` asks for a package that allows it; another architecture's package is never in the image.
    private func qualifies(_ candidate: Int, _ relation: DebianRelation) -> Bool {
        switch relation.qualifier {
        case nil, .native: true
        case .any: pool.candidates[candidate].record?.multiArch == .allowed
        case .architecture(let name): name == pool.architecture
        }
    }

    /// What a failed relation would have found, for sentences: versions of that name, and who provides it.
    mutating func available(_ name: PackageName) -> (versions: [String], providers: [String]) {
        let versions = pool.candidates(named: name).compactMap { pool.candidates[$0].version?.text }
        var providers: [String] = []
        for provider in pool.providers(of: name) {
            let text = pool.candidates[provider.candidate].name.text
            if !providers.contains(text) { providers.append(text) }
        }
        return (versions, providers)
    }
}

extension DebianTranslator: CandidateWording {
    func name(of candidate: Int) -> PackageName { pool.candidates[candidate].name }

    func version(of candidate: Int) -> String? { pool.candidates[candidate].version?.text }

    func subject(of relation: String) -> String { String(relation.prefix { $0 != " " && $0 != ":" }) }

    mutating func offers(for relation: String) -> [String] {
        var present: [String] = []
        let alternatives = (try? DebianRelations.parse(relation))?.flatMap(\.alternatives) ?? []
        for alternative in alternatives {
            let (versions, providers) = available(alternative.name)
            present += versions.map { "\(alternative.name) \($0)" }
            present += providers.map { "\($0) (as another version of \(alternative.name))" }
        }
        return present
    }

    /// Every choice of Debian's is active, so nothing waits for a reason.
    func reasonNotTaken(_ candidate: Int) -> String? { nil }
}
