// SPDX-License-Identifier: Apache-2.0

import Defining
import Storage
import TestHouse
import Testing
import Vocabulary

/// The definitions in Examples say what their readers should write themselves.
@Suite struct ExampleDefinitionTests {
    private static let examples = sourceRoot + "/Examples"
    private static let all: [String] =
        ["wolfi", "apk", "musl", "glibc"].flatMap { folder in
            let names = (try? HostDirectory.names(in: HostPath("\(examples)/\(folder)"))) ?? []
            return names.filter { $0.hasSuffix(".yaml") && $0 != "factory.yaml" }.map { "\(folder)/\($0)" }
        }

    @Test func theyAreThere() { #expect(Self.all.count >= 15) }

    @Test("every one decodes, and warns of nothing but root where root is meant", arguments: all)
    func decodes(name: String) throws {
        let path = HostPath("\(Self.examples)/\(name)")
        let text = try DefinitionReader().read(try HostDirectory.read(path), file: name)
        let isRoot = ["wolfi/go.yaml", "apk/programs.yaml"].contains(name)
        #expect(text.diagnostics.map(\.message).filter { !(isRoot && $0.contains("root")) } == [])
        #expect(!text.definition.contents.packages.isEmpty)
        // No example names a host that exists.
        let words = String(decoding: try HostDirectory.read(path), as: UTF8.self).split(separator: "/")
        for (slashes, host) in zip(words, words.dropFirst()) where slashes.hasSuffix("https:") {
            #expect(host.hasSuffix("example.org"), "\(host)")
        }
    }

    private static let recipes: [String] = ["", "debian/"].flatMap { folder in
        let names = (try? HostDirectory.names(in: HostPath("\(examples)/recipes/\(folder)"))) ?? []
        return names.filter { $0.hasSuffix(".yaml") }.sorted().map { folder + $0 }
    }

    @Test("every recipe compiles and warns of nothing, is pinned, tried and watched", arguments: recipes)
    func compiles(name: String) throws {
        let text = try HostDirectory.read(HostPath("\(Self.examples)/recipes/\(name)"))
        let library = PipelineLibrary { _ in nil }
        let (recipe, diagnostics) = try RecipeReader(library: library, architecture: .amd64, options: [])
            .read(text, file: name)
        #expect(diagnostics.map(\.message) == [])
        #expect(name.hasSuffix("\(recipe.name).yaml") && !recipe.copyrights.isEmpty && recipe.update != nil)
        #expect(recipe.packages.allSatisfy { !$0.metadata.description.isEmpty })
        #expect(recipe.packages[0].test?.steps.isEmpty == false)
        for step in recipe.packages.flatMap(\.steps) {
            guard case .fetch(let fetch) = step.action else { continue }
            guard case .sha256 = fetch.expected else {
                Issue.record("\(fetch.uri) is not pinned")
                continue
            }
        }
    }

    /// What it has built is written down by a program in slipway's place; no key is made.
    @Test(.enabled(if: Tool.exists("bash"), "needs bash")) func theScriptBuildsEveryRecipeOnce() throws {
        let scratch = try Scratch()
        try scratch.sh(
            """
            mkdir bin; ln -s /bin/true bin/gpg; ln -s /bin/true bin/gpgconf
            printf '#!/bin/sh\\n[ "$1 $2" != "recipe build" ] || echo "$3" >>%s/built\\n' "$PWD" >bin/slipway
            chmod +x bin/slipway; PATH=$PWD/bin:$PATH
            SLIPWAY=slipway WITHOUT_IMAGES=1 '\(sourceRoot)/Scripts/recipes.sh' all
            """)
        let built = String(decoding: try scratch.read("built"), as: UTF8.self).split(separator: "\n")
        #expect(Self.recipes.count >= 21)
        #expect(built.sorted() == Self.recipes.map { "\(Self.examples)/recipes/\($0)" }.sorted())
    }
}
