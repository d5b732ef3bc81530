// SPDX-License-Identifier: Apache-2.0

internal import Archives
internal import Storage
internal import Vocabulary

/// Gets indexes by the digest that a signed release gives them: those of packages from the cache in their compact form,
/// and every one from the store, else from the mirror.
struct IndexLoader: Sendable {
    /// What the compact form is kept as.
    static let cacheKind = "index"
    /// The largest index of Debian has 60 MB.
    static let plainLimit: Int64 = 1 << 30

    struct Wanted<Content: Sendable>: Sendable {
        let repository: String
        /// For messages.
        let file: String
        let digest: Digest
        let size: Int64
        /// The surest first; empty where nothing may be downloaded.
        let places: [String]
        /// What the file means. Throws `FetchingError`, `ArchiveError` or the parser's error.
        var parse: @Sendable (VerifyingReader) throws -> Content
    }

    let files: RepositoryFiles
    let store: ContentStore
    let cache: Cache
    let workers: WorkerThreads

    /// The indexes in their order; nil only where one is not at hand and there is no place to get it from. What is in
    /// the cache is read at the same time; the others one after the other, as parsing one takes 150 MB.
    func load(_ wanted: [Wanted<PackageIndex>]) async throws(FetchingError) -> [PackageIndex?] {
        var indexes: [PackageIndex?]
        do {
            indexes = try await workers.map(wanted, atMost: workers.count) { cached($0.digest) }
        } catch {
            throw .cancelled
        }
        for (place, item) in wanted.enumerated() where indexes[place] == nil {
            indexes[place] = try await make(item)
        }
        return indexes
    }

    /// Parses the index, and keeps its compact form.
    private func make(_ wanted: Wanted<PackageIndex>) async throws(FetchingError) -> PackageIndex? {
        var kept = wanted
        kept.parse = { blob in
            let index = try wanted.parse(blob)
            try keep(index, as: wanted.digest)
            return index
        }
        return try await read(kept)
    }

    /// What a file means; nil only where it is not at hand and there is no place to get it from.
    func read<Content>(_ wanted: Wanted<Content>) async throws(FetchingError) -> Content? {
        // A blob that was damaged on disk is dropped when it is read, and is then downloaded.
        for isLast in [false, true] {
            if !store.contains(wanted.digest) {
                guard !wanted.places.isEmpty else { return nil }
                try await download(wanted)
            }
            do {
                return try await workers.run { try parse(wanted) }
            } catch let error as StorageError {
                guard !isLast, case .damaged = error else { throw .storage(.init(error)) }
            } catch let error as FetchingError {
                throw error
            } catch is CancellationError {
                throw .cancelled
            } catch {
                throw .undecodable(repository: wanted.repository, file: wanted.file, reason: "\(error)")
            }
        }
        return nil
    }

    /// An entry that is gone, damaged or of another version is made again.
    func cached(_ digest: Digest) -> PackageIndex? {
        guard let path = cache.entry(Self.cacheKind, digest) else { return nil }
        do {
            return try PackageIndex(
                validating: Self.unsealed(HostDirectory.read(path, limit: Int(Self.plainLimit))))
        } catch {
            cache.discard(Self.cacheKind, digest)
            return nil
        }
    }

    /// What closes the compact form. The index checks its structure itself, but a flipped bit in a name or a digest
    /// has none; whoever can write here on purpose owns the cache.
    private static func seal(of bytes: UnsafeRawBufferPointer) -> [UInt8] {
        var checksum = Checksum()
        checksum.update(bytes)
        return (0..<4).map { UInt8(truncatingIfNeeded: checksum.crc32 >> (8 * $0)) }
    }

    private static func unsealed(_ file: consuming [UInt8]) throws -> [UInt8] {
        var bytes = consume file
        let length = bytes.count - 4
        guard length > 0,
            bytes.suffix(4).elementsEqual(
                bytes.withUnsafeBytes { seal(of: UnsafeRawBufferPointer(rebasing: $0[..<length])) })
        else { throw PackageIndexError.notAnIndex }
        bytes.removeLast(4)
        return bytes
    }

    private func download(_ wanted: Wanted<some Sendable>) async throws(FetchingError) {
        var failure: FetchingError?
        for (number, place) in wanted.places.enumerated() {
            do throws(RepositoryFiles.Failure) {
                return try await files.download(
                    place, wanted.digest, size: wanted.size,
                    promises: number + 1 < wanted.places.count, into: store)
            } catch {
                let error = error.about(place, of: wanted.repository)
                switch error {
                case .absent, .mismatch, .unreachable: failure = failure.map { $0.orIfAbsent(error) } ?? error
                default: throw error
                }
            }
        }
        throw failure ?? .absent(repository: wanted.repository, file: wanted.file)
    }

    private func parse<Content>(_ wanted: Wanted<Content>) throws -> Content {
        let blob = try store.reader(of: wanted.digest)
        do {
            return try wanted.parse(blob)
        } catch let error as ArchiveError {
            // Damaged on this disk, or by whoever signed it? The first is healed, and draining throws it.
            try blob.drain()
            throw error
        }
    }

    private func keep(_ index: PackageIndex, as digest: Digest) throws {
        do {
            try cache.publish(Self.cacheKind, digest) { file in
                try file.write(index.bytes)
                try file.write(index.bytes.withUnsafeBytes { Self.seal(of: $0) })
            }
        } catch StorageError.full {
            // The index is whole in memory; only the next run is slower.
        }
    }
}

extension FetchingError {
    /// Of two places' failures the one that says more.
    fileprivate func orIfAbsent(_ other: FetchingError) -> FetchingError {
        if case .absent = self { other } else { self }
    }

    /// True for what a mirror shows while it is being updated.
    var mayBeInFlux: Bool {
        switch self {
        case .mismatch, .absent: true
        default: false
        }
    }
}
