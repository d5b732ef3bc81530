// SPDX-License-Identifier: Apache-2.0

internal import CShim
internal import Glibc
package import Vocabulary

/// Bytes on their way into a `ContentStore`, hashed as they pass. Abandoned without `finish`, it leaves nothing.
package final class BlobWriter: ByteSink {
    /// How much of a durable blob is written before the kernel is asked to begin putting it on disk, so that the sync
    /// at the end finds little to wait for.
    private static let writebackStep: Int64 = 8 << 20

    private let new: NewFile
    private let writer: FileWriter
    private let directory: OpenFile
    private let durability: ContentStore.Durability
    private var hasher = ContentHasher()
    private var writtenBack: Int64 = 0

    init(_ new: NewFile, directory: OpenFile, durability: ContentStore.Durability) {
        self.new = new
        writer = FileWriter(new.file)
        self.directory = directory
        self.durability = durability
    }

    package var byteCount: Int64 { hasher.byteCount }

    /// Takes the next bytes; throws `full` where the disk is.
    package func write(_ bytes: UnsafeRawBufferPointer) throws(StorageError) {
        hasher.update(bytes)
        try writer.write(bytes)
        guard durability == .durable, hasher.byteCount - writtenBack >= Self.writebackStep else { return }
        try writer.flush()
        // Only a head start: a file system that cannot do it says so and the sync does all.
        _ = shim_start_writeback(new.file.fd, writtenBack, hasher.byteCount - writtenBack)
        writtenBack = hasher.byteCount
    }

    /// Takes the next bytes; throws `full` where the disk is.
    package func write(_ bytes: [UInt8]) throws(StorageError) {
        try bytes.lending { buffer throws(StorageError) in try write(buffer) }
    }

    /// Makes the bytes a blob. Throws `unexpected`, and stores nothing, where they are not those of `expecting`.
    package func finish(expecting expected: Digest? = nil) throws(StorageError) -> (
        digest: Digest, size: Int64
    ) {
        try writer.flush()
        let digest = hasher.finalize()
        if let expected, expected != digest {
            throw .unexpected(expected, found: digest)
        }
        if durability == .durable { try new.file.synchronizeData() }
        if try !new.publish(as: digest.hex, in: directory, replacing: false) {
            if try isIntact(digest) {
                new.discard()
            } else {
                // What stands there was damaged since; these bytes are the right ones.
                _ = try new.publish(as: digest.hex, in: directory, replacing: true)
            }
        }
        return (digest, hasher.byteCount)
    }

    private func isIntact(_ digest: Digest) throws(StorageError) -> Bool {
        let path = directory.path / digest.hex
        do throws(StorageError) {
            let file = try FileReader(OpenFile(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK))
            guard file.size == hasher.byteCount else { return false }
            try VerifyingReader(file, digest, path: path, dropping: false).drain()
            return true
        } catch {
            switch error {
            case .damaged, .system(_, _, ENOENT), .system(_, _, EISDIR): return false
            default: throw error
            }
        }
    }
}
