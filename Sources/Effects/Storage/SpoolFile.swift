// SPDX-License-Identifier: Apache-2.0

package import Vocabulary

/// Bytes that are too many for memory and are needed once more, hashed as they pass. The file has no lasting name:
/// nothing is left of it, not even where the process is killed (on file systems with O_TMPFILE).
package final class SpoolFile: ByteSink {
    private let new: NewFile
    private let writer: FileWriter
    private var hasher = ContentHasher()

    /// - Parameter directory: where there is room for it; must be there.
    package init(in directory: HostPath) throws(StorageError) {
        new = try NewFile(in: try OpenFile.directory(directory), mode: 0o600)
        writer = FileWriter(new.file)
    }

    /// SHA-256 of the bytes so far.
    package var digest: Digest { hasher.finalize() }
    /// Bytes so far.
    package var byteCount: Int64 { hasher.byteCount }

    /// Takes the next bytes; throws `full` where the disk is.
    package func write(_ bytes: UnsafeRawBufferPointer) throws(StorageError) {
        hasher.update(bytes)
        try writer.write(bytes)
    }

    /// All of them from the beginning; nothing is written afterwards.
    package func reader() throws(StorageError) -> FileReader {
        try writer.flush()
        let reader = try FileReader(new.file)
        try reader.seek(to: 0)
        return reader
    }
}
