// SPDX-License-Identifier: Apache-2.0

internal import Execution
internal import Storage
package import Vocabulary

/// Taking a release that no recipe names yet, to write down what pins it.
extension SourceFetcher {
    /// A source in the store with both digests that a recipe can name.
    package struct Taken: Sendable, Equatable {
        package let source: Source
        /// In lowercase hex.
        package let sha512: String
        package let diagnostics: [Diagnostic]
    }

    /// The source as it is there today, whatever it is; of an archive's source package the tarball of this version.
    /// - Throws: `FetchingError.source`, which names the versions that are there where this one is not.
    package func take(
        _ fetch: Recipe.Fetch, of version: String, beside folder: HostPath,
        progress: @escaping @Sendable (Int64) -> Void = { _ in }
    ) async throws(FetchingError) -> Taken {
        var fetch = fetch
        fetch.expected = .none
        let (source, diagnostics) =
            if let archived = try await archived(fetch, version: version, progress) {
                (archived, [Diagnostic]())
            } else {
                try await self.fetch(fetch, beside: folder, progress: progress)
            }
        // Nobody expects a digest yet: that is why it is taken.
        return Taken(
            source: source, sha512: try await sha512(of: source),
            diagnostics: diagnostics.filter { $0.code != .sourceUnpinned })
    }

    /// The commit that the checkout's tag, branch or default stands for today, in lowercase hex. Nothing is fetched.
    package func commit(of checkout: Recipe.Checkout) async throws(FetchingError) -> String {
        let name = checkout.revision.reference
        let commit: String?
        do throws(ExecutionError) {
            commit = try await GitRepository.commit(name, of: checkout.repository)
        } catch {
            if case .cancelled = error { throw .cancelled }
            throw .source(checkout.repository, reason: "\(error)")
        }
        guard let commit else { throw .source(checkout.repository, reason: "there is no \(name)") }
        return commit
    }
}

extension Recipe.Checkout.Revision {
    /// As git calls it.
    var reference: String {
        switch self {
        case .tag(let tag): "refs/tags/\(tag)"
        case .branch(let branch): "refs/heads/\(branch)"
        case .head: "HEAD"
        }
    }
}
