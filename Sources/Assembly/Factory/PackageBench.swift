// SPDX-License-Identifier: Apache-2.0

internal import Pipeline
internal import Records
internal import Vocabulary

/// What lies on the table in a round: recipes as they are now, as they were published, and what is to come of them.
struct PackageBench {
    /// A recipe as it was read once.
    struct Reading {
        let file: RecipeFile
        let identity: Digest
        /// What the file on disk becomes once this was published; nil where it is that.
        let text: [UInt8]?

        init(_ file: RecipeFile, text: [UInt8]? = nil) throws {
            self.file = file
            self.text = text
            identity = try file.identity()
        }
    }

    /// One recipe.
    struct Item {
        /// As it stands on disk.
        var written: Reading
        var row: FactoryRecords.RecipeRow
        /// A newer release that it shall be built from.
        var release: UpstreamRelease?
        /// The recipe for that release.
        var candidate: Reading?
        /// Why the file was changed by a round that did not come to its end: for what it says was published.
        var adopted: PackageAdoption?
        var isForced = false
        /// What failed in this round for a reason that may be gone in the next.
        var unlucky: Digest?

        /// What would be built.
        var current: Reading { candidate ?? written }
    }

    struct Plan {
        /// Nil where nothing can be built.
        var next: (recipe: PackageName, reasons: [PackageBuildReason])?
        /// Recipes that should be built and cannot, and why.
        var stuck: [(recipe: PackageName, sentence: String)] = []
        /// Packages that are still to come.
        var pending: Set<PackageName> = []
    }

    private let records: FactoryRecords
    /// Of the packages that recipes build on.
    private let families: Set<PackageFamily>
    var items: [PackageName: Item] = [:]
    var names: [PackageName] { items.keys.sorted() }

    init(
        _ files: [RecipeFile], records: FactoryRecords, making families: Set<PackageFamily>,
        forced: Set<String>
    ) throws {
        (self.records, self.families) = (records, families)
        let rows = try records.recipes()
        for file in files {
            let name = file.recipe.name
            var item = Item(
                written: try Reading(file), row: rows[name.text] ?? .init(),
                isForced: forced.contains(name.text))
            let identity = item.written.identity
            if item.row.adopting?.recipe == identity, item.row.built?.recipe != identity {
                item.adopted = item.row.adopting
            }
            items[name] = item
        }
    }

    /// Remembers what recipes say of themselves, where that changed.
    mutating func summarize() throws {
        let graph = planner().0
        for (place, node) in graph.nodes.enumerated() {
            guard let item = items[node.name] else { continue }
            let recipe = item.written.file.recipe
            let summary = RecipeSummary(
                description: recipe.packages[0].metadata.description, url: recipe.packages[0].metadata.url,
                licenses: recipe.copyrights.map(\.license), sources: item.written.file.facts.sources,
                dependents: graph.dependents[place].map { graph.nodes[$0].name },
                delta: try item.written.file.delta())
            guard summary != item.row.summary else { continue }
            var row = item.row
            row.summary = summary
            try store(row, of: node.name)
        }
    }

    /// What is decided of each recipe, in the order of building.
    func decisions() -> [(name: PackageName, decision: PackagePlanner.Decision)] {
        let (graph, planner) = planner()
        return planner.plan().map { (graph.nodes[$0.place].name, $0.decision) }
    }

    /// What comes next, as everything stands now.
    func plan() -> Plan {
        var plan = Plan()
        for (name, decision) in decisions() {
            let packages = items[name]?.written.file.recipe.packages.map(\.metadata.name) ?? []
            switch decision {
            case .keep: continue
            case .build(let reasons):
                plan.next = plan.next ?? (name, reasons)
                plan.pending.formUnion(packages)
            case .wait: plan.pending.formUnion(packages)
            // What failed in this round was said when it did.
            case .held where items[name]?.unlucky != nil: continue
            case .blocked, .held: plan.stuck.append((name, decision.sentence))
            }
        }
        return plan
    }

    func attempt(of name: PackageName) -> Digest? {
        let (graph, planner) = planner()
        return graph.place(of: name.text).flatMap { planner.attempt(at: $0) }
    }

    private func planner() -> (RecipeGraph, PackagePlanner) {
        let graph = RecipeGraph(
            names.compactMap { name in
                items[name].map {
                    RecipeGraph.Node($0.current.file.recipe, making: families, built: $0.row.built)
                }
            })
        let standings = items.mapValues { item in
            PackagePlanner.Standing(
                recipe: item.current.identity, built: item.row.built,
                inputs: item.row.inputs, failed: Set(item.row.failed).union(item.unlucky.map { [$0] } ?? []),
                isForced: item.isForced,
                release: item.release.map {
                    .release(old: item.written.file.recipe.version, new: $0.version)
                }, adopted: item.candidate == nil ? item.adopted?.reasons : nil)
        }
        return (graph, PackagePlanner(graph, standings))
    }

    /// Leaves the recipe alone for the rest of the round.
    mutating func rest(_ name: PackageName) {
        let attempt = attempt(of: name)
        items[name]?.unlucky = attempt
    }

    /// The recipes that are built with it.
    func dependents(of name: PackageName) -> [PackageName] {
        let (graph, _) = planner()
        guard let place = graph.place(of: name.text) else { return [] }
        return graph.dependents[place].map { graph.nodes[$0].name }
    }

    /// Which recipe made a library, as everything stands now.
    func provider(of library: String) -> PackageName? {
        names.first { items[$0]?.row.built?.offeredLibraries.contains(library) ?? false }
    }

    mutating func store(
        _ row: FactoryRecords.RecipeRow, of name: PackageName, build: PackageBuildRecord? = nil
    )
        throws
    {
        try records.store(row, of: name.text, build: build)
        items[name]?.row = row
    }

    func builds(of name: PackageName, limit: Int) throws -> [PackageBuildRecord] {
        try records.builds(of: name.text, limit: limit)
    }
}
