// SPDX-License-Identifier: Apache-2.0

internal import Crypto

/// The one hasher: everything that Slipway addresses by content goes through here (SHA-256, FIPS 180-4).
package struct ContentHasher: Sendable {
    private var state = SHA256()
    /// Bytes seen so far.
    package private(set) var byteCount: Int64 = 0

    package init() {}

    package mutating func update(_ bytes: UnsafeRawBufferPointer) {
        state.update(bufferPointer: bytes)
        byteCount += Int64(bytes.count)
    }

    package mutating func update(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { update($0) }
    }

    package mutating func update(_ bytes: ArraySlice<UInt8>) {
        bytes.withUnsafeBytes { update($0) }
    }

    /// The digest of all bytes seen; the hasher may go on afterwards.
    package func finalize() -> Digest { Digest(bytes: Array(state.finalize())) }

    package static func digest(of bytes: [UInt8]) -> Digest {
        var hasher = ContentHasher()
        hasher.update(bytes)
        return hasher.finalize()
    }

    /// SHA-1, for file formats that ask for it and for nothing that is trusted.
    package static func sha1(of bytes: [UInt8]) -> [UInt8] { Array(Insecure.SHA1.hash(data: bytes)) }

    package static func digest(of text: String) -> Digest { digest(of: Array(text.utf8)) }
}
