// SPDX-License-Identifier: Apache-2.0

internal import CShim
internal import Glibc
package import Vocabulary

/// Files that others wrote and that something is about to name.
package enum DurableFiles {
    /// From so many on the whole file system is asked once.
    private static let few = 16

    /// The named files of a directory, and their names, are on disk afterwards.
    package static func synchronize(_ names: [String], in directory: HostPath) throws(StorageError) {
        let folder = try OpenFile.directory(directory)
        if names.count > few {
            try OpenFile.check("sync", directory) { shim_syncfs(folder.fd) }
            return
        }
        for name in names {
            try OpenFile(directory / name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK).synchronizeData()
        }
        try folder.synchronize()
    }
}
