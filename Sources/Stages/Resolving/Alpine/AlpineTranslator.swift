// SPDX-License-Identifier: Apache-2.0

internal import Vocabulary

/// Alpine's metadata as clauses (apk-package(5), apk-world(5)). A set of packages is valid where
///
/// 1. each request of the definition has a package in the set that is or provides what it names, in a version that it
///    accepts; a provide without a version meets no version. No package in the set matches a refusal (`!name`);
/// 2. each dependency of each package in the set is met likewise, and none of its conflicts by another package;
/// 3. of two different packages in the set no two have one name, be it their own or provided, unless both only provide
///    it without a version;
/// 4. every package in the set is usable: it fits the architecture, its dependencies can be read, and its record has no
///    field that must be understood and is not;
/// 5. every package in the set has a reason: a request, or a dependency of a package that has one, for which it may be
///    taken, or that it came by itself (`AlpineSearch`). For a name it may be taken where it is a package of that name
///    or provides it with a version, has a provider priority, or is the only package that has the name;
/// 6. a package from a tagged repository has such a reason that leads back to a request with that tag.
///
/// One request or dependency sees tagged repositories through one tag at most: what two requests with different tags
/// share is taken in one of the two contexts.
struct AlpineTranslator: FamilyTranslator {
    let pool: AlpinePool

    func expand(_ candidate: Int) -> Expansion {
        if let known = pool.expansions[candidate] { return known }
        let expansion = expansion(of: candidate)
        pool.expansions[candidate] = expansion
        return expansion
    }

    private func expansion(of candidate: Int) -> Expansion {
        let package = pool.package(of: candidate)
        if let letter = package.record.unknownField {
            return Expansion(
                unusable:
                    "its record in the index has a field '\(letter):', which must be understood and is not")
        }
        let dependencies: [AlpineDependency]
        do { dependencies = try AlpineDependency.parse(package.record[.depends]) } catch {
            return Expansion(unusable: "\(error)")
        }
        var expansion = Expansion()
        for dependency in dependencies where !dependency.isConflict {
            let requirement = requirement(
                .depends, dependency, text: "\(dependency)", in: pool.candidates[candidate].context,
                origin: package.record[.sourceName])
            let isMetByItself = requirement.choices.contains { isSamePackage($0, candidate) }
            if !isMetByItself { expansion.requirements.append(requirement) }
        }
        expansion.exclusions = exclusions(of: candidate, package, dependencies.filter(\.isConflict))
        return expansion
    }

    private func isSamePackage(_ left: Int, _ right: Int) -> Bool {
        pool.candidates[left].package == pool.candidates[right].package
    }

    /// What satisfies a dependency in a context: first what may be taken for it, then what only satisfies it.
    func requirement(
        _ kind: Requirement.Kind, _ dependency: AlpineDependency, text: String, in context: Int,
        origin: String? = nil, prefersTagged: Bool = false
    ) -> Requirement {
        let offers = pool.offers(of: dependency.name)
        let visible = offers[context].filter { accepts(dependency, $0) }
        var active = ordered(visible.filter(\.isActive), origin)
        if prefersTagged {
            active =
                active.filter { !pool.package(of: $0.candidate).isUntagged }
                + active.filter { pool.package(of: $0.candidate).isUntagged }
        }
        var choices: [Int] = []
        var seen: Set<Int> = []
        for offer in active where seen.insert(offer.candidate).inserted { choices.append(offer.candidate) }
        let count = choices.count
        for offer in visible where seen.insert(offer.candidate).inserted { choices.append(offer.candidate) }
        for other in offers.indices where other != context {
            for offer in offers[other] where accepts(dependency, offer) {
                if seen.insert(offer.candidate).inserted { choices.append(offer.candidate) }
            }
        }
        return Requirement(kind: kind, text: text, choices: choices, active: count, equals: equals(active))
    }

    /// All that a conflict or a refusal means, in every context.
    func matches(_ dependency: AlpineDependency) -> [Int] {
        var seen: Set<Int> = []
        return pool.offers(of: dependency.name).joined().filter { accepts(dependency, $0) }
            .map(\.candidate).filter { seen.insert($0).inserted }
    }

