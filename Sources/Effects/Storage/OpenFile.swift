// SPDX-License-Identifier: Apache-2.0

internal import CShim
internal import Glibc
internal import Vocabulary

/// An open file or directory that closes itself; the system calls of Storage with EINTR repeated and errno turned
/// into `StorageError`.
final class OpenFile: Sendable {
    let fd: Int32
    let path: HostPath

    init(adopting fd: Int32, path: HostPath) {
        self.fd = fd
        self.path = path
    }

    deinit { close(fd) }

    /// Opens `path`; `flags` as open(2), always close-on-exec.
    convenience init(_ path: HostPath, _ flags: Int32, mode: UInt32 = 0) throws(StorageError) {
        let fd = try Self.check("open", path) { shim_openat(AT_FDCWD, path.text, flags, mode) }
        self.init(adopting: fd, path: path)
    }

    static func directory(_ path: HostPath) throws(StorageError) -> OpenFile {
        try OpenFile(path, O_RDONLY | O_DIRECTORY)
    }

    /// Runs a call that returns -1 on failure, again where it was interrupted.
    @discardableResult
    static func check<Result: SignedInteger>(
        _ doing: String, _ path: HostPath, _ call: () -> Result
    ) throws(StorageError) -> Result {
        while true {
            let result = call()
            if result >= 0 { return result }
            let code = errno
            if code != EINTR { throw failure(doing, path, code) }
        }
    }

    static func failure(_ doing: String, _ path: HostPath, _ code: Int32) -> StorageError {
        code == ENOSPC || code == EDQUOT ? .full(path: path) : .system(doing: doing, path: path, code: code)
    }

    /// Nil where nothing has that name.
    static func status(of path: HostPath, followingLinks: Bool = true) throws(StorageError) -> stat? {
        var result = stat()
        let code = followingLinks ? stat(path.text, &result) : lstat(path.text, &result)
        if code == 0 { return result }
        if errno == ENOENT || errno == ENOTDIR { return nil }
        throw failure("look at", path, errno)
    }

    func status() throws(StorageError) -> stat {
        var result = stat()
        try Self.check("look at", path) { fstat(fd, &result) }
        return result
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(StorageError) -> Int {
        guard let base = buffer.baseAddress, !buffer.isEmpty else { return 0 }
        return try Self.check("read", path) { Glibc.read(fd, base, buffer.count) }
    }

    func write(_ bytes: UnsafeRawBufferPointer) throws(StorageError) {
        guard let base = bytes.baseAddress else { return }
        var done = 0
        while done < bytes.count {
            done += try Self.check("write", path) { Glibc.write(fd, base + done, bytes.count - done) }
        }
    }

    /// The data and what is needed to find them are on disk.
    func synchronizeData() throws(StorageError) { try Self.check("sync", path) { fdatasync(fd) } }

    /// For directories: the names in it are on disk.
    func synchronize() throws(StorageError) { try Self.check("sync", path) { fsync(fd) } }
}
