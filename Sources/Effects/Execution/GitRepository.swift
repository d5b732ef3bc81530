// SPDX-License-Identifier: Apache-2.0

package import Vocabulary

/// Reads other people's git repositories with the machine's git, none of whose settings count: no hooks, no filters, no
/// questions, no helper programs that a repository could name.
package struct GitRepository: Sendable {
    /// What a name in a repository stands for.
    package struct Revision: Sendable, Equatable {
        /// In lowercase hex.
        package let commit: String
        /// Of an annotated tag: the tag's own object; nil for anything else.
        package let tagObject: String?
        /// The committer's time, in seconds since 1970.
        package let time: Int64
    }

    private static let outputLimit = 16 << 20
    private static let seconds = 1800

    private let git: Program
    /// The local copy, bare.
    let folder: HostPath

    /// Uses git of the system directories; `folder` is where the copy is kept, and may not be there yet.
    package init(at folder: HostPath) throws(ExecutionError) {
        git = try Program.find("git", debianPackage: "git")
        self.folder = folder
    }

    /// Brings a branch, a tag or the default branch of a repository into the copy and says what it stands for.
    /// - Parameters:
    ///   - url: whatever git takes.
    ///   - name: `refs/tags/v1`, `refs/heads/main`, or `HEAD`.
    ///   - depth: so many commits; nil for the whole history.
    /// - Throws: `failed` with git's own words.
    package func fetch(_ url: String, _ name: String, depth: Int?) async throws(ExecutionError) -> Revision {
        try await call(["init", "--quiet", "--bare", folder.text])
        let depths = depth.map { ["--depth", "\($0)"] } ?? []
        try await call(
            inside(
                ["fetch", "--quiet", "--no-tags", "--force"] + depths + [
                    "--", url, "+\(name):refs/slipway/wanted",
                ]))
        let object = try await line(inside(["rev-parse", "--verify", "refs/slipway/wanted"]))
        return try await revision("refs/slipway/wanted", object: object)
    }

    /// The same for a commit that a fetched name leads to; nil where it does not.
    package func revision(ofAncestor commit: String) async throws(ExecutionError) -> Revision? {
        let result = try await git.run(
            options + inside(["merge-base", "--is-ancestor", commit, "refs/slipway/wanted"]),
            environment: Self.environment, outputLimit: Self.outputLimit, within: Self.seconds)
        guard result.exit == 0 else { return nil }
        return try await revision(commit, object: commit)
    }

    /// Writes a commit's files into `directory`, an empty folder.
    package func checkOut(_ commit: String, to directory: HostPath) async throws(ExecutionError) {
        try await call(
            [
                "--git-dir", folder.text, "--work-tree", directory.text, "checkout", "--quiet", "--force",
                commit, "--", ".",
            ])
    }

    func revision(_ name: String, object: String) async throws(ExecutionError) -> Revision {
        let commit = try await line(inside(["rev-parse", "--verify", "\(name)^{commit}"]))
        let time = try await line(inside(["show", "--no-patch", "--format=%ct", commit]))
        return Revision(
            commit: commit, tagObject: object == commit ? nil : object, time: Int64(time) ?? 0)
    }

    // MARK: - git

    private static let environment = [
        "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_TERMINAL_PROMPT": "0",
        "GIT_ASKPASS": "/bin/false", "SSH_ASKPASS": "/bin/false", "GIT_OPTIONAL_LOCKS": "0",
    ]

    private let options = [
        "-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false", "-c", "protocol.ext.allow=never",
        "-c", "protocol.file.allow=always", "-c", "transfer.fsckObjects=true", "-c", "safe.directory=*",
        "-c", "advice.detachedHead=false", "-c", "gc.auto=0", "-c", "core.autocrlf=false",
        "-c", "core.attributesFile=/dev/null",
    ]

    func inside(_ arguments: [String]) -> [String] { ["--git-dir", folder.text] + arguments }

    @discardableResult
    func call(_ arguments: [String]) async throws(ExecutionError) -> [UInt8] {
        let result = try await git.run(
            options + arguments, environment: Self.environment, outputLimit: Self.outputLimit,
            within: Self.seconds)
        guard result.exit == 0 else {
            // git repeats the address that it was given.
            throw .failed(
                program: "git", exit: result.exit, said: URLCredentials.hidden(in: result.complaint))
        }
        return result.stdout
    }

    private func line(_ arguments: [String]) async throws(ExecutionError) -> String {
        String(decoding: try await call(arguments), as: UTF8.self).split(separator: "\n").first.map(
            String.init) ?? ""
    }
}
