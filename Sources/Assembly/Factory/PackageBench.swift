// SPDX-License-Identifier: Apache-2.0

internal import Pipeline
internal import Records
internal import Vocabulary

/// What lies on the table in a round: recipes as they are now, as they were published, and what is to come of them.
struct PackageBench {
    /// One recipe.
    struct Item {
        /// As it stands on disk.
        var file: RecipeFile
        var row: FactoryRecords.RecipeRow
        /// A newer release that it shall be built from.
        var release: UpstreamRelease?
        /// Its text for that release, which takes the file's place once it was published.
        var candidate: (file: RecipeFile, text: [UInt8])?
        var isForced = false
        /// What failed in this round for a reason that may be gone in the next.
        var unlucky: Digest?

        /// What would be built.
        var current: RecipeFile { candidate?.file ?? file }
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
    var items: [PackageName: Item] = [:]
    var names: [PackageName] { items.keys.sorted() }

    init(_ files: [RecipeFile], records: FactoryRecords, forced: Set<String>) throws {
        self.records = records
        let rows = try records.recipes()
        for file in files {
            let name = file.recipe.name
            items[name] = Item(
                file: file, row: rows[name.text] ?? .init(), isForced: forced.contains(name.text))
        }
    }

    /// Remembers what recipes say of themselves, where that changed.
    mutating func summarize() throws {
        let graph = try planner().0
        for (place, node) in graph.nodes.enumerated() {
            guard let item = items[node.name] else { continue }
            let recipe = item.file.recipe
            let summary = RecipeSummary(
                description: recipe.packages[0].metadata.description, url: recipe.packages[0].metadata.url,
                licenses: recipe.copyrights.map(\.license), sources: item.file.facts.sources,
                dependents: graph.dependents[place].map { graph.nodes[$0].name },
                delta: try item.file.delta())
            guard summary != item.row.summary else { continue }
            var row = item.row
            row.summary = summary
            try store(row, of: node.name)
        }
    }

    /// What comes next, as everything stands now.
    func plan() throws -> Plan {
        let (graph, planner) = try planner()
        var plan = Plan()
        for (place, decision) in planner.plan() {
            let name = graph.nodes[place].name
            let packages = items[name]?.file.recipe.packages.map(\.metadata.name) ?? []
            switch decision {
            case .keep: continue
            case .build(let reasons):
                plan.next = plan.next ?? (name, self.reasons(reasons, for: name))
                plan.pending.formUnion(packages)
            case .wait: plan.pending.formUnion(packages)
            case .blocked(_, let inputs):
                let list = inputs.map(\.text).joined(separator: ", ")
                plan.stuck.append((name, "it waits for \(list), of which nothing could be published"))
            case .held(let reasons):
                guard items[name]?.unlucky == nil else { continue }
                let why = self.reasons(reasons, for: name).map(\.description).joined(separator: "; ")
                plan.stuck.append((name, "held, since the same attempt failed before (\(why))"))
            }
        }
        return plan
    }

    func attempt(of name: PackageName) throws -> Digest? {
        let (graph, planner) = try planner()
        return graph.place(of: name.text).flatMap { planner.attempt(at: $0) }
    }

    private func planner() throws -> (RecipeGraph, PackagePlanner) {
        let graph = RecipeGraph(
            names.compactMap { name in
                items[name].map { RecipeGraph.Node($0.current.recipe, built: $0.row.built) }
            })
        let standings = try items.mapValues { item in
            PackagePlanner.Standing(
                recipe: try item.current.identity(), built: item.row.built,
                inputs: item.row.inputs, failed: Set(item.row.failed).union(item.unlucky.map { [$0] } ?? []),
                isForced: item.isForced)
        }
        return (graph, PackagePlanner(graph, standings))
    }

    /// A recipe that changed because upstream released something says so.
    private func reasons(_ reasons: [PackageBuildReason], for name: PackageName) -> [PackageBuildReason] {
        guard let item = items[name], let release = item.release else { return reasons }
        return [.release(old: item.file.recipe.version, new: release.version)]
            + reasons.filter { $0 != .recipe }
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
