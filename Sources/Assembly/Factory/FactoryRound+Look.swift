// SPDX-License-Identifier: Apache-2.0

internal import Pipeline
internal import Records
internal import Vocabulary

extension FactoryRound {
    /// One image: look, decide, act, remember.
    func look(at entry: FactoryConfiguration.Image, isForced: (String) -> Bool) async throws -> Result {
        let path = HostPath(entry.definition).resolved(against: HostPath(configuration.file).parent)
        let file: DefinitionFile
        do {
            file = try DefinitionFile(path, store: pipeline.workshop.packages)
        } catch {
            return Result(
                image: path.text, decision: "its definition cannot be read: \(error)", isUndecided: true)
        }
        let image = file.definition.name
        let awaited = pending.among(file.definition.contents.packages.map(\.value.name))
        guard awaited.isEmpty else {
            let names = awaited.map(\.text).joined(separator: ", ")
            return Result(image: image, decision: "it waits for \(names), still to be built")
        }
        let source = try state.records.source(of: image)
        let changed: [String]
        do {
            changed = try await pipeline.changedSuites(since: source?.repositories ?? [])
        } catch {
            try RoundStop.rethrow(error)
            return Result(
                image: image, decision: "its repositories do not answer: \(error)", isUndecided: true)
        }
        let look =
            isForced(image)
            ? LookPlanner.Look.resolve("it was asked for")
            : LookPlanner().look(
                source: source, changed: changed, definition: try file.digest(), tool: Slipway.composition)
        do {
            switch look {
            case .skip:
                if let stale = stale(source) {
                    return Result(image: image, decision: stale, isUndecided: true)
                }
                return Result(image: image, decision: "nothing changed")
            case .compare(let reason):
                return try await compare(file, entry, source, because: reason)
            case .resolve(let reason):
                let snapshots = try await pipeline.snapshots(of: file, Self.options)
                return try await decide(file, entry, source, snapshots, because: reason)
            }
        } catch {
            try RoundStop.rethrow(error)
            return try fail(image, RebuildCause(trigger: .repository, repositories: [], packages: []), error)
        }
    }

    /// That nothing changed can also mean that a mirror holds updates back: a release says how long it may be believed,
    /// and only a look at a new one would ask again. Lines whose checks this machine's owner turned off are left out.
    private func stale(_ source: SourceState?) -> String? {
        let now = pipeline.workshop.now()
        for repository in source?.repositories ?? [] where repository.relaxations.isEmpty {
            let ends = repository.signedFiles.compactMap(\.validUntil)
            guard let end = ends.min(), end < now else { continue }
            return
                "'\(repository.line)' was valid until \(end) and serves nothing newer: the mirror is stale or "
                + "holds updates back. Name another mirror in contents.repositories, or set this machine's clock"
        }
        return nil
    }

    private static var options: BuildOptions {
        var options = BuildOptions()
        options.ignoreLock = true
        return options
    }

    /// Most changes of a repository are of packages that the image has nothing to do with: then nothing is resolved.
    private func compare(
        _ file: DefinitionFile, _ entry: FactoryConfiguration.Image, _ source: SourceState?,
        because reason: String
    ) async throws -> Result {
        let snapshots = try await pipeline.snapshots(of: file, Self.options)
        guard let source,
            !LookPlanner().canDiffer(
                source, names: try await pipeline.changedNames(in: snapshots, since: source.repositories))
        else { return try await decide(file, entry, source, snapshots, because: reason) }
        var seen = source
        seen.repositories = snapshots.map(\.witness)
        try state.records.store(.init(source: seen), of: file.definition.name)
        return Result(
            image: file.definition.name, decision: "\(reason), in nothing that the image could hold")
    }

    private func decide(
        _ file: DefinitionFile, _ entry: FactoryConfiguration.Image, _ source: SourceState?,
        _ snapshots: [RepositorySnapshot], because reason: String
    ) async throws -> Result {
        let image = file.definition.name
        let published = try state.records.newest(of: image, with: [.published, .held])?.lock
        let resolution = try await pipeline.resolution(
            of: file, Self.options, from: snapshots, published: published)
        let sources = SourceState(
            repositories: resolution.lock.witness.repositories, definition: try file.digest(),
            tool: Slipway.composition, consulted: resolution.consulted)
        let standing = RebuildPlanner.Standing(
            published: published, source: source,
            refused: try state.records.newest(of: image, with: [.refused])?.lock)
        let family = resolution.lock.content.architectures.first?.family
        let decision = RebuildPlanner(
            isLower: { new, old in family?.isLower(new, than: old) ?? false }
        ).decide(
            standing, resolution: resolution.lock.content, sources: sources,
            repositories: resolution.lock.witness.repositories)
        switch decision {
        case .keep(let why):
            try state.records.store(.init(source: sources), of: image)
            return Result(image: image, decision: why)
        case .refuse(let cause, let lowered):
            let names = lowered.map { "\($0.name) \($0.old ?? "?") → \($0.new ?? "?")" }.joined(
                separator: ", ")
            return try refuse(
                image, cause, resolution.lock.content, sources,
                "the repositories offer lower versions than are published: \(names)")
        case .rebuild(var cause):
            cause.builds = try builds(behind: cause.packages)
            return try await rebuild(file, entry, resolution.lock, cause, sources, because: reason)
        }
    }

    /// Of packages that differ, those that this factory built, with what set their builds off; nil for none.
    private func builds(behind changes: [PackageChange]) throws -> [RebuildCause.PackageBuild]? {
        var builds: [RebuildCause.PackageBuild] = []
        for (recipe, row) in try state.records.recipes().sorted(by: { $0.key < $1.key }) {
            guard let built = row.built,
                changes.contains(where: { change in
                    built.packages.contains { $0.name == change.name && $0.version == change.new }
                }),
                let record = try state.records.builds(of: recipe).first(where: {
                    $0.outcome == .published && $0.version == built.version
                })
            else { continue }
            builds.append(
                .init(
                    recipe: recipe, version: built.version, reasons: record.reasons, release: record.release,
                    published: record.finished))
        }
        return builds.isEmpty ? nil : builds
    }
}
