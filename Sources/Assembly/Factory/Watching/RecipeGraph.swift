// SPDX-License-Identifier: Apache-2.0

package import Vocabulary

/// Which recipes are built with what other recipes make: a graph with its cycles, inputs before dependents.
package struct RecipeGraph: Sendable {
    /// One recipe, by the names that tie it to others.
    package struct Node: Sendable, Equatable {
        package var name: PackageName
        package var version: String
        /// What it makes, and the further names that goes by.
        package var offers: [String]
        /// What it asks for.
        package var needs: [Recipe.Need]

        package init(name: PackageName, version: String, offers: [String], needs: [Recipe.Need]) {
            self.name = name
            self.version = version
            self.offers = offers
            self.needs = needs
        }
    }

    /// One recipe's need that another one fills.
    package struct Edge: Sendable, Hashable {
        /// The place of the other recipe in `nodes`.
        package var input: Int
        package var kinds: Set<Recipe.Need.Kind>
    }

    /// By name.
    package let nodes: [Node]
    /// Of each node, its inputs in the order of `nodes`.
    package let inputs: [[Edge]]
    /// Of each node, who has it as an input, in the order of `nodes`.
    package let dependents: [[Int]]
    /// Nodes that need each other stand together; every input comes before its dependents.
    package let components: [[Int]]
    /// The place of each node's component.
    package let componentOf: [Int]

    /// - Parameter nodes: of recipes with the same name the last one counts, and of those who offer the same name the one
    ///   that is called so, else the first.
    package init(_ nodes: [Node]) {
        let named = Dictionary(nodes.map { ($0.name, $0) }, uniquingKeysWith: { $1 })
        let nodes = named.values.sorted { $0.name < $1.name }
        var places: [String: Int] = [:]
        for (place, node) in nodes.enumerated() { places[node.name.text] = place }
        for (place, node) in nodes.enumerated() {
            for name in node.offers where places[name] == nil { places[name] = place }
        }
        var inputs: [[Edge]] = []
        var dependents: [[Int]] = Array(repeating: [], count: nodes.count)
        for (place, node) in nodes.enumerated() {
            var kinds: [Int: Set<Recipe.Need.Kind>] = [:]
            for need in node.needs {
                guard let input = places[need.name], input != place else { continue }
                kinds[input, default: []].insert(need.kind)
            }
            let edges = kinds.sorted { $0.key < $1.key }.map { Edge(input: $0.key, kinds: $0.value) }
            for edge in edges { dependents[edge.input].append(place) }
            inputs.append(edges)
        }
        self.nodes = nodes
        self.inputs = inputs
        self.dependents = dependents
        var search = ComponentSearch(inputs.map { $0.map(\.input) })
        components = search.run()
        var componentOf = Array(repeating: 0, count: nodes.count)
        for (number, component) in components.enumerated() {
            for place in component { componentOf[place] = number }
        }
        self.componentOf = componentOf
    }

    package var edgeCount: Int { inputs.reduce(0) { $0 + $1.count } }

    /// Components of more than one recipe.
    package var cycles: [[Int]] { components.filter { $0.count > 1 } }

    /// The place of the recipe, or of the one that makes the package of this name.
    package func place(of name: String) -> Int? {
        nodes.firstIndex { $0.name.text == name } ?? nodes.firstIndex { $0.offers.contains(name) }
    }

    /// Everything that is built with it, directly or not, in the order of `nodes`.
    package func closure(of place: Int) -> [Int] { reached(from: place) { dependents[$0] } }

    /// The recipe with everything that it is built with and everything that is built with it, directly or not.
    package func around(_ place: Int) -> RecipeGraph {
        let inputs = reached(from: place) { self.inputs[$0].map(\.input) }
        return RecipeGraph(([place] + inputs + closure(of: place)).map { nodes[$0] })
    }

    /// Without the place itself.
    private func reached(from place: Int, by next: (Int) -> [Int]) -> [Int] {
        var seen: Set<Int> = []
        var open = next(place)
        while let other = open.popLast() {
            if seen.insert(other).inserted { open += next(other) }
        }
        seen.remove(place)
        return seen.sorted()
    }

    /// How many steps each node is from those that need nothing: members of a cycle are equally far.
    package var levels: [Int] {
        var levels = Array(repeating: 0, count: nodes.count)
        for (number, component) in components.enumerated() {
            let below = component.flatMap { place in inputs[place].map(\.input) }.filter {
                componentOf[$0] != number
            }
            let level = (below.map { levels[$0] }.max() ?? -1) + 1
            for place in component { levels[place] = level }
        }
        return levels
    }
}

/// Strongly connected components (Tarjan 1972), with a stack of its own: a chain of recipes may be long.
private struct ComponentSearch {
    private let edges: [[Int]]
    private var numbers: [Int]
    private var lowest: [Int]
    private var isOnStack: [Bool]
    private var stack: [Int] = []
    private var count = 0
    private var components: [[Int]] = []

    init(_ edges: [[Int]]) {
        self.edges = edges
        numbers = Array(repeating: -1, count: edges.count)
        lowest = numbers
        isOnStack = Array(repeating: false, count: edges.count)
    }

    /// What edges lead to comes first.
    mutating func run() -> [[Int]] {
        for start in edges.indices where numbers[start] < 0 { search(from: start) }
        return components
    }

    private mutating func search(from start: Int) {
        var path: [(node: Int, next: Int)] = [(start, 0)]
        enter(start)
        while let (node, next) = path.last {
            guard next < edges[node].count else {
                path.removeLast()
                if let parent = path.last?.node { lowest[parent] = min(lowest[parent], lowest[node]) }
                if lowest[node] == numbers[node] { close(node) }
                continue
            }
            path[path.count - 1].next += 1
            let target = edges[node][next]
            if numbers[target] < 0 {
                enter(target)
                path.append((target, 0))
            } else if isOnStack[target] {
                lowest[node] = min(lowest[node], numbers[target])
            }
        }
    }

    private mutating func enter(_ node: Int) {
        (numbers[node], lowest[node], isOnStack[node]) = (count, count, true)
        count += 1
        stack.append(node)
    }

    private mutating func close(_ root: Int) {
        var component: [Int] = []
        while let node = stack.popLast() {
            isOnStack[node] = false
            component.append(node)
            if node == root { break }
        }
        components.append(component.sorted())
    }
}
