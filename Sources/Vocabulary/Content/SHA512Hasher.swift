// SPDX-License-Identifier: Apache-2.0

internal import Crypto

/// SHA-512 piece by piece (FIPS 180-4), for digests that others wrote down; the store's own are `ContentHasher`'s.
package struct SHA512Hasher: Sendable {
    private var state = SHA512()

    package init() {}

    package mutating func update(_ bytes: UnsafeRawBufferPointer) { state.update(bufferPointer: bytes) }

    /// Of all bytes seen, in lowercase hex.
    package func finalize() -> String { Digest(.sha512, bytes: Array(state.finalize())).hex }
}
