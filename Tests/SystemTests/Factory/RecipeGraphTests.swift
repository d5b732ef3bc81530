// SPDX-License-Identifier: Apache-2.0
import Factory
import Pipeline
import TestHouse
import Testing
import Vocabulary

/// Recipes by their names alone: `a: b c` is built with b and c.
struct RecipeWorld {
    static func node(_ name: String, _ needs: [String], offers: [String] = [], version: String = "1-r0")
        throws -> RecipeGraph.Node
    {
        RecipeGraph.Node(
            name: try #require(PackageName(name)), version: version, offers: [name] + offers,
            needs: needs.map { Recipe.Need($0, .build) })
    }

    static func graph(_ text: String) throws -> RecipeGraph {
        RecipeGraph(
            try text.split(separator: "\n").map { line in
                let parts = line.split(separator: ":", maxSplits: 1)
                return try node(
                    String(parts[0]), (parts.count > 1 ? parts[1] : "").split(separator: " ").map(String.init)
                )
            })
    }
}

@Suite struct RecipeGraphTests {
    private static func names(_ graph: RecipeGraph, _ places: [Int]) -> String {
        places.map { graph.nodes[$0].name.text }.joined(separator: " ")
    }

    @Test(arguments: [
        ("a chain", "c: b\nb: a\na:", "a | b | c"),
        ("two ends", "d: b c\nc: a\nb: a\na:", "a | b | c | d"),
        ("a cycle below", "c: b\nb: a\na: b", "a b | c"),
        ("a cycle above", "a:\nb: a c\nc: b", "a | b c"),
        ("itself", "a: a", "a"),
        ("a name that nobody makes", "a: gcc", "a"),
    ])
    func inputsComeFirst(name: String, text: String, expected: String) throws {
        let graph = try RecipeWorld.graph(text)
        #expect(
            graph.components.map { Self.names(graph, $0) }.joined(separator: " | ") == expected, "\(name)")
    }

    @Test func whoIsCalledSoGoesBeforeWhoOffersTheName() throws {
        let graph = RecipeGraph([
            try RecipeWorld.node("app", ["libz"]), try RecipeWorld.node("alternative", [], offers: ["libz"]),
            try RecipeWorld.node("libz", []),
        ])
        let app = try #require(graph.place(of: "app"))
        #expect(graph.inputs[app].map { graph.nodes[$0.input].name.text } == ["libz"])
    }

    @Test(arguments: [
        ("above and below", "d: b\nc: b\nb: a\na:\nx: a\ny:", "b", "a b c d"),
        ("a cycle whole", "c: b\nb: a\na: b", "c", "a b c"), ("alone", "a:\nb:", "a", "a"),
    ])
    func whatHangsTogetherWithOne(name: String, text: String, recipe: String, expected: String) throws {
        let graph = try RecipeWorld.graph(text)
        let around = graph.around(try #require(graph.place(of: recipe)))
        #expect(around.nodes.map(\.name.text).joined(separator: " ") == expected, "\(name)")
    }

    @Test func aChainOfTenThousandOverflowsNoStack() throws {
        let nodes = try (0..<10_000).map { number in
            try RecipeWorld.node("p\(number)", number == 0 ? [] : ["p\(number - 1)"])
        }
        let graph = RecipeGraph(nodes)
        #expect(graph.components.count == 10_000)
        #expect(graph.levels.max() == 9_999)
    }

    /// Beside what reaches what, worked out by brute force.
    @Test func randomGraphsAgreeWithReachability() throws {
        var random = SmallRandom(seed: 5)
        for _ in 0..<300 {
            let count = 1 + random.below(9)
            let edges = (0..<random.below(20)).map { _ in (random.below(count), random.below(count)) }
            let graph = RecipeGraph(
                try (0..<count).map { place in
                    try RecipeWorld.node(
                        "p\(place)", edges.filter { $0.0 == place }.map { "p\($0.1)" })
                })
            var reaches = (0..<count).map { from in (0..<count).map { from == $0 } }
            for (from, to) in edges { reaches[from][to] = true }
            for middle in 0..<count {
                for from in 0..<count where reaches[from][middle] {
                    for to in 0..<count where reaches[middle][to] { reaches[from][to] = true }
                }
            }
            #expect(graph.components.flatMap(\.self).sorted() == Array(0..<count))
            for (a, b) in (0..<count).flatMap({ a in (0..<count).map { (a, $0) } }) {
                let together = graph.componentOf[a] == graph.componentOf[b]
                #expect(together == (reaches[a][b] && reaches[b][a]))
                if reaches[a][b], !together { #expect(graph.componentOf[b] < graph.componentOf[a]) }
                #expect(graph.closure(of: b).contains(a) == (a != b && reaches[a][b]))
            }
        }
    }
}

@Suite struct RecipeNeedsTests {
    @Test("what an image of another family asks for is another distribution's, whatever it is called")
    func families() throws {
        let scratch = try Scratch()
        let recipe = """
            package: {name: app, version: "1.0", epoch: 0, description: x, dependencies: {runtime: [zlib]}}
            environment: {contents: {repositories: [deb system trixie main], packages: [python3, musl-dev]}}
            sysroot: {contents: {packages: [musl-dev]}}
            pipeline: [{runs: make}]
            """
        try scratch.write(Array(recipe.utf8), to: "app.yaml")
        let file = try RecipeFile(HostPath("\(scratch.path)/app.yaml"), architecture: .amd64)
        let apk = RecipeGraph.Node(file.recipe, making: [.alpine])
        #expect(apk.needs == [.init("musl-dev", .build), .init("zlib", .runtime)])
        let deb = RecipeGraph.Node(
            file.recipe, making: [.debian])
        #expect(deb.needs.map(\.name) == ["python3", "musl-dev", "musl-dev", "zlib"])
    }
}
