// SPDX-License-Identifier: Apache-2.0

package import Vocabulary

extension GitRepository {
    /// Another repository's commit that stands for a folder.
    package struct Submodule: Sendable, Equatable {
        /// In the commit's tree.
        package let path: String
        /// As `.gitmodules` writes it, perhaps relative to the repository's own.
        package let url: String
        package let commit: String
    }

    /// Brings a commit by its number into the copy. Where the place gives commits only by name, all that it has is brought.
    /// - Throws: `failed` with git's own words.
    package func fetch(_ url: String, commit: String, depth: Int) async throws(ExecutionError) -> Revision {
        try await call(["init", "--quiet", "--bare", folder.text])
        let fetch = inside(["fetch", "--quiet", "--no-tags", "--force"])
        do throws(ExecutionError) {
            try await call(fetch + ["--depth", "\(depth)", "--", url, commit])
        } catch {
            guard case .failed = error else { throw error }
            try await call(
                fetch + ["--", url, "+refs/heads/*:refs/slipway/heads/*", "+refs/tags/*:refs/slipway/tags/*"])
        }
        return try await revision(commit, object: commit)
    }

    /// The submodules of a commit in the copy, in the order of their paths.
    package func submodules(of commit: String) async throws(ExecutionError) -> [Submodule] {
        let tree = try await call(inside(["ls-tree", "-r", "-z", commit]))
        // `160000 commit NUMBER<tab>PATH`
        var commits: [String: String] = [:]
        for line in tree.split(separator: 0) {
            let parts = line.split(separator: 0x09, maxSplits: 1)
            let words = parts[0].split(separator: 0x20).map { String(decoding: $0, as: UTF8.self) }
            guard parts.count == 2, words.count == 3, words[0] == "160000" else { continue }
            commits[String(decoding: parts[1], as: UTF8.self)] = words[2]
        }
        guard !commits.isEmpty else { return [] }
        let settings = try await call(
            inside([
                "config", "--blob", "\(commit):.gitmodules", "--null", "--get-regexp",
                "^submodule\\..*\\.(path|url)$",
            ]))
        var modules: [String: (path: String?, url: String?)] = [:]
        for setting in settings.split(separator: 0) {
            let parts = setting.split(separator: 0x0A, maxSplits: 1).map {
                String(decoding: $0, as: UTF8.self)
            }
            guard parts.count == 2 else { continue }
            if parts[0].hasSuffix(".path") {
                modules[String(parts[0].dropLast(5)), default: (nil, nil)].path = parts[1]
            }
            if parts[0].hasSuffix(".url") {
                modules[String(parts[0].dropLast(4)), default: (nil, nil)].url = parts[1]
            }
        }
        return modules.values.compactMap { module in
            guard let path = module.path, let url = module.url, let commit = commits[path] else { return nil }
            return Submodule(path: path, url: url, commit: commit)
        }.sorted { $0.path < $1.path }
    }

    /// Puts what another commit changed on top of the files that were checked out to `directory`.
    /// - Parameter base: the commit that they are of.
    /// - Throws: `failed` with git's own words where it does not fit.
    package func cherryPick(
        _ commit: String, onto base: String, from url: String, into directory: HostPath
    ) async throws(ExecutionError) {
        // With its parent: what it changed is the difference.
        _ = try await fetch(url, commit: commit, depth: 2)
        // git wants to know where it stands, although nothing is committed.
        try await call(inside(["update-ref", "--no-deref", "HEAD", base]))
        try await call([
            "--git-dir", folder.text, "--work-tree", directory.text, "-c", "core.bare=false", "cherry-pick",
            "--no-commit", "--allow-empty", commit,
        ])
    }
}
