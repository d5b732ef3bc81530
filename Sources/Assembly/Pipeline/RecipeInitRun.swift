// SPDX-License-Identifier: Apache-2.0

internal import Archives
internal import Defining
internal import Fetching
internal import Storage
package import Vocabulary

/// Writes a first recipe of a release: it is fetched, its digest written down, and how it is built guessed from the files
/// at its top.
package struct RecipeInitRun: Sendable {
    private let workshop: Workshop

    package init(_ workshop: Workshop) { self.workshop = workshop }

    /// What was found.
    package struct Outcome: Sendable, Codable {
        package var file: String
        package var digest: Digest
        package var buildSystem: String
    }

    /// Nothing is overwritten.
    /// - Throws: `FetchingError` where the release cannot be had; `PipelineError.definitionExists`; `DefinitionError`.
    package func begin(
        _ path: HostPath, name: PackageName, version: String, source: String, repositories: [String]
    ) async throws -> Outcome {
        guard try !HostDirectory.exists(path) else { throw PipelineError.definitionExists(path) }
        let workshop = workshop
        let suite = FirstRecipe.suite(of: repositories)
        let fetcher = RecipeFile.fetcher(workshop, suite: suite)
        let fetch = Recipe.Fetch(
            uri: Self.address(source, version), expected: .none, extracts: true, stripComponents: 1,
            directory: ".", deletes: false)
        workshop.report(.began(.fetch, fetch.address))
        let taken = try await fetcher.take(fetch, of: version, beside: RecipeFile.folder(of: path)) {
            [report = workshop.report] bytes in
            report(.advanced(.fetch, done: bytes, total: 0))
        }
        workshop.report.report(taken.diagnostics)
        let found = taken.source
        workshop.report(.ended(.fetch, "\(fetch.address) \(found.digest)"))
        let names = try await workshop.workers.run { try Self.top(of: found.digest, in: workshop.packages) }
        let recipe = FirstRecipe(
            name: name, version: version, source: source, digest: found.digest, buildSystem: .init(of: names),
            repositories: repositories)
        guard try AtomicFile.create(path, with: try recipe.text(for: path.text)) else {
            throw PipelineError.definitionExists(path)
        }
        return Outcome(file: path.text, digest: found.digest, buildSystem: recipe.buildSystem.rawValue)
    }

    /// A Python project's release is that of the recipe's version, as that of an archive's source package is.
    private static func address(_ source: String, _ version: String) -> String {
        source.hasPrefix("pypi:") && !source.contains("@") ? "\(source)@\(version)" : source
    }

    /// The names right below a release's one folder.
    private static func top(of digest: Digest, in store: ContentStore) throws -> Set<String> {
        let reader = try ArchiveOpener.open(store.reader(of: digest))
        var names: Set<String> = []
        while let entry = try reader.next() {
            let parts = entry.path.split(separator: "/").filter { $0 != "." }
            if parts.count == 2, entry.kind != .directory { names.insert(String(parts[1])) }
        }
        return names
    }
}
