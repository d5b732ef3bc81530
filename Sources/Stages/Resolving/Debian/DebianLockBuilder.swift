// SPDX-License-Identifier: Apache-2.0

internal import Vocabulary

/// Writes a solution down: packages with the edges that brought them in, what was left out and who wanted it, and
/// where each package file lies.
struct DebianLockBuilder {
    let order: ResolutionOrder
    let rules: DebianRules
    let omissions: DebianOmissions
    let roots: [Root]
    let solution: Solver<DebianTranslator>.Solution
    var pool: DebianPool
    var diagnostics: [Diagnostic]
    private var definition: ImageDefinition { order.definition }

    init(
        order: ResolutionOrder, rules: DebianRules, omissions: DebianOmissions, roots: [Root],
        solution: Solver<DebianTranslator>.Solution, pool: DebianPool, diagnostics: [Diagnostic]
    ) {
        self.order = order
        self.rules = rules
        self.omissions = omissions
        self.roots = roots
        self.solution = solution
        self.pool = pool
        self.diagnostics = diagnostics
    }

    mutating func choice() -> ArchitectureChoice {
        let installed = solution.candidates.filter { pool.candidates[$0].record != nil }
        let installedNames = Set(installed.map { pool.candidates[$0].name })
        let data = dataOnlyPackages(beside: installedNames)
        let present = installedNames.union(data.map { pool.candidates[$0].name })
        let edges = self.edges(present)
        let requested = requests()
        var packages = installed.compactMap { package($0, .installed, edges[$0] ?? [], requested[$0] ?? []) }
        packages += data.compactMap { package($0, .dataOnly, [], []) }
        packages.sort { $0.record.name < $1.record.name }
        let dropped = droppedPackages(present)
        noteChoices()
        noteWithoutEffect(present, dropped)
        return ArchitectureChoice(
            architecture: order.architecture, family: .debian, packages: packages, dropped: dropped,
            diagnostics: diagnostics, consulted: pool.consulted, conflicts: solution.conflicts)
    }

    /// Those that the image gets unasked, and left-out ones that are wanted for their data.
    private mutating func dataOnlyPackages(beside installed: Set<PackageName>) -> [Int] {
        var names = omissions.unasked.filter { data in
            guard case .beside(let other) = data.when else { return true }
            return installed.contains { $0.text == other }
        }.map(\.name)
        for candidate in solution.candidates where pool.candidates[candidate].record == nil {
            let name = pool.candidates[candidate].name.text
            if omissions.dataOnly[name] != nil, !names.contains(name) { names.append(name) }
        }
        var found: [Int] = []
        for text in names {
            guard let name = PackageName(text), !installed.contains(name), let rule = omissions.dataOnly[text]
            else {
                continue
            }
            if let best = pool.candidates(named: name).first {
                found.append(best)
                note("package-data-only", "only data of '\(text)' is used: \(rule.reason)")
            } else {
                diagnostics.append(
                    Diagnostic(
                        .warning, Diagnostic.Code(rawValue: "data-missing"),
                        "no repository has '\(text)', whose data the image should have: \(rule.reason)"))
            }
        }
        return found
    }

    /// An edge to a left-out package goes to what must come in all the same, where there is such.
    private func edges(_ present: Set<PackageName>) -> [Int: [LockedPackage.Edge]] {
        let behind = Dictionary(
            grouping: solution.links.filter { link in
                link.from.map { pool.candidates[$0].record == nil } ?? false
            }, by: { $0.from ?? 0 }
        ).mapValues { $0.map(\.to) }
        var edges: [Int: [LockedPackage.Edge]] = [:]
        for link in solution.links {
            guard let from = link.from, pool.candidates[from].record != nil,
                let requirement = solution.expansions[from]?.requirements[link.requirement]
            else { continue }
            let kind: LockedPackage.Edge.Kind = requirement.kind == .preDepends ? .preDepends : .depends
            let targets = [link.to] + (behind[link.to] ?? [])
            for target in targets.map({ pool.candidates[$0].name }) where present.contains(target) {
                edges[from, default: []].append(LockedPackage.Edge(kind, requirement.text, to: target))
            }
        }
        return edges
    }

