// SPDX-License-Identifier: Apache-2.0

internal import Pipeline
internal import Records
internal import Storage
internal import Vocabulary

extension PackageRound {
    /// Failed attempts that are remembered of a recipe.
    private static let attemptLimit = 16

    /// Builds, tries and publishes one recipe. What fails leaves everything that is published as it was, and is remembered
    /// with the reason.
    func build(
        _ name: PackageName, because reasons: [PackageBuildReason], _ bench: inout PackageBench
    ) async throws -> Result {
        guard let item = bench.items[name] else { return Result(recipe: name.text, decision: "it is gone") }
        let started = workshop.now()
        let attempt = try bench.attempt(of: name)
        var record = PackageBuildRecord(
            recipe: name.text, version: item.current.recipe.fullVersion, started: started, finished: started,
            outcome: .published, reasons: reasons, release: item.release, packages: [], log: nil, message: "")
        do {
            let (file, text) = try await prepared(item, because: reasons)
            record.version = file.recipe.fullVersion
            record.log = file.recipe.logPath
            let outcome = try await RecipeBuildRun(workshop, log: log).build(file, order)
            let ties = try await PackageTies(outcome, workshop)
            // The file changes after what it says was published, and before that is remembered.
            if let text { try AtomicFile.replace(file.path, with: text) }
            try finish(item, file, ties, &record, &bench)
            return Result(recipe: name.text, decision: record.message, record: record)
        } catch is CancellationError {
            throw CancellationError()
        } catch let error as RecordsError {
            throw error
        } catch {
            return try fail(item, attempt, error, &record, &bench)
        }
    }

    var order: RecipeBuildRun.Order {
        var order = RecipeBuildRun.Order(output: place(packages.repository), forms: [.apk(signing)])
        order.options.ignoreLock = true
        return order
    }

    /// The recipe as it is built, and the text that the file gets for it: that of a new release, or that of another build of
    /// the version that is published.
    private func prepared(
        _ item: PackageBench.Item, because reasons: [PackageBuildReason]
    ) async throws -> (RecipeFile, [UInt8]?) {
        if let candidate = item.candidate { return (candidate.file, candidate.text) }
        let isOther = reasons.contains { reason in
            switch reason {
            case .recipe, .library, .staticInput: true
            case .first, .release, .request: false
            }
        }
        guard isOther, item.row.built?.version == item.file.recipe.fullVersion else {
            return (item.file, nil)
        }
        let (file, text) = try bumping.withRaisedEpoch(item.file.path)
        return (file, text)
    }

    private func finish(
        _ item: PackageBench.Item, _ file: RecipeFile, _ ties: PackageTies,
        _ record: inout PackageBuildRecord,
        _ bench: inout PackageBench
    ) throws {
        let name = file.recipe.name
        let before = item.row.built
        record.finished = workshop.now()
        record.packages = ties.packages
        record.outcome = before?.packages == ties.packages ? .unchanged : .published
        record.message =
            "\(record.outcome.rawValue): \(record.reasons.map(\.description).joined(separator: "; "))"
        var linked: [String: PackageName] = [:]
        for library in ties.neededLibraries { linked[library] = bench.provider(of: library) }
        var row = item.row
        (row.failed, row.inputs) = ([], ties.staticInputs)
        row.built = PackageBuildState(
            recipe: try file.identity(), version: file.recipe.fullVersion, packages: ties.packages,
            offeredLibraries: ties.offeredLibraries, linkedLibraries: linked,
            staticInputs: ties.staticInputs,
            published: record.outcome == .unchanged ? before?.published ?? record.finished : record.finished)
        try bench.store(row, of: name, build: record)
        bench.items[name]?.file = file
        bench.items[name]?.candidate = nil
        bench.items[name]?.release = nil
        bench.items[name]?.isForced = false
    }

    /// A recipe that cannot be built as it is stays held until something differs; what may be gone in the next round (a
    /// mirror that does not answer) is tried again then. The same failure is recorded once.
    private func fail(
        _ item: PackageBench.Item, _ attempt: Digest?, _ error: any Error, _ record: inout PackageBuildRecord,
        _ bench: inout PackageBench
    ) throws -> Result {
        let name = item.file.recipe.name
        record.finished = workshop.now()
        record.outcome = .failed
        record.message = "\(error)"
        var row = item.row
        let isVerdict = RecipeBuildRun.isVerdict(error)
        if isVerdict, let attempt { row.failed = row.failed.suffix(Self.attemptLimit - 1) + [attempt] }
        let last = try bench.builds(of: name, limit: 1).first
        let isKnown =
            last?.outcome == .failed && last?.message == record.message && last?.version == record.version
        try bench.store(row, of: name, build: isKnown ? nil : record)
        bench.items[name]?.isForced = false
        if item.candidate != nil, isVerdict {
            try bench.dropCandidatesThatFailed()
        } else {
            bench.items[name]?.unlucky = attempt
        }
        return Result(recipe: name.text, decision: "failed: \(error)", record: record)
    }
}
