// SPDX-License-Identifier: Apache-2.0

internal import Building
internal import Fetching
internal import Storage
internal import Vocabulary

/// Brings every source of a recipe, those of its tests too, before anything of it runs.
struct SourceRun {
    private let workshop: Workshop
    /// What sources were when this was built before: those of them that the store has are asked of nobody, and others must
    /// still be what they were.
    private let recorded: [BuildSource]

    init(_ workshop: Workshop, recorded: [BuildSource] = []) {
        self.workshop = workshop
        self.recorded = recorded
    }

    func sources(of file: RecipeFile) async throws -> StepRunner.Sources {
        let fetcher = RecipeFile.fetcher(workshop, suite: file.recipe.archiveSuite)
        var sources = StepRunner.Sources(store: workshop.packages)
        for step in file.recipe.allSteps {
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
        let known = recorded.first {
            $0.uri == fetch.address && !$0.isRepository && fetch.expected.accepts($0.digest)
        }
        if let known, workshop.packages.contains(known.digest) {
            sources.files[fetch] = known.digest
            return
        }
        workshop.report(.began(.fetch, fetch.address))
        let (source, diagnostics) = try await fetcher.fetch(fetch, beside: file.folder) {
            [report = workshop.report] bytes in
            report(.advanced(.fetch, done: bytes, total: 0))
        }
        workshop.report.report(diagnostics)
        workshop.report(.ended(.fetch, "\(fetch.address) \(source.digest)"))
        sources.files[fetch] = source.digest
        try Self.hold(source.digest, against: known, fetch.address)
    }

    private static func hold(_ digest: Digest, against known: BuildSource?, _ uri: String) throws {
        guard let known, known.digest != digest else { return }
        throw PipelineError.inputMissing(
            what: "the source \(uri)", digest: known.digest, tried: ["\(uri), which is \(digest) now"])
    }

    private func bring(
        _ checkout: Recipe.Checkout, _ fetcher: SourceFetcher, into sources: inout StepRunner.Sources
    ) async throws {
        guard sources.checkouts[checkout] == nil else { return }
        let known = recorded.first {
            $0.uri == checkout.address && $0.isRepository && $0.commit == checkout.commit
        }
        if let known, workshop.packages.contains(known.digest) {
            sources.checkouts[checkout] = known.digest
            return
        }
        workshop.report(.began(.fetch, checkout.address))
        let scratch = try TemporaryDirectory(in: workshop.directories.temporary)
        let (source, diagnostics) = try await fetcher.checkOut(
            checkout, cache: workshop.cache, scratch: scratch.path)
        workshop.report.report(diagnostics)
        workshop.report(.ended(.fetch, "\(checkout.address) \(source.digest)"))
        sources.checkouts[checkout] = source.digest
        // A commit says what a tree is, whatever made a tar of it.
        if checkout.commit == nil { try Self.hold(source.digest, against: known, checkout.address) }
    }
}

extension Recipe.Fetch.Digests {
    /// Whether a file of this digest may be what is expected.
    fileprivate func accepts(_ digest: Digest) -> Bool {
        if case .sha256(let expected) = self { expected == digest } else { true }
    }
}
