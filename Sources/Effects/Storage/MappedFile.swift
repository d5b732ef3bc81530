// SPDX-License-Identifier: Apache-2.0

internal import Glibc
package import Vocabulary

/// A file mapped into memory, read only.
///
/// `@unchecked Sendable` is sound here because the pages are never written to and the mapping lives as long as the
/// object. The file must be one that is replaced and never rewritten in place, as all of Slipway's are.
package final class MappedFile: @unchecked Sendable {
    private let base: UnsafeRawBufferPointer

    package init(_ path: HostPath) throws(StorageError) {
        let file = try OpenFile(path, O_RDONLY | O_NONBLOCK)
        let status = try file.status()
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw .system(doing: "map", path: path, code: EISDIR)
        }
        let size = Int(status.st_size)
        guard size > 0 else {
            base = UnsafeRawBufferPointer(start: nil, count: 0)
            return
        }
        guard let address = mmap(nil, size, PROT_READ, MAP_PRIVATE, file.fd, 0), address != MAP_FAILED else {
            throw OpenFile.failure("map", path, errno)
        }
        base = UnsafeRawBufferPointer(start: address, count: size)
    }

    deinit {
        if let address = base.baseAddress { munmap(UnsafeMutableRawPointer(mutating: address), base.count) }
    }

    package var count: Int { base.count }

    /// Lends the bytes; they must not be used after `body` returns.
    package func withUnsafeBytes<Value, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        try body(base)
    }
}