    private func requests() -> [Int: [String]] {
        var requests: [Int: [String]] = [:]
        for link in solution.links where link.from == nil {
            guard let text = roots[link.requirement].recorded, !(requests[link.to] ?? []).contains(text)
            else { continue }
            requests[link.to, default: []].append(text)
        }
        return requests
    }

    private mutating func package(
        _ number: Int, _ role: LockedPackage.Role, _ edges: [LockedPackage.Edge], _ requestedBy: [String]
    ) -> ChosenPackage? {
        let candidate = pool.candidates[number]
        guard let record = candidate.record else { return nil }
        var urls: [String] = []
        for (repository, record) in candidate.places {
            let url = PercentEncoding.url(order.snapshots[repository].witness.url, record.filename)
            if !urls.contains(url) { urls.append(url) }
        }
        for repository in candidate.disputedBy {
            let first = order.snapshots[candidate.places[0].repository].witness.line
            diagnostics.append(
                Diagnostic(
                    .warning, Diagnostic.Code(rawValue: "package-disputed"),
                    "'\(first)' and '\(order.snapshots[repository].witness.line)' have different files as "
                        + "\(candidate.name) \(record.version); the first one's is taken"))
        }
        return ChosenPackage(
            record: record, role: role, places: urls, requestedBy: requestedBy, edges: edges)
    }

    /// One entry a name, with everyone that wanted it; sorted by name.
    private mutating func droppedPackages(_ present: Set<PackageName>) -> [DroppedPackage] {
        var wanted: [PackageName: [String]] = [:]
        for link in solution.links {
            let name = pool.candidates[link.to].name
            guard pool.candidates[link.to].record == nil, !present.contains(name), let from = link.from,
                let requirement = solution.expansions[from]?.requirements[link.requirement]
            else { continue }
            let kind = requirement.kind == .preDepends ? "Pre-Depends" : "Depends"
            wanted[name, default: []].append("\(pool.candidates[from].name): \(kind) \(requirement.text)")
        }
        return wanted.keys.sorted().map { name in
            let reason = omissions.table[name.text]?.reason ?? DebianOmissions.byDefinition
            let wanters = (wanted[name] ?? []).sorted()
            let names = wanters.map { String($0.prefix { $0 != ":" }) }
            note(
                "package-dropped",
                "'\(name)' is left out: \(reason) (wanted by \(names.joined(separator: ", ")))",
                at: definition.contents.drop.first { $0.value == name }?.location)
            return DroppedPackage(name: name, reason: reason, wantedBy: wanters)
        }
    }

    /// Where the family had no reason to prefer what was taken.
    private mutating func noteChoices() {
        for link in solution.links where !link.wasReached {
            let requirement =
                link.from.map { solution.expansions[$0]?.requirements[link.requirement] }
                ?? roots[link.requirement].requirement
            let owner = link.from.map { pool.candidates[$0].name.text } ?? definition.file
            let chosen = pool.candidates[link.to].name.text
            if let guess = requirement?.guess(chosen, for: owner) { diagnostics.append(guess) }
        }
    }

    private mutating func noteWithoutEffect(_ present: Set<PackageName>, _ dropped: [DroppedPackage]) {
        for keep in definition.contents.keep where !present.contains(keep.value) {
            warn(
                keep, "keep",
                "nothing in the image depends on '\(keep.value)'; to have it, add it to contents.packages")
        }
        for drop in definition.contents.drop where !dropped.contains(where: { $0.name == drop.value }) {
            guard !rules.always.contains(where: { $0.name == drop.value.text }),
                !rules.dataOnly.contains(where: { $0.name == drop.value.text })
            else { continue }
            warn(drop, "drop", "nothing in the image depends on '\(drop.value)'; the line can go")
        }
    }

    private mutating func warn(_ item: Located<PackageName>, _ key: String, _ text: String) {
        diagnostics.append(
            Diagnostic(
                .warning, Diagnostic.Code(rawValue: "\(key)-without-effect"), "contents.\(key): \(text)",
                at: item.location))
    }

    private mutating func note(_ code: String, _ text: String, at location: SourceLocation? = nil) {
        diagnostics.append(Diagnostic(.note, Diagnostic.Code(rawValue: code), text, at: location))
    }
}
