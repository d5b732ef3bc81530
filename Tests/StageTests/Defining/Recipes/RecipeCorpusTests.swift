// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestHouse
import Testing
import Vocabulary

@testable import Defining

/// Recipes and pipelines that people use, rather than what a test made up.
@Suite struct RecipeCorpusTests {
    /// Every recipe of Wolfi's that is here, with Wolfi's own pipelines, for both architectures: it is read, fits the schema,
    /// and what it is compiled to means the same.
    @Test(
        .enabled(if: SharedFixtures.areHere, "\(SharedFixtures.hint)"),
        arguments: [Architecture.amd64, .arm64])
    func wolfisRecipes(_ architecture: Architecture) throws {
        let folder = SharedFixtures.path("recipes/wolfi")
        let library = PipelineLibrary { name in
            let path = "\(folder)/pipelines/\(name).yaml"
            guard let data = FileManager.default.contents(atPath: path) else { return nil }
            return (path, Array(data))
        }
        let schema = JSONSchemaCheck(root: LanguageSchema.recipe)
        let reader = RecipeReader(library: library, architecture: architecture)
        var (count, steps) = (0, 0)
        for name in try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        where name.hasSuffix(".yaml") && !name.hasPrefix(".") {
            let bytes = Array(try #require(FileManager.default.contents(atPath: "\(folder)/\(name)")))
            do {
                let recipe = try reader.read(bytes, file: name).recipe
                count += 1
                steps += recipe.packages.reduce(0) { $0 + $1.steps.count + ($1.test?.steps.count ?? 0) }
                let compiled = try RecipeReader(architecture: architecture).read(recipe.yaml, file: name)
                    .recipe
                #expect(compiled.yaml == recipe.yaml, "\(name)")
                #expect(Self.bare(compiled) == Self.bare(recipe), "\(name)")
                guard architecture == .amd64 else { continue }
                let tree = try #require(try YAMLDocument(file: name).compose(bytes))
                #expect(schema.problems(tree.json).isEmpty, "\(name): \(schema.problems(tree.json))")
            } catch { Issue.record("\(error)") }
        }
        #expect(count == 306 && steps > 3_000, "\(count) recipes, \(steps) steps")
    }

    /// Without what only says where something stood.
    private static func bare(_ recipe: Recipe) -> Recipe {
        var recipe = recipe
        let nowhere = SourceLocation(file: "", line: 0, column: 0)
        func bare(_ steps: inout [Recipe.Step]) {
            for place in steps.indices {
                steps[place].location = nowhere
                steps[place].pipelines = []
            }
        }
        func bare(_ environment: inout ImageDefinition) {
            environment.digest = ContentHasher.digest(of: "")
            environment.contents.packages = environment.contents.packages.map {
                Located($0.value, at: nowhere)
            }
            environment.accounts = ImageDefinition.Accounts()
        }
        recipe.digest = ContentHasher.digest(of: "")
        bare(&recipe.environment)
        // Compiled, a patch is a script.
        recipe.patches = []
        for place in recipe.packages.indices {
            bare(&recipe.packages[place].steps)
            guard var test = recipe.packages[place].test else { continue }
            bare(&test.steps)
            bare(&test.environment)
            recipe.packages[place].test = test
        }
        return recipe
    }

    /// Slipway's own pipelines are read by the same reader as anybody's.
    @Test(arguments: PipelineLibrary.names.filter { PipelineLibrary.text(of: $0) != nil })
    func builtIn(_ name: String) throws {
        let text = try #require(PipelineLibrary.text(of: name))
        let root = try #require(try YAMLDocument(file: name).compose(Array(text.utf8)))
        var decoder = StrictDecoder()
        let decoded = decoder.fields(root, .pipeline)
        let fields = try #require(decoded)
        #expect(!decoder.list(fields["pipeline"], "pipeline").isEmpty && decoder.problems.isEmpty)
        let script = try Scratch()
        for step in decoder.list(fields["pipeline"], "pipeline") {
            guard let runs = decoder.fields(step, .step)?["runs"], let source = decoder.text(runs, "runs")
            else {
                continue
            }
            try script.write(Array(source.replacing("${{", with: "{").utf8), to: "script")
            try script.sh("sh -n script")
        }
    }
}
