// SPDX-License-Identifier: Apache-2.0

internal import Defining
internal import Fetching
internal import Storage
package import Vocabulary

/// Takes a recipe to another release: version and epoch are edited in its text, and what pins each source that changes with the
/// version. The file changes when all of it is known, or not at all.
package struct RecipeBumpRun: Sendable {
    private static let limit = 1 << 20

    private let workshop: Workshop
    /// How the recipe is read.
    private let pipelines: [HostPath]
    private let options: [String]

    package init(_ workshop: Workshop, pipelines: [HostPath] = [], options: [String] = []) {
        self.workshop = workshop
        self.pipelines = pipelines
        self.options = options
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
    /// - Parameters:
    ///   - version: the release to take.
    ///   - architectures: sources of all of them are pinned anew; the first is the one that must compile.
    /// - Throws: `RecipeBumpError`, `RecipeEdit.Failure`, `FetchingError`, `DefinitionError`; the file is as it was.
    package func bump(
        _ path: HostPath, to version: String, architectures: [Architecture], dry: Bool
    ) async throws -> Outcome {
        let (edit, old, before, pins) = try await edited(path, to: version, architectures)
        return try finish(edit, path, old, before, pins, architectures, dry: dry)
    }

    /// The recipe as it would be at another release, and its text, which is written nowhere.
    /// - Throws: as `bump`.
    package func candidate(_ path: HostPath, to version: String) async throws -> (RecipeFile, [UInt8]) {
        let text = try await edited(path, to: version, [.ofThisMachine]).edit.text()
        return (try file(text, path, .ofThisMachine), text)
    }

    /// The recipe as another build of the same version, likewise.
    /// - Throws: `RecipeEdit.Failure`, `DefinitionError`.
    package func withRaisedEpoch(_ path: HostPath) throws -> (RecipeFile, [UInt8]) {
        let old = try bytes(of: path)
        let before = try file(old, path, .ofThisMachine).recipe
        var edit = try RecipeEdit(old, file: path.text)
        try edit.set(version: before.version, epoch: before.epoch + 1)
        let text = try edit.text()
        return (try file(text, path, .ofThisMachine), text)
    }

    private typealias Edited = (edit: RecipeEdit, old: [UInt8], before: Recipe, pins: [Outcome.Pin])

    private func edited(
        _ path: HostPath, to version: String, _ architectures: [Architecture]
    ) async throws -> Edited {
        let old = try bytes(of: path)
        let before = try read(old, path, architectures)
        let current = before[0].version
        guard version != current else { throw RecipeBumpError.sameVersion(path, current) }
        guard RecipeVersion(version) != nil else { throw RecipeBumpError.noVersion(version) }
        var edit = try RecipeEdit(old, file: path.text)
        try edit.set(version: version, epoch: 0)
        let after = try read(try edit.text(), path, architectures)
        let changes = zip(before, after).flatMap { SourceChange.changes(from: $0, to: $1) }
        guard !changes.isEmpty else { throw RecipeBumpError.noSource(path) }
        var pins: [Outcome.Pin] = []
        for change in unique(changes) {
            pins.append(try await pin(change, version, path, &edit))
        }
        return (edit, old, before[0], pins)
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

    /// The same version, one release further: `-r3` becomes `-r4`.
    package func raiseEpoch(
        _ path: HostPath, architectures: [Architecture], dry: Bool
    ) async throws -> Outcome {
        let old = try bytes(of: path)
        let before = try read(old, path, architectures)
        var edit = try RecipeEdit(old, file: path.text)
        try edit.set(version: before[0].version, epoch: before[0].epoch + 1)
        return try finish(edit, path, old, before[0], [], architectures, dry: dry)
    }

    private func finish(
        _ edit: RecipeEdit, _ path: HostPath, _ old: [UInt8], _ before: Recipe, _ pins: [Outcome.Pin],
        _ architectures: [Architecture], dry: Bool
    ) throws -> Outcome {
        let new = try edit.text()
        let after = try read(new, path, architectures)[0]
        if !dry {
            // Somebody else's edit of the meantime is not lost.
            guard try bytes(of: path) == old else { throw RecipeBumpError.changedMeanwhile(path) }
            try AtomicFile.replace(path, with: new)
        }
        return Outcome(
            file: path.text, name: after.name, from: before.fullVersion, to: after.fullVersion, pins: pins,
            difference: LineDifference.unified(old, new, file: path.text), isWritten: !dry)
    }

    // MARK: - Sources

    private func unique(_ changes: [SourceChange]) -> [SourceChange] {
        var seen: Set<SourceChange> = []
        return changes.filter { seen.insert($0).inserted }
    }

    private func pin(
        _ change: SourceChange, _ version: String, _ path: HostPath, _ edit: inout RecipeEdit
    ) async throws -> Outcome.Pin {
        let fetcher = RecipeFile.fetcher(workshop, suite: change.suite)
        switch change.action {
        case .fetch(let fetch):
            workshop.report(.began(.fetch, fetch.uri))
            let taken = try await fetcher.take(fetch, of: version, beside: RecipeFile.folder(of: path)) {
                [report = workshop.report] bytes in
                report(.advanced(.fetch, done: bytes, total: 0))
            }
            workshop.report.report(taken.diagnostics)
            workshop.report(.ended(.fetch, "\(fetch.uri) \(taken.source.digest)"))
            switch fetch.expected {
            case .sha256(let digest):
                try edit.replace(sha512Beside: digest.hex, by: taken.sha512)
                try edit.replace(pin: digest.hex, by: taken.source.digest.hex)
            case .sha512(let hex): try edit.replace(pin: hex, by: taken.sha512)
            case .none: break
            }
            return .init(source: fetch.uri, pin: "\(taken.source.digest)")
        case .checkout(var checkout):
            workshop.report(.began(.fetch, checkout.repository))
            let commit = try await fetcher.commit(of: checkout)
            if let old = checkout.commit { try edit.replace(pin: old, by: commit) }
            checkout.commit = commit
            let scratch = try TemporaryDirectory(in: workshop.directories.temporary)
            let (_, diagnostics) = try await fetcher.checkOut(
                checkout, cache: workshop.cache, scratch: scratch.path)
            workshop.report.report(diagnostics)
            workshop.report(.ended(.fetch, "\(checkout.repository) \(commit)"))
            return .init(source: checkout.repository, pin: commit)
        }
    }

    private func bytes(of path: HostPath) throws -> [UInt8] {
        guard try HostDirectory.exists(path) else { throw PipelineError.noDefinitionFile(path) }
        return try HostDirectory.read(path, limit: Self.limit)
    }

    private func read(
        _ bytes: [UInt8], _ path: HostPath, _ architectures: [Architecture]
    ) throws -> [Recipe] {
        try architectures.map { try file(bytes, path, $0).recipe }
    }

    private func file(_ bytes: [UInt8], _ path: HostPath, _ architecture: Architecture) throws -> RecipeFile {
        try RecipeFile(
            path, bytes: bytes, architecture: architecture, pipelines: pipelines, options: options)
    }
}

extension Architecture {
    /// Those whose sources of a recipe are pinned together.
    package static let recipes: [Architecture] = [.amd64, .arm64]
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
        let suite = new.environment.contents.sources.lazy.compactMap(\.value.suite).first
        return new.sources.filter { action in
            guard known.contains(action) else { return true }
            if case .fetch(let fetch) = action { return fetch.uri.hasPrefix("debian:") }
            return false
        }.map { SourceChange(action: $0, suite: suite) }
    }
}

extension Recipe {
    fileprivate var sources: [SourceChange.Action] {
        packages.flatMap { $0.steps + ($0.test?.steps ?? []) }.compactMap { step in
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
