// SPDX-License-Identifier: Apache-2.0

internal import CShim
internal import Glibc
package import Vocabulary

/// What can be made again and is kept to save time, by kind ("segments", "indexes") and key. Private to its user,
/// never synced: after a power cut an entry may be short, which `entry` notices and takes for absent.
package struct Cache: Sendable {
    package struct Usage: Sendable, Equatable {
        package let kind: String
        package let entries: Int
        package let bytes: Int64
    }

    package let root: HostPath
    /// Downloads, by digest; counted and pruned like the entries, as the kind "blobs".
    package let blobs: ContentStore
    private let entries: HostPath
    /// At most one: read where this cache lacks an entry, never written to.
    private let lower: [Cache]

    /// Opens the cache, creating it where it is not there; refuses one that others own or may write to.
    ///
    /// A cache that cannot be written to (any more) is read through an empty one that is put `over` it.
    package init(at root: HostPath, over lower: Cache? = nil) throws(StorageError) {
        self.root = root
        self.lower = lower.map { [$0] } ?? []
        let own = try ContentStore(at: root, .disposable)
        blobs = lower.map { own.over($0.blobs) } ?? own
        entries = root / "entries"
        try HostDirectory.create(entries, mode: 0o700)
    }

    /// The entry's file, whole; nil where there is none. Another process may prune it before it is opened: whoever
    /// opens the path takes a missing file for a missing entry.
    package func entry(_ kind: String, _ key: Digest) -> HostPath? {
        let path = path(kind, key)
        guard let seal = try? HostDirectory.read(Self.seal(of: path), limit: 64),
            let file = try? OpenFile(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK),
            let status = try? file.status(),
            String(decoding: seal, as: UTF8.self) == "\(status.st_size)\n"
        else { return lower.first?.entry(kind, key) }
        DiskUse.touch(file)
        return path
    }

    /// Makes an entry of what `body` writes. Nothing is visible before `body` returned, and nothing is left where it
    /// throws; a concurrent publisher of the same key is harmless, the last one wins.
    @discardableResult
    package func publish(
        _ kind: String, _ key: Digest, _ body: (FileWriter) throws -> Void
    ) throws -> HostPath {
        try publish(
            kind,
            keyed: { writer in
                try body(writer)
                return key
            })
    }

    /// The same for an entry whose key is known only when it is written: `body` returns it.
    @discardableResult
    package func publish(_ kind: String, keyed body: (FileWriter) throws -> Digest) throws -> HostPath {
        try HostDirectory.create(entries / kind, mode: 0o700)
        let directory = try OpenFile.directory(entries / kind)
        let new = try NewFile(in: directory, mode: 0o600)
        let writer = FileWriter(new.file)
        let path = path(kind, try body(writer))
        try writer.flush()
        let seal = try NewFile(in: directory, mode: 0o600)
        try Array("\(writer.byteCount)\n".utf8).lending { bytes throws(StorageError) in
            try seal.file.write(bytes)
        }
        _ = try new.publish(as: String(path.name), in: directory, replacing: true)
        _ = try seal.publish(as: String(Self.seal(of: path).name), in: directory, replacing: true)
        return path
    }

    /// Drops an entry whose content turned out to be wrong.
    package func discard(_ kind: String, _ key: Digest) {
        unlink(Self.seal(of: path(kind, key)).text)
        unlink(path(kind, key).text)
        lower.first?.discard(kind, key)
    }

    /// What each kind takes, sorted by kind.
    package func usage() throws(StorageError) -> [Usage] {
        var usage: [Usage] = []
        let items = try items()
        for kind in Set(items.map(\.kind)).sorted() {
            let those = items.filter { $0.kind == kind }
            usage.append(Usage(kind: kind, entries: those.count, bytes: those.reduce(0) { $0 + $1.bytes }))
        }
        return usage
    }

    /// Removes what was not used for longest until at most `bytes` are left. Returns how many bytes it freed.
    @discardableResult
    package func prune(to bytes: Int64) throws(StorageError) -> Int64 {
        try sweep()
        let items = try items().sorted { ($0.lastUse, $0.path.text) < ($1.lastUse, $1.path.text) }
        var left = items.reduce(0) { $0 + $1.bytes }
        var freed: Int64 = 0
        for item in items where left > bytes {
            if item.kind != Self.blobKind { unlink(Self.seal(of: item.path).text) }
            if unlink(item.path.text) != 0, errno != ENOENT {
                throw OpenFile.failure("remove", item.path, errno)
            }
            left -= item.bytes
            freed += item.bytes
        }
        return freed
    }

    // MARK: - On disk

    private struct Item {
        let kind: String
        let path: HostPath
        let bytes: Int64
        let lastUse: Int64
    }

    private static let blobKind = "blobs"

    private func path(_ kind: String, _ key: Digest) -> HostPath { entries / kind / key.hex }

    /// Holds the entry's length, written after it.
    private static func seal(of path: HostPath) -> HostPath { HostPath(path.text + ".seal") }

    private func items() throws(StorageError) -> [Item] {
        var items = try items(of: Self.blobKind, in: root / "blobs" / "sha256")
        for kind in try HostDirectory.names(in: entries) {
            items += try self.items(of: kind, in: entries / kind)
        }
        return items
    }

    private func items(of kind: String, in directory: HostPath) throws(StorageError) -> [Item] {
        var items: [Item] = []
        for name in try HostDirectory.names(in: directory) {
            guard name.utf8.count == 64,
                let status = try OpenFile.status(of: directory / name, followingLinks: false)
            else { continue }
            items.append(
                Item(
                    kind: kind, path: directory / name, bytes: Int64(status.st_size),
                    lastUse: Int64(status.st_atim.tv_sec) * 1_000_000_000 + Int64(status.st_atim.tv_nsec)))
        }
        return items
    }

    /// Removes what killed processes left: temporary files, and entries without their length or the reverse.
    private func sweep() throws(StorageError) {
        for kind in try HostDirectory.names(in: entries) {
            let directory = try OpenFile.directory(entries / kind)
            try NewFile.sweep(directory)
            let names = Set(try DirectoryListing.names(in: directory))
            for name in names {
                let isSeal = name.hasSuffix(".seal")
                let partner = isSeal ? String(name.dropLast(5)) : "\(name).seal"
                if !names.contains(partner) { unlinkat(directory.fd, name, 0) }
            }
        }
    }
}
