// SPDX-License-Identifier: Apache-2.0
internal import CLibdeflate
package import Vocabulary

/// What joining needs to know about a compressed segment.
package struct SegmentSummary: Sendable, Equatable, Codable {
    /// CRC-32 (RFC 1952) of the uncompressed bytes.
    package var crc32: UInt32
    /// Bytes.
    package var uncompressedSize: Int64
    /// Bytes.
    package var compressedSize: Int64

    package init(crc32: UInt32, uncompressedSize: Int64, compressedSize: Int64) {
        self.crc32 = crc32
        self.uncompressedSize = uncompressedSize
        self.compressedSize = compressedSize
    }
}

/// Compresses a run of bytes into raw deflate data that end on a byte boundary, refer to nothing before them and
/// hold no final block: segments can be put one behind the other in any order (`GzipJoin`). Memory is flat: one chunk
/// in, one chunk out. Equal bytes give equal segments, however they are cut into writes and on whatever processor.
package struct SegmentEncoder {
    static let level: Int32 = 6
    static let chunkSize = 1 << 20

    /// Names all that the compressed bytes depend on, beside the input: part of every segment's key.
    package static let identity =
        "libdeflate-\(LIBDEFLATE_VERSION_MAJOR).\(LIBDEFLATE_VERSION_MINOR)-level\(level)-chunk\(chunkSize)"

    /// Somebody beside the caller who compresses: `send` takes a chunk and gives an earlier one back where there is one,
    /// `receive` waits for the next, nil after the last. All in order.
    package struct Relay {
        package var send: ([UInt8]) throws -> [UInt8]?
        package var receive: () throws -> [UInt8]?

        package init(send: @escaping ([UInt8]) throws -> [UInt8]?, receive: @escaping () throws -> [UInt8]?) {
            self.send = send
            self.receive = receive
        }
    }

    private let makeRelay: (() -> Relay)?
    private var relay: Relay?
    private var chunk: DeflateChunk?
    private var filled: [UInt8] = []
    private var crc: UInt32 = 0
    private var uncompressedSize: Int64 = 0
    private var compressedSize: Int64 = 0

    /// - Parameter relay: asked once there is a whole chunk; what is shorter is not worth it. Without one the caller's
    ///   thread compresses.
    package init(relay: (() -> Relay)? = nil) { makeRelay = relay }

    /// What stands at the other end of a relay: compresses one chunk at a time, on one thread.
    package static func compressor() throws -> ([UInt8]) throws -> [UInt8] {
        let chunk = try DeflateChunk(capacity: chunkSize, level: level)
        return { bytes in Array(try bytes.withUnsafeBytes { try chunk.compress($0) }) }
    }

    /// Takes bytes of any number; compressed ones go to `sink` whenever a chunk is done. Throws
    /// `ArchiveError.codecFailed` or what the sink throws.
    package mutating func write(_ tar: UnsafeRawBufferPointer, to sink: inout some ByteSink) throws {
        var rest = tar
        while !rest.isEmpty {
            let count = min(rest.count, Self.chunkSize - filled.count)
            filled.append(contentsOf: rest[..<count])
            rest = .init(rebasing: rest[count...])
            guard filled.count == Self.chunkSize else { continue }
            if relay == nil { relay = makeRelay?() }
            try flush(to: &sink)
        }
    }

    /// Compresses what is left and says what came of it all. The encoder can be used again for another segment.
    package mutating func finish(to sink: inout some ByteSink) throws -> SegmentSummary {
        if !filled.isEmpty { try flush(to: &sink) }
        while let compressed = try relay?.receive() { try emit(compressed, to: &sink) }
        defer { (crc, uncompressedSize, compressedSize) = (0, 0, 0) }
        return SegmentSummary(
            crc32: crc, uncompressedSize: uncompressedSize, compressedSize: compressedSize)
    }

    private mutating func flush(to sink: inout some ByteSink) throws {
        crc = filled.withUnsafeBytes { libdeflate_crc32(crc, $0.baseAddress, $0.count) }
        uncompressedSize += Int64(filled.count)
        if let relay {
            let full = filled
            filled = []
            filled.reserveCapacity(Self.chunkSize)
            if let compressed = try relay.send(full) { try emit(compressed, to: &sink) }
            return
        }
        let chunk = try self.chunk ?? DeflateChunk(capacity: Self.chunkSize, level: Self.level)
        self.chunk = chunk
        let compressed = try filled.withUnsafeBytes { try chunk.compress($0) }
        try sink.write(compressed)
        compressedSize += Int64(compressed.count)
        filled.removeAll(keepingCapacity: true)
    }

    private mutating func emit(_ compressed: [UInt8], to sink: inout some ByteSink) throws {
        try sink.write(compressed)
        compressedSize += Int64(compressed.count)
    }
}
