// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import Vocabulary

/// A blob's bytes, hashed as they pass. Only when `read` has returned 0 are the bytes known to be the blob's: whoever
/// stops earlier, or acts before, has read unverified bytes.
package final class VerifyingReader: ByteSource {
    /// Bytes of the file.
    package let size: Int64
    private let file: FileReader
    private let digest: Digest
    private let path: HostPath
    private let dropping: Bool
    private var hasher = ContentHasher()
    private var verified = false

    init(_ file: FileReader, _ digest: Digest, path: HostPath, dropping: Bool) {
        size = file.size
        self.file = file
        self.digest = digest
        self.path = path
        self.dropping = dropping
    }

    /// Throws `damaged` instead of returning 0 where the bytes were not those of the digest.
    package func read(into buffer: UnsafeMutableRawBufferPointer) throws(StorageError) -> Int {
        guard !buffer.isEmpty, !verified else { return 0 }
        let count = try file.read(into: buffer)
        if count > 0 {
            hasher.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            return count
        }
        let found = hasher.finalize()
        guard found == digest else {
            if dropping { unlink(path.text) }
            throw .damaged(digest, found: found, path: path, dropped: dropping)
        }
        verified = true
        return 0
    }

    /// Reads and drops what is left, so that everything that was read is verified.
    package func drain() throws(StorageError) {
        var piece = [UInt8](repeating: 0, count: 128 << 10)
        while try piece.lendingMutably({ buffer throws(StorageError) in try read(into: buffer) }) > 0 {}
    }

    /// The rest, verified, at most `limit` bytes.
    package func readAll(limit: Int) throws(StorageError) -> [UInt8] {
        guard size <= Int64(limit) else {
            throw .tooLarge(path: path, bytes: size, limit: Int64(limit))
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Int(size))
        var piece = [UInt8](repeating: 0, count: min(Int(size) + 1, 128 << 10))
        while true {
            let count = try piece.lendingMutably { buffer throws(StorageError) in try read(into: buffer) }
            if count == 0 { return bytes }
            bytes.append(contentsOf: piece[..<count])
            guard bytes.count <= limit else {
                throw .tooLarge(path: path, bytes: Int64(bytes.count), limit: Int64(limit))
            }
        }
    }
}
