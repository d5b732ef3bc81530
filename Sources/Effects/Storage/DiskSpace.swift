// SPDX-License-Identifier: Apache-2.0

internal import Glibc
package import Vocabulary

/// How much file systems have left.
package enum DiskSpace {
    /// Whether so little is left in the file system of a folder that nobody could go on writing.
    package static func isFull(_ folder: HostPath) -> Bool {
        var status = statvfs()
        guard statvfs(folder.text, &status) == 0 else { return false }
        let bytes = UInt64(status.f_bavail) * UInt64(status.f_frsize)
        return bytes < 64 << 10 || (status.f_files > 0 && status.f_favail == 0)
    }
}
