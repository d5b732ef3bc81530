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
        let attempt = bench.attempt(of: name)
        var record = PackageBuildRecord(
            recipe: name.text, version: item.current.file.recipe.fullVersion, started: started,
            finished: started,
            outcome: .published, reasons: reasons, release: item.release ?? item.adopted?.release,
            packages: [], log: nil, message: "")
        do {
            let reading = try prepared(item, because: reasons)
            let file = reading.file
            record.version = file.recipe.fullVersion
            record.log = file.recipe.logPath
            let outcome = try await RecipeBuildRun(workshop, log: log).build(file, order)
            // The file changes after what it says was published, and before that is remembered.
            try rememberAdoption(of: reading, for: record, &bench)
            try adopt(reading, inPlaceOf: item.written)
            try finish(item, reading, outcome, &record, &bench)
            return Result(recipe: name.text, decision: record.message, record: record)
        } catch {
            try RoundStop.rethrow(error)
            return try fail(item, attempt, error, &record, &bench)
        }
    }

    /// Remembers why the file changes: who is killed before the end is remembered leaves nothing else that says so.
    private func rememberAdoption(
        of reading: PackageBench.Reading, for record: PackageBuildRecord, _ bench: inout PackageBench
    ) throws {
        let name = reading.file.recipe.name
        guard reading.text != nil, var row = bench.items[name]?.row else { return }
        row.adopting = PackageAdoption(
            recipe: reading.identity, reasons: record.reasons, release: record.release)
        try bench.store(row, of: name)
    }

    /// What somebody wrote into the file while it was built stays, and is built in the next round.
    private func adopt(_ reading: PackageBench.Reading, inPlaceOf written: PackageBench.Reading) throws {
        guard let text = reading.text else { return }
        let path = reading.file.path
        guard try written.file.isAsRead() else {
            workshop.report.report([
                Diagnostic(
                    .warning, .recipeChangedMeanwhile,
                    "it was changed while \(reading.file.recipe.fullVersion) was built from another text; the file stays as it is",
                    at: SourceLocation(file: path.text, line: 1, column: 1))
            ])
            return
        }
        try AtomicFile.replace(path, with: text)
    }

    var order: RecipeBuildRun.Order {
        var order = RecipeBuildRun.Order(output: plan.place(packages.repository), forms: forms)
        order.provenanceKey = provenanceKey
        order.options.ignoreLock = true
        return order
    }

    /// The recipe as it is built, and the text that the file gets for it: that of a new release, or that of another build of
    /// the version that is published.
    private func prepared(
        _ item: PackageBench.Item, because reasons: [PackageBuildReason]
    ) throws -> PackageBench.Reading {
        if let candidate = item.candidate { return candidate }
        let isOther = reasons.contains { reason in
            switch reason {
            case .recipe, .library, .staticInput: true
            case .first, .release, .request: false
            }
        }
        let file = item.written.file
        guard isOther, item.row.built?.version == file.recipe.fullVersion else { return item.written }
        let (raised, text) = try bumping.withRaisedEpoch(file.path)
        return try PackageBench.Reading(raised, text: text)
    }

    private func finish(
        _ item: PackageBench.Item, _ reading: PackageBench.Reading, _ outcome: RecipeBuildRun.Outcome,
        _ record: inout PackageBuildRecord,
        _ bench: inout PackageBench
    ) throws {
        let name = reading.file.recipe.name
        let before = item.row.built
        record.finished = workshop.now()
        record.packages = outcome.published
        record.outcome = before?.packages == outcome.published ? .unchanged : .published
        record.message =
            "\(record.outcome.rawValue): \(record.reasons.map(\.description).joined(separator: "; "))"
        var linked: [String: PackageName] = [:]
        for library in outcome.neededLibraries { linked[library] = bench.provider(of: library) }
        var row = item.row
        (row.failed, row.inputs, row.adopting) = ([], outcome.staticInputs, nil)
        row.built = PackageBuildState(
            recipe: reading.identity, version: reading.file.recipe.fullVersion, packages: outcome.published,
            offeredLibraries: outcome.offeredLibraries, linkedLibraries: linked,
            staticInputs: outcome.staticInputs,
            published: record.outcome == .unchanged ? before?.published ?? record.finished : record.finished)
        try bench.store(row, of: name, build: record)
        bench.items[name]?.written = reading
        bench.items[name]?.candidate = nil
        bench.items[name]?.release = nil
        bench.items[name]?.adopted = nil
        bench.items[name]?.isForced = false
    }

    /// A recipe that cannot be built as it is stays held until something differs; what may be gone in the next round (a
    /// mirror that does not answer) is tried again then. The same failure is recorded once.
    private func fail(
        _ item: PackageBench.Item, _ attempt: Digest?, _ error: any Error, _ record: inout PackageBuildRecord,
        _ bench: inout PackageBench
    ) throws -> Result {
        let name = item.written.file.recipe.name
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
            bench.dropCandidatesThatFailed()
        } else {
            bench.items[name]?.unlucky = attempt
        }
        return Result(
            recipe: name.text, decision: "failed: \(error)", record: record, isUndecided: !isVerdict)
    }
}

extension Diagnostic.Code {
    static let recipeChangedMeanwhile = Self(rawValue: "recipe-changed-meanwhile")
}
