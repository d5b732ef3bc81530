// SPDX-License-Identifier: Apache-2.0

internal import Defining
internal import Fetching
internal import Storage
package import Vocabulary

/// Takes a recipe to another release: version and epoch are edited in its text, and what pins each source that changes with the
/// version. The file changes when all of it is known, or not at all.
package struct RecipeBumpRun: Sendable {
    private let workshop: Workshop
    /// How the recipe is read.
    private let pipelines: [HostPath]
    private let options: [String]
    /// It must compile for the first; sources are pinned for each that it compiles for.
    private let architectures: [Architecture]

    package init(
        _ workshop: Workshop, architecture: Architecture = .ofThisMachine, pipelines: [HostPath] = [],
        options: [String] = []
    ) {
        self.workshop = workshop
        self.pipelines = pipelines
        self.options = options
        architectures = [architecture] + [.amd64, .arm64].filter { $0 != architecture }
    }

    /// What was changed.
    package struct Outcome: Sendable, Codable {
        package struct Pin: Sendable, Codable {
            /// The source's address, and what it is known by now.
            package var source: String
            package var pin: String
        }
        package var file: String
        package var name: PackageName
        /// With the release: `1.2.3-r0`.
        package var from: String
        package var to: String
        package var pins: [Pin]
        /// A unified diff of the text.
        package var difference: [String]
        package var isWritten: Bool
    }

    /// Edits the recipe and, unless it is `dry`, its file.
    /// - Parameter version: the release to take.
    /// - Throws: `RecipeBumpError`, `RecipeEdit.Failure`, `FetchingError`, `DefinitionError`; the file is as it was.
    package func bump(_ path: HostPath, to version: String, dry: Bool) async throws -> Outcome {
        try finish(try await draft(path, to: version), dry: dry)
    }

    /// The same version, one release further: `-r3` becomes `-r4`.
    /// - Throws: `RecipeBumpError`, `RecipeEdit.Failure`, `DefinitionError`; the file is as it was.
    package func raiseEpoch(_ path: HostPath, dry: Bool) throws -> Outcome {
        try finish(try draftRaisingEpoch(path), dry: dry)
    }

    /// The recipe as it would be at another release, and its text, which is written nowhere.
    /// - Throws: as `bump`.
    package func candidate(_ path: HostPath, to version: String) async throws -> (RecipeFile, [UInt8]) {
        try result(of: try await draft(path, to: version))
    }

    /// The recipe as another build of the same version, likewise.
    /// - Throws: as `raiseEpoch`.
    package func withRaisedEpoch(_ path: HostPath) throws -> (RecipeFile, [UInt8]) {
        try result(of: try draftRaisingEpoch(path))
    }

    /// The release that follows, as the recipe's monitor finds it.
    /// - Throws: `RecipeBumpError.nothingNewer` with the reason.
    package func next(of file: RecipeFile) async throws -> String {
        let report = try await UpstreamRun(workshop).sweep([file])[0]
        guard let next = report.next else {
            let newest = report.newest.map { "\($0.version) is the newest" }
            throw RecipeBumpError.nothingNewer(
                file.path, reason: report.reason ?? newest ?? report.outcome.rawValue)
        }
        return next.version
    }

    // MARK: - Drafts

    /// An edited text beside the one that stands in the file.
    private struct Draft {
        /// For each architecture that it compiles for.
        let written: [RecipeFile]
        var edit: RecipeEdit
        var pins: [Outcome.Pin] = []

        var path: HostPath { written[0].path }
    }

    private func draft(_ path: HostPath) throws -> Draft {
        let first = try RecipeFile(
            path, architecture: architectures[0], pipelines: pipelines, options: options)
        // One that is for some architectures alone says so in ways that do not compile for others.
        let others = architectures.dropFirst().compactMap { try? file(first.bytes, path, $0) }
        return Draft(written: [first] + others, edit: try RecipeEdit(first.bytes, file: path.text))
    }

    private func draftRaisingEpoch(_ path: HostPath) throws -> Draft {
        var draft = try draft(path)
        let recipe = draft.written[0].recipe
        try draft.edit.set(version: recipe.version, epoch: recipe.epoch + 1)
        return draft
    }

    private func draft(_ path: HostPath, to version: String) async throws -> Draft {
        var draft = try draft(path)
        let current = draft.written[0].recipe.version
        guard version != current else { throw RecipeBumpError.sameVersion(path, current) }
        guard RecipeVersion(version) != nil else { throw RecipeBumpError.noVersion(version) }
        try draft.edit.set(version: version, epoch: 0)
        let text = try draft.edit.text()
        let changes = try draft.written.flatMap { written in
            SourceChange.changes(
                from: written.recipe, to: try file(text, path, written.recipe.architecture).recipe)
        }
        guard !changes.isEmpty else { throw RecipeBumpError.noSource(path) }
        var seen: Set<SourceChange> = []
        for change in changes where seen.insert(change).inserted {
            draft.pins.append(try await pin(change, version, path, &draft.edit))
        }
        return draft
    }

    private func result(of draft: Draft) throws -> (RecipeFile, [UInt8]) {
        let text = try draft.edit.text()
        return (try file(text, draft.path, architectures[0]), text)
    }

    private func finish(_ draft: Draft, dry: Bool) throws -> Outcome {
        let (before, (after, text)) = (draft.written[0], try result(of: draft))
        if !dry {
            // Somebody else's edit of the meantime is not lost.
            guard try before.isAsRead() else { throw RecipeBumpError.changedMeanwhile(draft.path) }
            try AtomicFile.replace(draft.path, with: text)
        }
        return Outcome(
            file: draft.path.text, name: after.recipe.name, from: before.recipe.fullVersion,
            to: after.recipe.fullVersion, pins: draft.pins,
            difference: LineDifference.unified(before.bytes, text, file: draft.path.text), isWritten: !dry)
    }

    private func file(_ bytes: [UInt8], _ path: HostPath, _ architecture: Architecture) throws -> RecipeFile {
        try RecipeFile(
            path, bytes: bytes, architecture: architecture, pipelines: pipelines, options: options)
    }

    // MARK: - Sources

    private func pin(
        _ change: SourceChange, _ version: String, _ path: HostPath, _ edit: inout RecipeEdit
    ) async throws -> Outcome.Pin {
        let fetcher = RecipeFile.fetcher(workshop, suite: change.suite)
        switch change.action {
        case .fetch(let fetch):
            workshop.report(.began(.fetch, fetch.address))
            let taken = try await fetcher.take(fetch, of: version, beside: RecipeFile.folder(of: path)) {
                [report = workshop.report] bytes in
                report(.advanced(.fetch, done: bytes, total: 0))
            }
            workshop.report.report(taken.diagnostics)
            workshop.report(.ended(.fetch, "\(fetch.address) \(taken.source.digest)"))
            switch fetch.expected {
            case .sha256(let digest):
                try edit.replace(sha512Beside: digest.hex, by: taken.sha512)
                try edit.replace(pin: digest.hex, by: taken.source.digest.hex)
            case .sha512(let hex): try edit.replace(pin: hex, by: taken.sha512)
            case .none: break
            }
            return .init(source: fetch.address, pin: "\(taken.source.digest)")
        case .checkout(var checkout):
            workshop.report(.began(.fetch, checkout.address))
            let commit = try await fetcher.commit(of: checkout)
            if let old = checkout.commit { try edit.replace(pin: old, by: commit) }
            checkout.commit = commit
            let scratch = try TemporaryDirectory(in: workshop.directories.temporary)
            let (_, diagnostics) = try await fetcher.checkOut(
                checkout, cache: workshop.cache, scratch: scratch.path)
            workshop.report.report(diagnostics)
            workshop.report(.ended(.fetch, "\(checkout.address) \(commit)"))
            return .init(source: checkout.address, pin: commit)
        }
    }
}

