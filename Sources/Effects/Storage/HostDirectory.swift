// SPDX-License-Identifier: Apache-2.0

internal import CShim
internal import Glibc
package import Vocabulary

/// Directories and small files of the machine itself, by path. Trees that hold other people's files are handled
/// through `RootDirectory`, which never follows links.
package enum HostDirectory {
    /// Creates `path` and its missing parents; with `durable` its name is on disk afterwards. Those of its parents are
    /// in every case: what must survive may come to stand in them too, and would find them there already.
    package static func create(_ path: HostPath, mode: UInt32 = 0o755, durable: Bool = false)
        throws(StorageError)
    {
        if mkdir(path.text, mode) == 0 {
            if durable { try OpenFile.directory(path.parent).synchronize() }
            return
        }
        switch errno {
        case EEXIST:
            guard try isDirectory(path) else {
                throw .system(doing: "create the directory", path: path, code: ENOTDIR)
            }
        case ENOENT where path.parent != path:
            try create(path.parent, durable: true)
            if mkdir(path.text, mode) != 0, errno != EEXIST {
                throw OpenFile.failure("create the directory", path, errno)
            }
            if durable { try OpenFile.directory(path.parent).synchronize() }
        default: throw OpenFile.failure("create the directory", path, errno)
        }
    }

    /// Whether something is there, links followed; throws where that cannot be found out.
    package static func exists(_ path: HostPath) throws(StorageError) -> Bool {
        try OpenFile.status(of: path) != nil
    }

    /// Whether a directory is there, links followed; throws where that cannot be found out.
    package static func isDirectory(_ path: HostPath) throws(StorageError) -> Bool {
        try OpenFile.status(of: path).map { $0.st_mode & S_IFMT == S_IFDIR } ?? false
    }

    /// The one absolute path without links that leads to what is there.
    package static func canonical(_ path: HostPath) throws(StorageError) -> HostPath {
        guard let real = realpath(path.text, nil) else { throw OpenFile.failure("find", path, errno) }
        defer { free(real) }
        return HostPath(String(cString: real))
    }

    /// The names in a directory, in byte order.
    package static func names(in path: HostPath) throws(StorageError) -> [String] {
        try DirectoryListing.names(in: OpenFile.directory(path))
    }

    /// The whole of a small file.
    package static func read(_ path: HostPath, limit: Int = 16 << 20) throws(StorageError) -> [UInt8] {
        try FileReader(path).readAll(limit: limit)
    }

    /// Removes a file or a whole tree without following links; no error where nothing is there.
    package static func remove(_ path: HostPath) throws(StorageError) {
        guard let status = try OpenFile.status(of: path, followingLinks: false) else { return }
        if status.st_mode & S_IFMT == S_IFDIR {
            try removeContents(of: OpenFile(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW))
            try OpenFile.check("remove", path) { rmdir(path.text) }
        } else {
            try OpenFile.check("remove", path) { unlink(path.text) }
        }
    }

    static func removeContents(of directory: OpenFile) throws(StorageError) {
        for name in try DirectoryListing.names(in: directory) {
            if unlinkat(directory.fd, name, 0) == 0 { continue }
            let path = directory.path / name
            guard errno == EISDIR || errno == EPERM else { throw OpenFile.failure("remove", path, errno) }
            let flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW
            var fd = shim_openat(directory.fd, name, flags, 0)
            if fd < 0, errno == EACCES, fchmodat(directory.fd, name, 0o700, 0) == 0 {
                fd = shim_openat(directory.fd, name, flags, 0)
            }
            guard fd >= 0 else { throw OpenFile.failure("remove", path, errno) }
            fchmod(fd, 0o700)
            try removeContents(of: OpenFile(adopting: fd, path: path))
            try OpenFile.check("remove", path) { unlinkat(directory.fd, name, AT_REMOVEDIR) }
        }
    }
}

/// A directory that nobody else can have written to: what a cache must be, since not everything in it is checked
/// against a digest from outside.
enum PrivateDirectory {
    static func ensure(_ path: HostPath) throws(StorageError) {
        try HostDirectory.create(path.parent, durable: true)
        if mkdir(path.text, 0o700) != 0, errno != EEXIST {
            throw OpenFile.failure("create the directory", path, errno)
        }
        let directory = try OpenFile.directory(path)
        let status = try directory.status()
        guard status.st_uid == geteuid() else {
            throw .notPrivate(path: path, reason: "it belongs to user \(status.st_uid), not to \(geteuid())")
        }
        guard status.st_mode & 0o022 == 0 else {
            throw .notPrivate(
                path: path, reason: "others may write to it; `chmod 700` it after removing its content")
        }
        if status.st_mode & 0o777 != 0o700 {
            try OpenFile.check("make private", path) { fchmod(directory.fd, 0o700) }
        }
    }
}

/// When things were last used, for pruning: kept in the access time, whatever the mount's options are.
enum DiskUse {
    static func touch(_ file: OpenFile) { _ = shim_set_access_time(file.fd, -1) }
}
