// SPDX-License-Identifier: Apache-2.0

internal import Glibc
package import Vocabulary

/// Blobs by digest, in the form of an OCI layout: `ROOT/blobs/sha256/<hex>`. Any number of processes may use one
/// store at once.
///
/// A *durable* store's blob has its data on disk before it has its name, so that a name always means the whole blob,
/// also after a power cut and also for another process that finds it; `sync()` then puts the names themselves on
/// disk. A *disposable* store is never synced, belongs to one user alone, and drops what does not match its digest.
package struct ContentStore: Sendable {
    package enum Durability: Sendable, Equatable { case durable, disposable }

    package let root: HostPath
    package let durability: Durability
    private let blobs: OpenFile
    private let temporaries: OpenFile
    /// For tests of file systems without unnamed files.
    private let namedTemporaries: Bool
    /// At most one: read where this store lacks a blob, never written to.
    private var lower: [ContentStore] = []

    /// Opens the store, creating it where it is not there, and sweeps what killed processes left.
    package init(at root: HostPath, _ durability: Durability) throws(StorageError) {
        try self.init(at: root, durability, namedTemporaries: false)
    }

    init(at root: HostPath, _ durability: Durability, namedTemporaries: Bool) throws(StorageError) {
        self.root = root
        self.durability = durability
        self.namedTemporaries = namedTemporaries
        if durability == .disposable {
            try PrivateDirectory.ensure(root)
        } else {
            try HostDirectory.create(root, durable: true)
        }
        let blobs = root / "blobs" / "sha256"
        try HostDirectory.create(blobs, durable: durability == .durable)
        self.blobs = try OpenFile.directory(blobs)
        temporaries = self.blobs
        try NewFile.sweep(temporaries)
    }

    /// The same store over another, which is read for what this one lacks.
    func over(_ lower: ContentStore) -> ContentStore {
        var store = self
        store.lower = [lower]
        return store
    }

    package func contains(_ digest: Digest) -> Bool { size(of: digest) != nil }

    /// Bytes of the blob on disk; nil where it is not there.
    package func size(of digest: Digest) -> Int64? {
        guard digest.algorithm == .sha256 else { return nil }
        var status = stat()
        guard fstatat(blobs.fd, digest.hex, &status, AT_SYMLINK_NOFOLLOW) == 0,
            status.st_mode & S_IFMT == S_IFREG
        else { return lower.first?.size(of: digest) }
        return Int64(status.st_size)
    }

    /// Where the blob is or would be. What is read from there is not verified.
    package func path(of digest: Digest) -> HostPath {
        root / "blobs" / digest.algorithm.rawValue / digest.hex
    }

    /// A source of the blob's bytes that throws at its end where they are not those of the digest; in a disposable
    /// store the bad blob is gone then.
    package func reader(of digest: Digest) throws(StorageError) -> VerifyingReader {
        guard digest.algorithm == .sha256 else { throw .unsupportedAlgorithm(digest) }
        let path = path(of: digest)
        let file: OpenFile
        do throws(StorageError) {
            file = try OpenFile(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
        } catch .system(_, _, ENOENT) {
            if let lower = lower.first { return try lower.reader(of: digest) }
            throw .missing(digest, store: root)
        }
        if durability == .disposable { DiskUse.touch(file) }
        return VerifyingReader(try FileReader(file), digest, path: path, dropping: durability == .disposable)
    }

    /// The whole blob, verified; for manifests, configurations and the like.
    package func read(_ digest: Digest, limit: Int = 16 << 20) throws(StorageError) -> [UInt8] {
        try reader(of: digest).readAll(limit: limit)
    }

    /// A sink whose bytes become a blob at its `finish`; nothing is visible before.
    package func writer() throws(StorageError) -> BlobWriter {
        let mode: UInt32 = durability == .durable ? 0o644 : 0o600
        let file = try NewFile(in: temporaries, mode: mode, named: namedTemporaries)
        return BlobWriter(file, directory: blobs, durability: durability)
    }

    /// Stores bytes that are in memory; nothing is written where the blob is there already and undamaged.
    @discardableResult
    package func write(_ bytes: [UInt8]) throws(StorageError) -> Digest {
        let digest = ContentHasher.digest(of: bytes)
        if size(of: digest) == Int64(bytes.count), (try? read(digest, limit: bytes.count)) != nil {
            return digest
        }
        let writer = try writer()
        try writer.write(bytes)
        return try writer.finish(expecting: digest).digest
    }

    /// Forgets a blob; no error where it is not there.
    package func remove(_ digest: Digest) throws(StorageError) {
        guard digest.algorithm == .sha256 else { throw .unsupportedAlgorithm(digest) }
        if unlinkat(blobs.fd, digest.hex, 0) != 0, errno != ENOENT {
            throw OpenFile.failure("remove", path(of: digest), errno)
        }
    }

    /// Every blob in the store, in the order of their digests.
    package func digests() throws(StorageError) -> [Digest] {
        try DirectoryListing.names(in: blobs).compactMap { try? Digest(hex: $0) }
    }

    /// Everything written so far, by whomever, is on disk with its name. Must come before a name that refers to it
    /// moves (tag, index.json, lock, history). Does nothing in a disposable store.
    package func sync() throws(StorageError) {
        if durability == .durable { try blobs.synchronize() }
    }
}
