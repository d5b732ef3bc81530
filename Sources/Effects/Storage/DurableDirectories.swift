// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import Synchronization
package import Vocabulary

/// The directories of one tree that several threads fill at once, all of them with names that are on disk. Whoever
/// finds a directory that another thread has just made could otherwise promise what stands in it too early; so each
/// is made, or found, and synced once, under a lock.
package final class DurableDirectories: Sendable {
    /// So many are remembered; then all are looked at anew.
    private static let limit = 4096

    private let root: HostPath
    private let known = Mutex<Set<String>>([])

    /// `root` must be there.
    package init(below root: HostPath) { self.root = root }

    /// Makes `directory`, which lies below the root, and what is missing above it. Throws where something else has one
    /// of the names.
    package func ensure(_ directory: HostPath) throws(StorageError) {
        try known.withLock { known throws(StorageError) in
            if known.contains(directory.text), try HostDirectory.isDirectory(directory) { return }
            if known.count >= Self.limit { known.removeAll() }
            var path = root
            for name in directory.text.dropFirst(root.text.count).split(separator: "/") {
                let parent = path
                path = path / String(name)
                if known.contains(path.text), try HostDirectory.isDirectory(path) { continue }
                try HostDirectory.create(path)
                try OpenFile.directory(parent).synchronize()
                known.insert(path.text)
            }
        }
    }
}
