// SPDX-License-Identifier: Apache-2.0

internal import Execution
internal import Storage
internal import Transport
internal import Vocabulary

/// Brings the submodules of a checkout, each at the commit that the tree above it names; theirs too.
struct SubmoduleRun {
    private static let limits = (depth: 8, count: 200)

    let scratch: HostPath
    private var count = 0

    init(scratch: HostPath) { self.scratch = scratch }

    /// - Throws: `FetchingError.source` for a submodule that leaves its folder or names a place that it may not.
    mutating func bring(
        of commit: String, in git: GitRepository, url: String, into tree: HostPath, depth: Int = 1
    ) async throws {
        for module in try await git.submodules(of: commit) {
            count += 1
            guard depth <= Self.limits.depth, count <= Self.limits.count else {
                throw FetchingError.source(url, reason: "it has too many submodules in one another")
            }
            guard let path = ImagePath(module.path), !path.isRoot, path.text == module.path else {
                throw FetchingError.source(url, reason: "the submodule '\(module.path)' leaves its folder")
            }
            guard let place = Self.place(module.url, of: url) else {
                throw FetchingError.source(
                    url, reason: "the submodule '\(module.path)' names '\(module.url)', which is not asked")
            }
            // Walked name by name: a link on the way is refused.
            let root = try RootDirectory(tree)
            var folder = ImagePath.root
            for name in path.components {
                guard let next = folder.appending(name) else { break }
                folder = next
                try root.makeDirectory(folder)
            }
            let copy = try GitRepository(at: scratch / "module-\(count)")
            _ = try await copy.fetch(place, commit: module.commit, depth: 1)
            try await copy.checkOut(module.commit, to: tree / module.path)
            try await bring(
                of: module.commit, in: copy, url: place, into: tree / module.path, depth: depth + 1)
        }
    }

    /// The URL of a submodule; one that begins with `./` or `../` is relative to its repository's own (gitmodules(5)). Nil for
    /// what a stranger's file must not name: this machine's files, programs and services, unless the repository itself is of
    /// this machine.
    static func place(_ url: String, of parent: String) -> String? {
        if url.hasPrefix("./") || url.hasPrefix("../") {
            guard let scheme = parent.firstRange(of: "://") else { return nil }
            var parts = parent[scheme.upperBound...].split(separator: "/", omittingEmptySubsequences: false)
            if parts.last?.isEmpty == true { parts.removeLast() }
            for part in url.split(separator: "/") where part != "." {
                if part == ".." {
                    guard parts.count > 1 else { return nil }
                    parts.removeLast()
                } else {
                    parts.append(part)
                }
            }
            return parent[..<scheme.upperBound] + parts.joined(separator: "/")
        }
        if url.hasPrefix("file://") { return parent.hasPrefix("file://") ? url : nil }
        guard let host = host(of: url) else { return nil }
        return host.isLocal && !(parent.hasPrefix("file://") || Self.host(of: parent)?.isLocal == true)
            ? nil : url
    }

    /// Whom a URL asks; the scheme does not count.
    private static func host(of url: String) -> WebAddress? {
        for scheme in ["https://", "http://", "ssh://", "git://"] where url.hasPrefix(scheme) {
            return WebAddress("https://" + url.dropFirst(scheme.count))
        }
        return nil
    }
}
