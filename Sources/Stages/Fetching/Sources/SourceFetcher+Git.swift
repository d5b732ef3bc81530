// SPDX-License-Identifier: Apache-2.0

internal import Archives
internal import Execution
package import Storage
package import Vocabulary

extension SourceFetcher {
    /// A commit's files as a tar in the store: sorted, root's, all of the commit's time. The same commit is the same tar,
    /// on every machine; a commit that was brought once is asked of nobody again.
    /// - Parameter scratch: where git works; an empty folder.
    /// - Throws: `FetchingError.source` in git's words, `.sourceMismatch` where the name leads to another commit.
    package func checkOut(
        _ checkout: Recipe.Checkout, cache: Cache, scratch: HostPath
    ) async throws(FetchingError) -> (source: Source, diagnostics: [Diagnostic]) {
        let memory = CheckoutMemory(cache: cache)
        if let commit = checkout.commit, let known = memory.source(of: checkout, at: commit),
            store.size(of: known.digest) == known.size
        {
            return (known, [])
        }
        do {
            let git = try GitRepository(at: scratch / "repository")
            let (revision, diagnostics) = try await revision(checkout, git)
            let tree = scratch / "tree"
            try HostDirectory.create(tree)
            try await git.checkOut(revision.commit, to: tree)
            for pick in checkout.cherryPicks {
                try await git.cherryPick(
                    pick.commit, onto: revision.commit, from: checkout.repository, into: tree)
            }
            if checkout.withSubmodules {
                var modules = SubmoduleRun(scratch: scratch)
                try await modules.bring(of: revision.commit, in: git, url: checkout.repository, into: tree)
            }
            let store = store
            let source = try await workers.run {
                let writer = try store.writer()
                try Self.pack(tree, time: revision.time, into: writer)
                let (digest, size) = try writer.finish()
                return Source(digest: digest, size: size)
            }
            memory.remember(source, of: checkout, at: revision.commit)
            return (source, diagnostics)
        } catch let error as FetchingError {
            throw error
        } catch let error as ExecutionError {
            if case .cancelled = error { throw .cancelled }
            throw .source(checkout.repository, reason: "\(error)")
        } catch is CancellationError {
            throw .cancelled
        } catch { throw .storage(.init(error)) }
    }

    private func revision(
        _ checkout: Recipe.Checkout, _ git: GitRepository
    ) async throws -> (GitRepository.Revision, [Diagnostic]) {
        let name = checkout.revision.reference
        var isBranch = false
        if case .branch = checkout.revision { isBranch = true }
        // A branch moves on: its history leads back to the commit.
        let depth = checkout.depth ?? (isBranch && checkout.commit != nil ? nil : 1)
        let found = try await git.fetch(checkout.repository, name, depth: depth == -1 ? nil : depth)
        guard let commit = checkout.commit else {
            return (
                found,
                [
                    Self.warning(
                        .sourceUnpinned,
                        "\(checkout.repository) is taken as it is (\(found.commit)): the recipe names no expected-commit"
                    )
                ]
            )
        }
        if found.commit == commit { return (found, []) }
        if found.tagObject == commit {
            return (
                found,
                [
                    Self.warning(
                        .sourceUnpinned,
                        "expected-commit of \(checkout.repository) is the tag's own object; its commit is \(found.commit)"
                    )
                ]
            )
        }
        if isBranch, let ancestor = try await git.revision(ofAncestor: commit) { return (ancestor, []) }
        throw FetchingError.sourceMismatch(
            "\(checkout.repository) \(name)", expected: "the commit \(commit)",
            found: "the commit \(found.commit)")
    }

    /// Without git's own folder.
    private static func pack(_ tree: HostPath, time: Int64, into writer: BlobWriter) throws {
        let root = try RootDirectory(tree)
        var tar = TarWriter(writer)
        func walk(_ directory: ImagePath) throws {
            for name in try root.names(in: directory).sorted() {
                try Task.checkCancellation()
                guard let path = directory.appending(name), let status = try root.status(of: path) else {
                    continue
                }
                var entry = TarEntry(
                    path: path.text, kind: .file, mode: status.mode & 0o111 == 0 ? 0o644 : 0o755, size: 0,
                    mtime: time)
                switch status.kind {
                case .directory:
                    (entry.kind, entry.mode) = (.directory, 0o755)
                    try tar.append(entry)
                    try tar.finishEntry()
                    try walk(path)
                case .symbolicLink:
                    (entry.kind, entry.mode) = (.symlink, 0o777)
                    entry.linkTarget = try root.target(of: path)
                    try tar.append(entry)
                    try tar.finishEntry()
                case .file:
                    entry.size = status.size
                    try tar.append(entry)
                    try root.reader(of: path).forEachPiece { try tar.write($0) }
                    try tar.finishEntry()
                default: continue
                }
            }
        }
        try walk(.root)
        try tar.finishArchive()
    }
}

/// Which tar a commit became.
private struct CheckoutMemory {
    private static let (kind, version) = ("checkouts", 1)
    let cache: Cache

    private struct Record: Codable {
        var digest: Digest
        var size: Int64
    }

    private static func key(_ checkout: Recipe.Checkout, _ commit: String) -> Digest {
        let picks = checkout.cherryPicks.map { " and \($0.commit)" }.joined()
        return ContentHasher.digest(
            of: "checkout \(version) of \(commit) in \(checkout.repository)\(picks)"
                + (checkout.withSubmodules ? " with submodules" : ""))
    }

    func source(of checkout: Recipe.Checkout, at commit: String) -> SourceFetcher.Source? {
        guard let path = cache.entry(Self.kind, Self.key(checkout, commit)),
            let bytes = try? HostDirectory.read(path, limit: 4096),
            let record: Record = try? CanonicalJSON.decode(from: bytes, what: "a checkout")
        else { return nil }
        return SourceFetcher.Source(digest: record.digest, size: record.size)
    }

    /// Where the cache refuses, only the next run is slower.
    func remember(_ source: SourceFetcher.Source, of checkout: Recipe.Checkout, at commit: String) {
        let record = Record(digest: source.digest, size: source.size)
        guard let bytes = try? CanonicalJSON.encode(record) else { return }
        _ = try? cache.publish(Self.kind, Self.key(checkout, commit)) { try $0.write(bytes) }
    }
}

extension Diagnostic.Code {
    static let sourceUnpinned = Self(rawValue: "source-unpinned")
}