/// A source that another version changes.
struct SourceChange: Hashable {
    enum Action: Hashable {
        /// With the pin that the recipe has of the release before.
        case fetch(Recipe.Fetch)
        case checkout(Recipe.Checkout)
    }

    let action: Action
    /// Where an archive's sources are looked for, unless they say so.
    let suite: String?

    /// The sources of `new` that `old` has not, those of tests too; an archive's source package has one address in all versions.
    static func changes(from old: Recipe, to new: Recipe) -> [SourceChange] {
        let known = Set(old.sources)
        let suite = new.archiveSuite
        return new.sources.filter { action in
            guard known.contains(action) else { return true }
            if case .fetch(let fetch) = action { return fetch.uri.hasPrefix("debian:") }
            return false
        }.map { SourceChange(action: $0, suite: suite) }
    }
}

extension Recipe {
    fileprivate var sources: [SourceChange.Action] {
        allSteps.compactMap { step in
            switch step.action {
            case .run: nil
            case .fetch(let fetch): .fetch(fetch)
            case .checkout(let checkout): .checkout(checkout)
            }
        }
    }
}

/// Why a recipe was not taken to another release.
package enum RecipeBumpError: Error, Equatable, CustomStringConvertible {
    case sameVersion(HostPath, String)
    case noVersion(String)
    case noSource(HostPath)
    case changedMeanwhile(HostPath)
    case nothingNewer(HostPath, reason: String)

    package var description: String {
        switch self {
        case .sameVersion(let path, let version):
            "'\(path)' is at \(version) already; --epoch makes another build of it"
        case .noVersion(let text): "'\(text)' is no version, as 1.2.3 or 1.2_rc1 is"
        case .noSource(let path):
            "'\(path)': no source changes with the version; write ${{package.version}} into its address or tag"
        case .changedMeanwhile(let path): "'\(path)' was changed while its sources were fetched; try again"
        case .nothingNewer(let path, let reason): "'\(path)': there is nothing newer to take: \(reason)"
        }
    }
}
