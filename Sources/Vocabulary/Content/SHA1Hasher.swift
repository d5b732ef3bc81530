// SPDX-License-Identifier: Apache-2.0

internal import Crypto

/// SHA-1 piece by piece, for file formats that ask for it and for nothing that is trusted.
package struct SHA1Hasher: Sendable {
    private var state = Insecure.SHA1()

    package init() {}

    package mutating func update(_ bytes: UnsafeRawBufferPointer) { state.update(bufferPointer: bytes) }

    /// Of all bytes seen: 20 bytes.
    package func finalize() -> [UInt8] { Array(state.finalize()) }
}
