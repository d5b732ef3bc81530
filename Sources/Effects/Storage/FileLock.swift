// SPDX-License-Identifier: Apache-2.0

internal import CShim
internal import Glibc
package import Vocabulary

/// A lock between processes (flock) on a file or directory, exclusive or shared with others that share it, released with
/// this object or with the process.
/// Taking one may wait: call it on a worker thread.
package final class FileLock: Sendable {
    private let file: OpenFile

    /// Locks `path`, creating a file there where nothing is; throws `locked` instead of waiting where `waiting` is
    /// false.
    package convenience init(_ path: HostPath, shared: Bool = false, waiting: Bool = true)
        throws(StorageError)
    {
        let file =
            try HostDirectory.isDirectory(path)
            ? OpenFile.directory(path) : OpenFile(path, O_RDWR | O_CREAT | O_NOFOLLOW, mode: 0o644)
        try self.init(file, path, shared: shared, waiting: waiting)
    }

    /// Locks a directory; nothing is made where there is none.
    package convenience init(directory path: HostPath, shared: Bool = false, waiting: Bool = true)
        throws(StorageError)
    {
        try self.init(OpenFile.directory(path), path, shared: shared, waiting: waiting)
    }

    private init(_ file: OpenFile, _ path: HostPath, shared: Bool, waiting: Bool) throws(StorageError) {
        self.file = file
        let kind = shared ? LOCK_SH : LOCK_EX
        while flock(file.fd, waiting ? kind : kind | LOCK_NB) != 0 {
            switch errno {
            case EINTR: continue
            case EWOULDBLOCK: throw StorageError.locked(path: path)
            case let code: throw OpenFile.failure("lock", path, code)
            }
        }
    }

    /// Said and not left to the close: a child that was forked a moment ago holds the file open until it becomes its
    /// program.
    deinit { flock(file.fd, LOCK_UN) }
}
