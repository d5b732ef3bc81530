// SPDX-License-Identifier: Apache-2.0
internal import Archives
internal import Storage
internal import Vocabulary

/// Joins segments into one layer: a copy and two hash passes, whatever the image's size. Nothing is compressed here.
struct LayerJoin: Sendable {
    private static let pieceSize = 256 << 10
    private static let kind = "layer"

    /// A segment's bytes in the cache are not those that were written. It was dropped: make it again.
    struct DamagedSegment: Error {
        let key: Digest
    }

    /// One of the two passes over a layer; they run beside each other.
    enum Pass: Sendable { case plain, compressed }

    enum Outcome: Sendable {
        case plain(diffID: Digest, size: Int64)
        case compressed(digest: Digest, size: Int64)
    }

    let segments: [CachedSegment]
    let store: ContentStore
    let cache: SegmentCache

    private struct Record: Codable {
        var layer: PlatformImage.Layer
    }

    private var key: Digest {
        ContentHasher.digest(of: "layer of " + segments.map(\.key.hex).joined(separator: " "))
    }

    /// The layer that these very segments gave before, if its blob is still in the store.
    func known() -> PlatformImage.Layer? {
        guard let record: Record = cache.sealed(Self.kind, key),
            store.size(of: record.layer.descriptor.digest) == record.layer.descriptor.size
        else { return nil }
        return record.layer
    }

    func run(_ pass: Pass) throws -> Outcome {
        switch pass {
        case .plain:
            var hasher = ContentHasher()
            for segment in segments {
                try read(segment, segment.tar, expecting: segment.record.summary.crc32) { hasher.update($0) }
            }
            return .plain(diffID: hasher.finalize(), size: hasher.byteCount)
        case .compressed:
            let writer = try store.writer()
            var join = GzipJoin()
            try writer.write(GzipJoin.header())
            for segment in segments {
                try read(segment, segment.compressed, expecting: segment.record.compressedCRC32) {
                    try writer.write($0)
                }
                join.add(segment.record.summary)
            }
            try writer.write(join.trailer())
            let (digest, size) = try writer.finish()
            return .compressed(digest: digest, size: size)
        }
    }

    /// The layer of both passes, remembered.
    func layer(_ outcomes: [Outcome]) throws -> PlatformImage.Layer {
        var layer = PlatformImage.Layer(
            descriptor: Descriptor(mediaType: .layerGzip, digest: key, size: 0), diffID: key,
            uncompressedSize: 0)
        for outcome in outcomes {
            switch outcome {
            case .plain(let diffID, let size):
                layer.diffID = diffID
                layer.uncompressedSize = size
            case .compressed(let digest, let size):
                layer.descriptor = Descriptor(mediaType: .layerGzip, digest: digest, size: size)
            }
        }
        try cache.seal(Self.kind, key, Record(layer: layer))
        return layer
    }

    /// A segment that is gone is as good as damaged: the other pass found it so and discarded it, or somebody pruned.
    private func open(_ path: HostPath, of segment: CachedSegment) throws -> FileReader {
        do {
            return try FileReader(path)
        } catch {
            guard try HostDirectory.exists(path) else { throw DamagedSegment(key: segment.key) }
            throw error
        }
    }

    private func read(
        _ segment: CachedSegment, _ path: HostPath, expecting crc32: UInt32,
        _ body: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        var checksum = Checksum()
        let file = try open(path, of: segment)
        let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.pieceSize, alignment: 16)
        defer { piece.deallocate() }
        while true {
            try Task.checkCancellation()
            let count = try file.read(into: piece)
            guard count > 0 else { break }
            let bytes = UnsafeRawBufferPointer(rebasing: piece[..<count])
            checksum.update(bytes)
            try body(bytes)
        }
        guard checksum.crc32 == crc32 else {
            cache.discard(segment.key)
            throw DamagedSegment(key: segment.key)
        }
    }
}
