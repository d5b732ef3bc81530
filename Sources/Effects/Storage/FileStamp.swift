// SPDX-License-Identifier: Apache-2.0

internal import Glibc
package import Vocabulary

/// What tells without reading it that a file was not touched since it was read: replacing it gives another inode, writing
/// to it another change time, which nobody can set back.
package struct FileStamp: Sendable, Hashable {
    package let device: UInt64
    package let inode: UInt64
    /// Bytes.
    package let size: Int64
    /// Nanoseconds since 1970.
    package let modified: Int64
    /// Nanoseconds since 1970.
    package let changed: Int64

    package init(device: UInt64, inode: UInt64, size: Int64, modified: Int64, changed: Int64) {
        self.device = device
        self.inode = inode
        self.size = size
        self.modified = modified
        self.changed = changed
    }

    /// Nil where no regular file has that name; links are not followed.
    package static func of(_ path: HostPath) throws(StorageError) -> FileStamp? {
        try OpenFile.status(of: path, followingLinks: false).flatMap { FileStamp($0) }
    }

    fileprivate init?(_ status: stat) {
        guard status.st_mode & S_IFMT == S_IFREG else { return nil }
        func nanoseconds(_ time: timespec) -> Int64 {
            Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
        }
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
        size = Int64(status.st_size)
        modified = nanoseconds(status.st_mtim)
        changed = nanoseconds(status.st_ctim)
    }
}
