// SPDX-License-Identifier: Apache-2.0

internal import CShim
internal import Glibc
internal import Synchronization
internal import Vocabulary

/// A file that has no lasting name yet: unnamed where the file system can (O_TMPFILE), else under a temporary name
/// that is locked while its writer lives. It vanishes with this object unless it was published.
final class NewFile {
    /// Temporary names start with this, so that what a killed process left is recognised and swept.
    static let prefix = ".new-"
    private static let counter = Atomic<UInt64>(0)

    let file: OpenFile
    private let directory: OpenFile
    /// Set while a temporary name exists.
    private var temporaryName: String?

    /// `directory` must be on the file system of the later name; `named` forces the way without O_TMPFILE.
    init(in directory: OpenFile, mode: UInt32, named: Bool = false) throws(StorageError) {
        self.directory = directory
        if !named, access("/proc/self/fd", X_OK) == 0 {
            let fd = shim_open_unnamed(directory.fd, mode)
            if fd >= 0 {
                file = OpenFile(adopting: fd, path: directory.path)
                flock(fd, LOCK_EX | LOCK_NB)
                return
            }
            guard [EOPNOTSUPP, EISDIR, EINVAL, ENOENT].contains(errno) else {
                throw OpenFile.failure("create a file in", directory.path, errno)
            }
        }
        (file, temporaryName) = try Self.createNamed(in: directory, mode: mode)
    }

    /// A sweeper may take a name between its creation and its lock: such a file is let go, and another is made.
    private static func createNamed(
        in directory: OpenFile, mode: UInt32
    ) throws(StorageError) -> (file: OpenFile, name: String) {
        while true {
            let name = uniqueName()
            let fd = try OpenFile.check("create a file in", directory.path) {
                shim_openat(directory.fd, name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, mode)
            }
            let file = OpenFile(adopting: fd, path: directory.path / name)
            var status = stat()
            if flock(fd, LOCK_EX | LOCK_NB) == 0, fstat(fd, &status) == 0, status.st_nlink > 0 {
                return (file, name)
            }
        }
    }

    deinit { discard() }

    /// Makes the file appear as `name`, in place of whatever had that name where `replacing`. False where the name
    /// was taken and not replaced.
    func publish(as name: String, in target: OpenFile, replacing: Bool) throws(StorageError) -> Bool {
        if !replacing {
            return try publishNew(as: name, in: target)
        }
        if temporaryName == nil {
            let temporary = Self.uniqueName()
            try OpenFile.check("name a file in", directory.path) {
                shim_link_unnamed(file.fd, directory.fd, temporary)
            }
            temporaryName = temporary
        }
        guard let temporary = temporaryName else { return false }
        try OpenFile.check("replace", target.path / name) {
            renameat(directory.fd, temporary, target.fd, name)
        }
        temporaryName = nil
        return true
    }

    private func publishNew(as name: String, in target: OpenFile) throws(StorageError) -> Bool {
        let result: Int32
        if let temporary = temporaryName {
            var moved = shim_rename_noreplace(directory.fd, temporary, target.fd, name)
            if moved == 0 {
                temporaryName = nil
            } else if errno == EINVAL || errno == ENOSYS {
                // A hard link never replaces either; it only takes two steps.
                moved = linkat(directory.fd, temporary, target.fd, name, 0)
                if moved == 0 { discard() }
            }
            result = moved
        } else {
            result = shim_link_unnamed(file.fd, target.fd, name)
        }
        if result == 0 { return true }
        if errno == EEXIST { return false }
        throw OpenFile.failure("name", target.path / name, errno)
    }

    /// Forgets the file, unless it was published.
    func discard() {
        guard let name = temporaryName else { return }
        unlinkat(directory.fd, name, 0)
        temporaryName = nil
    }

    private static func uniqueName() -> String {
        let number = counter.add(1, ordering: .relaxed).newValue
        return "\(prefix)\(getpid())-\(number)-\(UInt32.random(in: 0 ... .max))"
    }

    /// Removes temporary files that dead processes left in `directory`: those that nobody holds a lock on.
    static func sweep(_ directory: OpenFile) throws(StorageError) {
        for name in try DirectoryListing.names(in: directory) where name.hasPrefix(prefix) {
            let fd = shim_openat(directory.fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK, 0)
            guard fd >= 0 else { continue }
            if flock(fd, LOCK_EX | LOCK_NB) == 0 { unlinkat(directory.fd, name, 0) }
            close(fd)
        }
    }
}