    private func accepts(_ dependency: AlpineDependency, _ offer: AlpinePool.Offer) -> Bool {
        dependency.accepts(
            offer.version, checksum: pool.package(of: offer.candidate).record.checksum)
    }

    /// Of what nothing else tells apart, first what was built from the same source as the package that asks.
    private func ordered(_ offers: [AlpinePool.Offer], _ origin: String?) -> [AlpinePool.Offer] {
        guard let origin, offers.count > 1 else { return offers }
        var result: [AlpinePool.Offer] = []
        for run in offers.chunked(by: { $0.rank == $1.rank }) {
            guard run.count > 1 else {
                result += run
                continue
            }
            let isNear = run.map { pool.package(of: $0.candidate).record[.sourceName] == origin }
            result += zip(run, isNear).filter(\.1).map(\.0) + zip(run, isNear).filter { !$0.1 }.map(\.0)
        }
        return result
    }

    /// The names of the packages that are as good as the first; empty where it is alone.
    private func equals(_ offers: [AlpinePool.Offer]) -> [String] {
        guard let first = offers.first else { return [] }
        var names: [String] = []
        for offer in offers.prefix(while: { $0.rank == first.rank }) {
            let name = pool.package(of: offer.candidate).name.text
            if !names.contains(name) { names.append(name) }
        }
        return names.count > 1 ? names : []
    }

    private func exclusions(
        of candidate: Int, _ package: AlpinePool.Package, _ conflicts: [AlpineDependency]
    ) -> [Exclusion] {
        var found: [Exclusion] = []
        var seen: Set<Int> = [candidate]
        func add(_ kind: Exclusion.Kind, _ text: String, _ others: [Int]) {
            for other in others where seen.insert(other).inserted {
                found.append(Exclusion(kind: kind, text: text, other: other))
            }
        }
        func offers(_ name: String, all: Bool) -> [Int] {
            pool.offers(of: name).joined().filter { all || $0.version != nil }.map(\.candidate)
        }
        let own = offers(package.name.text, all: true)
        add(.sameName, package.name.text, own.filter { pool.package(of: $0).name == package.name })
        for conflict in conflicts {
            let others = matches(conflict).filter { !isSamePackage($0, candidate) }
            add(.conflicts, "\(AlpineDependency(conflict.name, conflict.constraint))", others)
        }
        add(.sameProvide, package.name.text, own)
        for provide in AlpineProvide.parse(package.record[.provides]) {
            add(.sameProvide, provide.name, offers(provide.name, all: provide.version != nil))
        }
        return found
    }

    func supporters(of candidates: Set<Int>) -> [Int] {
        var names: Set<String> = []
        for candidate in candidates {
            let package = pool.package(of: candidate)
            names.insert(package.name.text)
            names.formUnion(AlpineProvide.parse(package.record[.provides]).map(\.name))
        }
        var found: [Int] = []
        for (origin, position) in pool.reverseDependencies.packages(dependingOn: names) {
            let record = pool.origins[origin].index.record(at: position)
            guard let package = pool.package(origin, record) else { continue }
            for context in 0...pool.tags.count
            where pool.packages[package].isVisible(in: context) {
                let owner = pool.candidate(package, in: context)
                let isSupporter = expand(owner).requirements.contains {
                    $0.activeChoices.contains(where: candidates.contains)
                }
                if isSupporter, !found.contains(owner) { found.append(owner) }
            }
        }
        return found
    }
}

extension Array {
    /// Neighbours that belong together, in one slice each.
    fileprivate func chunked(by belong: (Element, Element) -> Bool) -> [ArraySlice<Element>] {
        var chunks: [ArraySlice<Element>] = []
        var start = startIndex
        for place in indices.dropFirst() where !belong(self[place - 1], self[place]) {
            chunks.append(self[start..<place])
            start = place
        }
        if start < endIndex { chunks.append(self[start...]) }
        return chunks
    }
}
