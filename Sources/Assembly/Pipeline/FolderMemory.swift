// SPDX-License-Identifier: Apache-2.0

internal import Building
internal import Storage
internal import Vocabulary

/// What the cache remembers of folders of packages, so that indexing one again costs what is new in it. Whatever is lost or
/// damaged only costs the time to read the packages again.
struct FolderMemory: Sendable {
    private static let kind = "package-folders"
    let cache: Cache

    func recall(_ folder: HostPath) -> IndexMemory? {
        guard let path = cache.entry(Self.kind, Self.key(folder)),
            let bytes = try? HostDirectory.read(path, limit: 256 << 20)
        else { return nil }
        return IndexMemory(encoded: bytes)
    }

    func remember(_ memory: IndexMemory, of folder: HostPath) {
        _ = try? cache.publish(Self.kind, Self.key(folder)) { try $0.write(memory.encoded) }
    }

    /// By the folder itself, whatever it is called today.
    private static func key(_ folder: HostPath) -> Digest {
        ContentHasher.digest(of: (try? HostDirectory.canonical(folder).text) ?? folder.text)
    }
}
