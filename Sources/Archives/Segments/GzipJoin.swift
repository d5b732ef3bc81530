// SPDX-License-Identifier: Apache-2.0
internal import CZlib

/// Joins segments into one gzip member (RFC 1952): `header()`, the segments' compressed bytes in the order in which
/// they are added, `trailer()`. No time, no name, operating system "unknown": nothing that differs between machines.
package struct GzipJoin {
    private var crc: UInt = 0
    /// Bytes of all segments, uncompressed.
    package private(set) var uncompressedSize: Int64 = 0
    /// Bytes of the whole member, header and trailer included.
    package private(set) var compressedSize: Int64 = 20

    package init() {}

    package static func header() -> [UInt8] { [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255] }

    package mutating func add(_ segment: SegmentSummary) {
        crc = crc32_combine(crc, UInt(segment.crc32), Int(segment.uncompressedSize))
        uncompressedSize += segment.uncompressedSize
        compressedSize += segment.compressedSize
    }

    /// An empty last block, the CRC and the length of everything, little-endian.
    package func trailer() -> [UInt8] {
        let length = UInt32(truncatingIfNeeded: uncompressedSize)
        return [0x03, 0x00]
            + [UInt32(truncatingIfNeeded: crc), length].flatMap { word in
                (0..<4).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) }
            }
    }
}
