// SPDX-License-Identifier: Apache-2.0

internal import Storage
internal import Vocabulary

/// Reads the files that a repository signs and replaces. Where the server names what it serves (ETag, RFC 9110, 8.8.3),
/// the name is kept, so that an unchanged file costs one question; whatever comes back is checked like any other bytes.
struct SignedFiles: Sendable {
    static let cacheKind = "tags"
    private static let tagLimit = 1_024
    /// Of the largest signed file of any family, in bytes: Wolfi's index has 10 MB.
    static let limit = 128 << 20

    let files: RepositoryFiles
    let store: ContentStore
    let cache: Cache

    /// The file as it stands now.
    func read(_ url: String, limit: Int) async throws(RepositoryFiles.Failure) -> [UInt8] {
        let known = remembered(url, limit: limit)
        guard let answer = try await files.read(url, limit: limit, unless: known?.tag) else {
            if let known { return known.bytes }
            throw .unreachable("the server says that the file is unchanged, and was not asked that")
        }
        if let tag = answer.tag { remember(url, tag, answer.bytes) }
        return answer.bytes
    }

    /// Asks for the whole file next time.
    func forget(_ url: String) { cache.discard(Self.cacheKind, Self.key(url)) }

    private func remembered(_ url: String, limit: Int) -> (tag: String, bytes: [UInt8])? {
        guard let path = cache.entry(Self.cacheKind, Self.key(url)),
            let text = try? HostDirectory.read(path, limit: 2 * Self.tagLimit)
        else { return nil }
        let parts = String(decoding: text, as: UTF8.self).split(separator: "\n", maxSplits: 1)
        guard parts.count == 2, let digest = try? Digest(parts[0]),
            let bytes = try? store.read(digest, limit: limit)
        else { return nil }
        return (String(parts[1]), bytes)
    }

    /// Only a saving: where it cannot be kept, the file is read again.
    private func remember(_ url: String, _ tag: String, _ bytes: [UInt8]) {
        guard tag.utf8.count <= Self.tagLimit, let digest = try? store.write(bytes) else { return }
        _ = try? cache.publish(Self.cacheKind, Self.key(url)) {
            try $0.write(Array("\(digest)\n\(tag)".utf8))
        }
    }

    private static func key(_ url: String) -> Digest { ContentHasher.digest(of: url) }
}

extension RepositoryRefresher {
    var signedFiles: SignedFiles { SignedFiles(files: files, store: store, cache: cache) }
}
