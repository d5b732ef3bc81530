// SPDX-License-Identifier: Apache-2.0
internal import CLibdeflate

/// The CRC-32 of gzip, for files that only have to be told from damaged ones.
package struct Checksum: Sendable {
    /// Of all bytes so far.
    package private(set) var crc32: UInt32 = 0

    package init() {}

    package mutating func update(_ bytes: UnsafeRawBufferPointer) {
        guard !bytes.isEmpty else { return }
        crc32 = libdeflate_crc32(crc32, bytes.baseAddress, bytes.count)
    }
}
