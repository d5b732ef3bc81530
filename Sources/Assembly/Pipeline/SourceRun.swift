// SPDX-License-Identifier: Apache-2.0

internal import Building
internal import Fetching
internal import Storage
internal import Vocabulary

/// Brings every source of a recipe, those of its tests too, before anything of it runs.
struct SourceRun {
    private let workshop: Workshop

    init(_ workshop: Workshop) { self.workshop = workshop }

    func sources(of file: RecipeFile) async throws -> StepRunner.Sources {
        let fetcher = RecipeFile.fetcher(
            workshop, suite: file.recipe.environment.contents.sources.lazy.compactMap(\.value.suite).first)
        var sources = StepRunner.Sources(store: workshop.packages)
        for step in file.recipe.packages.flatMap({ $0.steps + ($0.test?.steps ?? []) }) {
            switch step.action {
            case .run: break
            case .fetch(let fetch): try await bring(fetch, file, fetcher, into: &sources)
            case .checkout(let checkout): try await bring(checkout, fetcher, into: &sources)
            }
        }
        return sources
    }

    private func bring(
        _ fetch: Recipe.Fetch, _ file: RecipeFile, _ fetcher: SourceFetcher,
        into sources: inout StepRunner.Sources
    ) async throws {
        guard sources.files[fetch] == nil else { return }
        workshop.report(.began(.fetch, fetch.uri))
        let (source, diagnostics) = try await fetcher.fetch(fetch, beside: file.folder) {
            [report = workshop.report] bytes in
            report(.advanced(.fetch, done: bytes, total: 0))
        }
        workshop.report.report(diagnostics)
        workshop.report(.ended(.fetch, "\(fetch.uri) \(source.digest)"))
        sources.files[fetch] = source.digest
    }

    private func bring(
        _ checkout: Recipe.Checkout, _ fetcher: SourceFetcher, into sources: inout StepRunner.Sources
    ) async throws {
        guard sources.checkouts[checkout] == nil else { return }
        workshop.report(.began(.fetch, checkout.repository))
        let scratch = try TemporaryDirectory(in: workshop.directories.temporary)
        let (source, diagnostics) = try await fetcher.checkOut(
            checkout, cache: workshop.cache, scratch: scratch.path)
        workshop.report.report(diagnostics)
        workshop.report(.ended(.fetch, "\(checkout.repository) \(source.digest)"))
        sources.checkouts[checkout] = source.digest
    }
}
