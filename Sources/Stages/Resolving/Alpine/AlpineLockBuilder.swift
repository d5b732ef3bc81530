// SPDX-License-Identifier: Apache-2.0

internal import Vocabulary

/// Writes a found set down: packages with the edges that brought them in, where each file lies, and what was decided
/// that a person should know.
struct AlpineLockBuilder {
    let order: ResolutionOrder
    let roots: [Root]
    let search: AlpineSearch
    let found: AlpineSearch.Found
    private var pool: AlpinePool { search.translator.pool }

    func choice() -> ArchitectureChoice {
        let edges = self.edges()
        let requested = requests()
        let packages = found.members.map { member in
            let image = image(of: member)
            return ChosenPackage(
                record: pool.package(of: member).record, role: image == nil ? .installed : .base,
                places: image == nil ? places(of: member) : [], requestedBy: requested[member] ?? [],
                edges: edges[member] ?? [], image: image)
        }.sorted { $0.record.name < $1.record.name }
        return ArchitectureChoice(
            architecture: order.architecture, family: .alpine, packages: packages, dropped: [],
            diagnostics: diagnostics(requested), consulted: pool.consulted, conflicts: found.conflicts)
    }

    /// The manifest of the base image that holds it.
    private func image(of member: Int) -> Digest? {
        pool.package(of: member).repositories.lazy.compactMap(order.image).first
    }

    private func name(_ candidate: Int) -> PackageName { pool.package(of: candidate).name }

    private func edges() -> [Int: [LockedPackage.Edge]] {
        var edges: [Int: [LockedPackage.Edge]] = [:]
        for link in found.links {
            guard let from = link.from else { continue }
            let requirement = search.translator.expand(from).requirements[link.requirement]
            edges[from, default: []].append(.init(.depends, requirement.text, to: name(link.to)))
        }
        let places = Dictionary(
            found.members.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        for package in found.automatic {
            let conditions = search.conditions(of: package)
            let text = conditions.map(\.description).joined(separator: " ")
            var owners: [Int] = []
            for condition in conditions where !condition.isConflict {
                // What was there first: others may have come because of this very package.
                let match = search.translator.matches(condition).filter { $0 != package }
                    .min { places[$0, default: .max] < places[$1, default: .max] }
                if let match, places[match] != nil, !owners.contains(match) { owners.append(match) }
            }
            for owner in owners {
                edges[owner, default: []].append(.init(.installIf, text, to: name(package)))
            }
        }
        return edges
    }

    private func requests() -> [Int: [String]] {
        var requests: [Int: [String]] = [:]
        for link in found.links where link.from == nil {
            guard let text = roots[link.requirement].recorded, !(requests[link.to] ?? []).contains(text)
            else { continue }
            requests[link.to, default: []].append(text)
        }
        return requests
    }

    /// A file lies beside its index; only repositories whose tag may be used here are named.
    private func places(of member: Int) -> [String] {
        let tag = tag(of: member)
        let package = pool.package(of: member)
        let repositories = package.repositories.filter { repository in
            order.snapshots[repository].tag.map { $0 == tag } ?? true
        }
        var urls: [String] = []
        for repository in repositories {
            let url = PercentEncoding.url(
                order.snapshots[repository].witness.url, "\(pool.architecture)/\(package.record.filename)")
            if !urls.contains(url) { urls.append(url) }
        }
        return urls
    }

    private func tag(of member: Int) -> String? {
        let context = pool.candidates[member].context
        return context == 0 ? nil : pool.tags[context - 1]
    }

    private func diagnostics(_ requested: [Int: [String]]) -> [Diagnostic] {
        var found = guesses() + disputes() + tagsWithoutEffect()
        for package in self.found.leftOut {
            let text = search.conditions(of: package).map(\.description).joined(separator: " ")
            found.append(
                Diagnostic(
                    .note, Diagnostic.Code(rawValue: "install-if-left-out"),
                    "'\(name(package))' would come by itself (\(text)), but cannot be had beside the rest"))
        }
        return found
    }

    private func guesses() -> [Diagnostic] {
        found.links.filter { !$0.wasReached }.compactMap { link in
            let requirement =
                link.from.map { search.translator.expand($0).requirements[link.requirement] }
                ?? roots[link.requirement].requirement
            let owner = link.from.map { name($0).text } ?? order.definition.file
            return requirement.guess(name(link.to).text, for: owner)
        }
    }

    private func disputes() -> [Diagnostic] {
        found.members.filter { image(of: $0) == nil }.compactMap { member in
            let package = pool.package(of: member)
            let context = pool.candidates[member].context
            let rival = pool.load(package.name.text).first { other in
                other != pool.candidates[member].package
                    && pool.packages[other].version.text == package.version.text
                    && pool.packages[other].isVisible(in: context)
            }
            guard let rival else { return nil }
            return Diagnostic(
                .warning, Diagnostic.Code(rawValue: "package-disputed"),
                "'\(line(package))' and '\(line(pool.packages[rival]))' have different files as "
                    + "\(package.name) \(package.version); the first one's is taken")
        }
    }

    private func line(_ package: AlpinePool.Package) -> String {
        order.snapshots[package.repositories[0]].witness.line
    }

    private func tagsWithoutEffect() -> [Diagnostic] {
        found.links.compactMap { link in
            guard link.from == nil, link.requirement < order.definition.contents.packages.count,
                let tag = order.definition.contents.packages[link.requirement].value.tag
            else { return nil }
            let package = pool.package(of: link.to)
            let isThere = package.repositories.contains { order.snapshots[$0].tag == tag }
            guard !isThere else { return nil }
            return Diagnostic(
                .warning, Diagnostic.Code(rawValue: "tag-without-effect"),
                "no repository tagged @\(tag) has what '\(roots[link.requirement].requirement.text)' asks for; "
                    + "\(package.name) \(package.version) comes from '\(line(package))'",
                at: order.definition.contents.packages[link.requirement].location)
        }
    }
}
