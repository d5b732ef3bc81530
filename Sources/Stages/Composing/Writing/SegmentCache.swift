// SPDX-License-Identifier: Apache-2.0
internal import Archives
internal import Storage
internal import Vocabulary

/// A finished segment in the cache: tar bytes for the diffID, compressed bytes for the blob.
struct CachedSegment: Sendable {
    let key: Digest
    let record: Record
    let tar: HostPath
    let compressed: HostPath

    struct Record: Sendable, Codable {
        var summary: SegmentSummary
        /// Of the compressed bytes; the summary has that of the tar bytes.
        var compressedCRC32: UInt32
    }
}

/// Segments by key: two files of bytes and a record that is written last, so that a segment with a record is whole.
/// The cache is disposable: what is missing or damaged is made again.
struct SegmentCache: Sendable {
    private static let (records, tars, compressed) = ("segment", "segment-tar", "segment-gzip")
    let cache: Cache
    /// Large segments are compressed on a second thread, while the first goes on decoding.
    var usesSecondThread = false

    func segment(_ key: Digest) -> CachedSegment? {
        guard let record: CachedSegment.Record = sealed(Self.records, key),
            let tar = cache.entry(Self.tars, key), let compressed = cache.entry(Self.compressed, key)
        else { return nil }
        return CachedSegment(key: key, record: record, tar: tar, compressed: compressed)
    }

    /// Makes a segment of the tar entries that `body` writes; `body` returns the key.
    func make(_ body: (inout TarWriter<SegmentSink>) throws -> Digest) throws -> CachedSegment {
        var made: (key: Digest, record: CachedSegment.Record)?
        var packed: HostPath?
        let tar = try cache.publish(Self.tars) { tar in
            var key: Digest?
            packed = try cache.publish(Self.compressed) { compressed in
                var writer = TarWriter(
                    SegmentSink(
                        tar: tar, compressed: compressed, usesSecondThread: usesSecondThread))
                let found = try body(&writer)
                made = (found, try writer.sink.finish())
                key = found
                return found
            }
            guard let key else { throw CancellationError() }
            return key
        }
        guard let made, let packed else { throw CancellationError() }
        try seal(Self.records, made.key, made.record)
        return CachedSegment(key: made.key, record: made.record, tar: tar, compressed: packed)
    }

    func discard(_ key: Digest) {
        for kind in [Self.records, Self.tars, Self.compressed] { cache.discard(kind, key) }
    }

    // MARK: - Small records

    /// A record whose bytes are those that were written; nil for none, another form or damage.
    func sealed<Value: Decodable>(_ kind: String, _ key: Digest) -> Value? {
        sealedBytes(kind, key).flatMap { try? CanonicalJSON.decode(from: $0, what: kind) }
    }

    func seal(_ kind: String, _ key: Digest, _ value: some Encodable) throws {
        try seal(kind, key, bytes: try CanonicalJSON.encode(value))
    }

    func sealedBytes(_ kind: String, _ key: Digest) -> [UInt8]? {
        guard let path = cache.entry(kind, key), let bytes = try? HostDirectory.read(path, limit: 256 << 20),
            bytes.count >= 32
        else { return nil }
        let content = Array(bytes.dropLast(32))
        guard ContentHasher.digest(of: content).bytes.elementsEqual(bytes.suffix(32)) else {
            cache.discard(kind, key)
            return nil
        }
        return content
    }

    func seal(_ kind: String, _ key: Digest, bytes: [UInt8]) throws {
        try cache.publish(kind, key) { writer in
            try writer.write(bytes)
            try writer.write(ContentHasher.digest(of: bytes).bytes)
        }
    }
}

/// Takes a segment's tar bytes and writes them twice: as they are, and compressed.
struct SegmentSink: ByteSink {
    private let tar: FileWriter
    private var compressed: CheckedSink
    private var encoder: SegmentEncoder

    init(tar: FileWriter, compressed: FileWriter, usesSecondThread: Bool) {
        self.tar = tar
        self.compressed = CheckedSink(file: compressed)
        encoder = usesSecondThread ? SegmentEncoder(relay: { Self.secondThread() }) : SegmentEncoder()
    }

    private static func secondThread() -> SegmentEncoder.Relay {
        let thread = SecondThread { try SegmentEncoder.compressor() }
        return SegmentEncoder.Relay(send: { try thread.send($0) }, receive: { try thread.receive() })
    }

    /// Tar bytes so far.
    var position: Int64 { tar.byteCount }

    mutating func write(_ bytes: UnsafeRawBufferPointer) throws {
        try tar.write(bytes)
        try encoder.write(bytes, to: &compressed)
    }

    mutating func finish() throws -> CachedSegment.Record {
        let summary = try encoder.finish(to: &compressed)
        return CachedSegment.Record(summary: summary, compressedCRC32: compressed.checksum.crc32)
    }

    private struct CheckedSink: ByteSink {
        let file: FileWriter
        var checksum = Checksum()

        mutating func write(_ bytes: UnsafeRawBufferPointer) throws {
            checksum.update(bytes)
            try file.write(bytes)
        }
    }
}
