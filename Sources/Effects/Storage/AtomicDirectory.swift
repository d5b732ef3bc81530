// SPDX-License-Identifier: Apache-2.0

internal import CShim
internal import Glibc
package import Vocabulary

/// A directory that appears whole or not at all, with everything in it on disk.
package enum AtomicDirectory {
    private static let prefix = NewFile.prefix + "tree-"

    /// Makes `path`, which must not be there, of the directory that `fill` creates at the path it is given: beside it,
    /// under a temporary name that is locked meanwhile. Nothing is left where `fill` throws; what killed processes
    /// left is swept by the next call.
    package static func create<Value>(_ path: HostPath, _ fill: (HostPath) throws -> Value) throws -> Value {
        if try OpenFile.status(of: path, followingLinks: false) != nil { throw taken(path) }
        try HostDirectory.create(path.parent)
        let parent = try OpenFile.directory(path.parent)
        try sweep(parent)
        let shelter = path.parent / "\(prefix)\(getpid())-\(UInt32.random(in: 0 ... .max))"
        try OpenFile.check("create the directory", shelter) { mkdir(shelter.text, 0o700) }
        defer { try? HostDirectory.remove(shelter) }
        let lock = try OpenFile.directory(shelter)
        flock(lock.fd, LOCK_EX | LOCK_NB)
        let value = try fill(shelter / "tree")
        try OpenFile.check("sync", path) { shim_syncfs(lock.fd) }
        guard shim_rename_noreplace(lock.fd, "tree", parent.fd, String(path.name)) == 0 else {
            throw errno == EEXIST ? taken(path) : OpenFile.failure("name", path, errno)
        }
        try parent.synchronize()
        return value
    }

    /// Takes the directory away at once, and what is in it afterwards: nobody finds it in part. What killed processes left is
    /// swept by the next call.
    package static func remove(_ path: HostPath) throws(StorageError) {
        let parent = try OpenFile.directory(path.parent)
        try sweep(parent)
        let name = "\(prefix)\(getpid())-\(UInt32.random(in: 0 ... .max))"
        guard shim_rename_noreplace(parent.fd, String(path.name), parent.fd, name) == 0 else {
            throw OpenFile.failure("remove", path, errno)
        }
        try HostDirectory.remove(path.parent / name)
    }

    private static func taken(_ path: HostPath) -> StorageError {
        .system(doing: "create the directory", path: path, code: EEXIST)
    }

    private static func sweep(_ parent: OpenFile) throws(StorageError) {
        for name in try DirectoryListing.names(in: parent) where name.hasPrefix(prefix) {
            let fd = shim_openat(parent.fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0)
            guard fd >= 0 else { continue }
            if flock(fd, LOCK_EX | LOCK_NB) == 0 { try? HostDirectory.remove(parent.path / name) }
            close(fd)
        }
    }
}
