// SPDX-License-Identifier: Apache-2.0

internal import CatalogSite
internal import Factory
internal import Vocabulary

/// A graph of recipes as it is shown.
struct RecipeGraphView: Encodable {
    struct Recipe: Encodable {
        struct Input: Encodable {
            var recipe: String
            var kinds: [String]
        }
        var name: String
        var version: String
        /// Distance from recipes that need no other one.
        var level: Int
        var inputs: [Input]
        var dependents: [String]
    }

    var recipes: [Recipe]
    /// Recipes that need each other.
    var cycles: [[String]]
    private let graph: RecipeGraph

    private enum CodingKeys: CodingKey { case recipes, cycles }

    init(_ graph: RecipeGraph) {
        self.graph = graph
        let levels = graph.levels
        func name(_ place: Int) -> String { graph.nodes[place].name.text }
        recipes = graph.components.flatMap(\.self).map { place in
            Recipe(
                name: name(place), version: graph.nodes[place].version, level: levels[place],
                inputs: graph.inputs[place].map { edge in
                    Recipe.Input(recipe: name(edge.input), kinds: edge.kinds.map(\.rawValue).sorted())
                }, dependents: graph.dependents[place].map(name))
        }
        cycles = graph.cycles.map { $0.map(name) }
    }

    /// In the order in which they are built.
    var lines: [String] {
        var lines = recipes.map { recipe in
            let inputs = recipe.inputs.map { input in
                input.kinds.contains("build")
                    ? input.recipe : "\(input.recipe) (\(input.kinds.joined(separator: ", ")))"
            }
            return "\(recipe.name) \(recipe.version)"
                + (inputs.isEmpty ? "" : " ← \(inputs.joined(separator: ", "))")
        }
        lines += cycles.map {
            "cycle: \($0.joined(separator: ", ")); each is built with what is published of the others"
        }
        return lines
    }

    var svg: [UInt8] {
        let levels = graph.levels
        let boxes = graph.nodes.enumerated().map { place, node in
            GraphDrawing.Box(
                title: node.name.text, subtitle: node.version, level: levels[place],
                group: graph.components[graph.componentOf[place]].count > 1 ? graph.componentOf[place] : nil)
        }
        let lines = graph.inputs.enumerated().flatMap { place, edges in
            edges.map { GraphDrawing.Line(from: $0.input, to: place, isDashed: !$0.kinds.contains(.build)) }
        }
        return GraphDrawing(boxes, lines).svg
    }
}

/// What hangs together with one recipe.
struct RecipeWhyView: Encodable {
    var recipe: String
    var version: String
    /// What it is built with, tested with and needs.
    var inputs: [RecipeGraphView.Recipe.Input]
    var dependents: [String]
    /// All that is built with it, directly or not.
    var closure: [String]
    var cycle: [String]

    init(_ graph: RecipeGraph, _ place: Int) {
        func name(_ place: Int) -> String { graph.nodes[place].name.text }
        recipe = name(place)
        version = graph.nodes[place].version
        inputs = graph.inputs[place].map { edge in
            .init(recipe: name(edge.input), kinds: edge.kinds.map(\.rawValue).sorted())
        }
        dependents = graph.dependents[place].map(name)
        closure = graph.closure(of: place).map(name)
        let component = graph.components[graph.componentOf[place]]
        cycle = component.count > 1 ? component.map(name) : []
    }

    var lines: [String] {
        var lines = ["\(recipe) \(version)"]
        lines += inputs.map { "  needs      \($0.recipe) (\($0.kinds.joined(separator: ", ")))" }
        lines += dependents.map { "  needed by  \($0)" }
        let further = closure.filter { !dependents.contains($0) }
        if !further.isEmpty { lines.append("  through them: \(further.joined(separator: ", "))") }
        if !cycle.isEmpty { lines.append("  in a cycle: \(cycle.joined(separator: ", "))") }
        if !dependents.isEmpty {
            lines.append(
                "  of these are built again: those linked with a library of its whose soname moves, and those in whose files it is"
            )
        }
        return lines
    }
}
