// SPDX-License-Identifier: Apache-2.0

internal import Crypto

/// MD5 piece by piece, for `md5sums` of Debian packages, which finds damage and proves nothing.
package struct MD5Hasher: Sendable {
    private var state = Insecure.MD5()

    package init() {}

    package mutating func update(_ bytes: UnsafeRawBufferPointer) { state.update(bufferPointer: bytes) }

    /// Of all bytes seen: 16 bytes.
    package func finalize() -> [UInt8] { Array(state.finalize()) }
}
