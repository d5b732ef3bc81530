// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import Pipeline
internal import Vocabulary

extension RecipeCommand {
    struct Delta: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show what recipes change in their upstream's releases, the oldest first.",
            discussion: """
                Every patch says in its header when it is from and where upstream stands to it (DEP-3: 'Last-Update',
                'Forwarded', 'Applied-Upstream', 'Origin'; or a mail as git writes it). Exit code 2 where one does not.

                EXAMPLES
                  slipway recipe delta Examples/recipes
                  slipway recipe delta recipes/*.yaml --json
                """)

        @OptionGroup var recipes: RecipesArgument
        @OptionGroup var compiling: CompilingOptions
        @OptionGroup var common: CommonOptions

        func run() async throws {
            let session = Session(common)
            try await session.run { workshop in
                let collection = try recipes.collection(compiling, session, workshop)
                let deltas = try collection.files.map { try $0.delta() }
                try session.show(deltas.filter { !$0.patches.isEmpty }) { Self.lines(deltas) }
                if !collection.failures.isEmpty { return .failure }
                return deltas.allSatisfy { $0.patches.allSatisfy(\.isExplained) } ? .success : .refused
            }
        }

        private static func lines(_ deltas: [RecipeDelta]) -> [String] {
            let patches = deltas.flatMap { delta in delta.patches.map { (delta, $0) } }
                .sorted { ($0.1.date ?? "", $0.0.recipe) < ($1.1.date ?? "", $1.0.recipe) }
            let patched = deltas.count { !$0.patches.isEmpty }
            let summary =
                "\(Figures.count(patches.count, "patch", "patches")) in \(patched) of \(Figures.count(deltas.count, "recipe"))"
            guard !patches.isEmpty else { return [summary] }
            var table = TextTable(["DATE", "RECIPE", "PATCH", "UPSTREAM"])
            for (delta, patch) in patches {
                table.add([
                    patch.date ?? "undated", "\(delta.recipe) \(delta.version)",
                    String(patch.name.prefix(48)),
                    patch.problem ?? patch.upstream ?? "it does not say",
                ])
            }
            return table.lines + [summary]
        }
    }
}
