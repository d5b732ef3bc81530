// SPDX-License-Identifier: Apache-2.0

/// Bytes on their way, hashed and counted as they pass.
package final class HashingSource: ByteSource {
    private var source: any ByteSource
    private var hasher = ContentHasher()

    package init(_ source: any ByteSource) { self.source = source }

    /// Of the bytes that passed so far.
    package var digest: Digest { hasher.finalize() }
    /// Bytes that passed so far.
    package var byteCount: Int64 { hasher.byteCount }

    package func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        let count = try source.read(into: buffer)
        hasher.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        return count
    }
}
