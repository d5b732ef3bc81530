// SPDX-License-Identifier: Apache-2.0

internal import CShim
internal import Glibc
package import Vocabulary

/// A file as a sink. The bytes are gathered into pieces of 128 KiB: call `flush` at the end, or an error of the last
/// piece goes unseen.
package final class FileWriter: ByteSink {
    private static let pieceSize = 128 << 10
    let file: OpenFile
    private var pending: [UInt8] = []
    /// Bytes written so far.
    package private(set) var byteCount: Int64 = 0

    /// Creates the file, or empties it; for files whose half-written state harms nobody (reports, unpacked trees).
    /// Everything else goes through `AtomicFile`, `ContentStore` or `Cache`.
    package convenience init(_ path: HostPath, mode: UInt32 = 0o644) throws(StorageError) {
        self.init(try OpenFile(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, mode: mode))
    }

    init(_ file: OpenFile) { self.file = file }

    deinit { try? flush() }

    /// Takes the next bytes; throws `full` where the disk is.
    package func write(_ bytes: UnsafeRawBufferPointer) throws(StorageError) {
        byteCount += Int64(bytes.count)
        if pending.count + bytes.count < Self.pieceSize {
            pending.append(contentsOf: bytes)
            return
        }
        try flush()
        if bytes.count >= Self.pieceSize { try file.write(bytes) } else { pending.append(contentsOf: bytes) }
    }

    /// Takes the next bytes; throws `full` where the disk is.
    package func write(_ bytes: [UInt8]) throws(StorageError) {
        try bytes.lending { buffer throws(StorageError) in try write(buffer) }
    }

    /// Hands everything to the kernel.
    package func flush() throws(StorageError) {
        guard !pending.isEmpty else { return }
        let bytes = pending
        pending.removeAll(keepingCapacity: false)
        try bytes.lending { buffer throws(StorageError) in try file.write(buffer) }
    }
}
