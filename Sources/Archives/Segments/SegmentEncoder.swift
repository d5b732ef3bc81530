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

    private let chunk: DeflateChunk
    private var filled = 0
    private var crc: UInt32 = 0
    private var uncompressedSize: Int64 = 0
    private var compressedSize: Int64 = 0

    package init() throws {
        chunk = try DeflateChunk(capacity: Self.chunkSize, level: Self.level)
    }

    /// Takes bytes of any number; compressed ones go to `sink` whenever a chunk is full. Throws
    /// `ArchiveError.codecFailed` or what the sink throws.
    package mutating func write(_ tar: UnsafeRawBufferPointer, to sink: inout some ByteSink) throws {
        var rest = tar
        while !rest.isEmpty {
            let count = min(rest.count, Self.chunkSize - filled)
            UnsafeMutableRawBufferPointer(rebasing: chunk.input[filled...])
                .copyMemory(from: .init(rebasing: rest[..<count]))
            filled += count
            rest = .init(rebasing: rest[count...])
            if filled == Self.chunkSize { try flush(to: &sink) }
        }
    }

    /// Compresses what is left and says what came of it all. The encoder can be used again for another segment.
    package mutating func finish(to sink: inout some ByteSink) throws -> SegmentSummary {
        if filled > 0 { try flush(to: &sink) }
        defer { (crc, uncompressedSize, compressedSize) = (0, 0, 0) }
        return SegmentSummary(
            crc32: crc, uncompressedSize: uncompressedSize, compressedSize: compressedSize)
    }

    private mutating func flush(to sink: inout some ByteSink) throws {
        let bytes = UnsafeRawBufferPointer(rebasing: chunk.input[..<filled])
        crc = libdeflate_crc32(crc, bytes.baseAddress, bytes.count)
        let compressed = try chunk.compress(filled)
        try sink.write(compressed)
        uncompressedSize += Int64(filled)
        compressedSize += Int64(compressed.count)
        filled = 0
    }
}
