// SPDX-License-Identifier: Apache-2.0

internal import Glibc
package import Vocabulary

/// A regular file as a source.
package final class FileReader: ByteSource {
    /// Bytes when it was opened.
    package let size: Int64
    private let file: OpenFile

    /// Opens a regular file; refuses directories, devices and pipes.
    package convenience init(_ path: HostPath) throws(StorageError) {
        // Without O_NONBLOCK a pipe in the file's place would hold us up.
        try self.init(OpenFile(path, O_RDONLY | O_NONBLOCK))
    }

    init(_ file: OpenFile) throws(StorageError) {
        let status = try file.status()
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw .system(doing: "read", path: file.path, code: EISDIR)
        }
        size = Int64(status.st_size)
        self.file = file
    }

    /// Goes on reading at `offset`, in bytes from the beginning.
    package func seek(to offset: Int64) throws(StorageError) {
        try OpenFile.check("read", file.path) { Int(lseek(file.fd, off_t(offset), SEEK_SET)) }
    }

    /// Fills some of the buffer; 0 at the end.
    package func read(into buffer: UnsafeMutableRawBufferPointer) throws(StorageError) -> Int {
        try file.read(into: buffer)
    }

    /// The rest of the file, at most `limit` bytes of it.
    package func readAll(limit: Int) throws(StorageError) -> [UInt8] {
        guard size <= Int64(limit) else {
            throw .tooLarge(path: file.path, bytes: size, limit: Int64(limit))
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Int(size))
        var piece = [UInt8](repeating: 0, count: Int(min(max(size, 1), 128 << 10)) + 1)
        while true {
            let count = try piece.lendingMutably { buffer throws(StorageError) in try file.read(into: buffer)
            }
            if count == 0 { return bytes }
            bytes.append(contentsOf: piece[..<count])
            guard bytes.count <= limit else {
                throw .tooLarge(path: file.path, bytes: Int64(bytes.count), limit: Int64(limit))
            }
        }
    }
}

extension FileReader {
    /// SHA-256 of what is left of the file.
    /// - Throws: `StorageError`, `CancellationError`.
    package func digest() throws -> Digest {
        let source = HashingSource(self)
        try source.forEachPiece { _ in try Task.checkCancellation() }
        return source.digest
    }
}
