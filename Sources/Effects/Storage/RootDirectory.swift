// SPDX-License-Identifier: Apache-2.0

internal import CShim
internal import Glibc
internal import Synchronization
package import Vocabulary

/// A directory that stands for an image's root. Its content is other people's: every path in it is an `ImagePath`,
/// walked one component at a time, and no symbolic link on the way is followed, whatever stands in the tree.
package final class RootDirectory: Sendable {
    package let path: HostPath
    private let root: OpenFile
    /// The directory of the last call: trees are written and read in the order of their paths.
    private let last = Mutex<(path: ImagePath, directory: OpenFile)?>(nil)

    /// Opens a directory that is there.
    package init(_ path: HostPath) throws(StorageError) {
        self.path = path
        root = try OpenFile.directory(path)
    }

    /// Makes a new one, with nothing in it; throws where something is there.
    package static func create(_ path: HostPath) throws(StorageError) -> RootDirectory {
        try OpenFile.check("create the directory", path) { mkdir(path.text, 0o755) }
        return try RootDirectory(path)
    }

    // MARK: - Writing

    /// Makes a directory with no rights but its owner's; nothing happens where one is there.
    package func makeDirectory(_ path: ImagePath) throws(StorageError) {
        guard !path.isRoot else { return }
        let parent = try parent(of: path)
        if mkdirat(parent.fd, String(path.name), 0o700) == 0 { return }
        guard errno == EEXIST, try status(of: path)?.kind == .directory else {
            throw OpenFile.failure("create the directory", place(path), errno)
        }
    }

    /// Makes a new file and opens it for writing.
    package func makeFile(_ path: ImagePath) throws(StorageError) -> FileWriter {
        let parent = try parent(of: path)
        let fd = try OpenFile.check("create", place(path)) {
            shim_openat(parent.fd, String(path.name), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600)
        }
        return FileWriter(OpenFile(adopting: fd, path: place(path)))
    }

    /// A link is text: where it points matters to who follows it, and nobody here does.
    package func makeSymbolicLink(_ path: ImagePath, to target: String) throws(StorageError) {
        let parent = try parent(of: path)
        try OpenFile.check("link", place(path)) { symlinkat(target, parent.fd, String(path.name)) }
    }

    /// A further name for a file or a symbolic link of the same tree.
    package func makeHardLink(_ path: ImagePath, to target: ImagePath) throws(StorageError) {
        let from = try parent(of: target)
        let parent = try parent(of: path)
        try OpenFile.check("link", place(path)) {
            linkat(from.fd, String(target.name), parent.fd, String(path.name), 0)
        }
    }

    /// A named pipe, which no reader of ours opens.
    package func makePipe(_ path: ImagePath) throws(StorageError) {
        let parent = try parent(of: path)
        try OpenFile.check("create the pipe", place(path)) { mkfifoat(parent.fd, String(path.name), 0o600) }
    }

    /// Takes away whatever has the name, a whole tree too; nothing happens where nothing has it.
    package func remove(_ path: ImagePath) throws(StorageError) {
        guard !path.isRoot, let found = try status(of: path) else { return }
        let parent = try parent(of: path)
        let name = String(path.name)
        if found.kind == .directory {
            last.withLock { $0 = nil }
            let fd = try OpenFile.check("remove", place(path)) {
                shim_openat(parent.fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0)
            }
            try HostDirectory.removeContents(of: OpenFile(adopting: fd, path: place(path)))
            try OpenFile.check("remove", place(path)) { unlinkat(parent.fd, name, AT_REMOVEDIR) }
        } else {
            try OpenFile.check("remove", place(path)) { unlinkat(parent.fd, name, 0) }
        }
    }

    /// Owner, mode (in this order: a change of owner clears setuid) and time of whatever has the name; a symbolic
    /// link's mode is left alone. Owners are set by root alone; others keep their own.
    package func setAttributes(
        _ path: ImagePath, mode: UInt16, uid: UInt32, gid: UInt32, mtime: Int64
    ) throws(StorageError) {
        let isLink = try status(of: path)?.kind == .symbolicLink
        let parent = path.isRoot ? root : try parent(of: path)
        let name = path.isRoot ? "." : String(path.name)
        if geteuid() == 0 {
            try OpenFile.check("give away", place(path)) {
                fchownat(parent.fd, name, uid, gid, AT_SYMLINK_NOFOLLOW)
            }
        }
        if !isLink {
            // What stands there is no link, so there is nothing that fchmodat could follow.
            try OpenFile.check("set the mode of", place(path)) { fchmodat(parent.fd, name, mode_t(mode), 0) }
        }
        try OpenFile.check("set the time of", place(path)) { shim_set_times(parent.fd, name, mtime) }
    }

    // MARK: - Reading

    package struct Status: Sendable, Equatable {
        package enum Kind: Sendable {
            case file, directory, symbolicLink, characterDevice, blockDevice, pipe, socket
        }

        package let kind: Kind
        package let mode: UInt16
        package let uid: UInt32
        package let gid: UInt32
        /// Bytes.
        package let size: Int64
        package let mtime: Int64
        /// What hard links share.
        package let identity: Identity
        package let links: Int

        package struct Identity: Sendable, Hashable {
            let device: UInt64
            let number: UInt64
        }
    }

    /// Nil where nothing has the name.
    package func status(of path: ImagePath) throws(StorageError) -> Status? {
        var result = stat()
        let code: Int32
        if path.isRoot {
            code = fstat(root.fd, &result)
        } else {
            guard let parent = try parentIfAny(of: path) else { return nil }
            code = fstatat(parent.fd, String(path.name), &result, AT_SYMLINK_NOFOLLOW)
        }
        if code == 0 { return Status(result) }
        if errno == ENOENT { return nil }
        throw OpenFile.failure("look at", place(path), errno)
    }

    /// The names in a directory, in byte order.
    package func names(in path: ImagePath) throws(StorageError) -> [String] {
        try DirectoryListing.names(in: directory(path))
    }

    /// A regular file's bytes.
    package func reader(of path: ImagePath) throws(StorageError) -> FileReader {
        let parent = try parent(of: path)
        let fd = try OpenFile.check("open", place(path)) {
            shim_openat(parent.fd, String(path.name), O_RDONLY | O_NOFOLLOW | O_NONBLOCK, 0)
        }
        return try FileReader(OpenFile(adopting: fd, path: place(path)))
    }

    /// Where a symbolic link points.
    package func target(of path: ImagePath) throws(StorageError) -> String {
        let parent = try parent(of: path)
        var target = [CChar](repeating: 0, count: 4096)
        let count = try OpenFile.check("read the link", place(path)) {
            readlinkat(parent.fd, String(path.name), &target, target.count)
        }
        guard count < target.count else {
            throw .system(doing: "read the link", path: place(path), code: ENAMETOOLONG)
        }
        return String(decoding: target[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    // MARK: - Walking

    func place(_ inside: ImagePath) -> HostPath { path / inside.text }

    func parent(of path: ImagePath) throws(StorageError) -> OpenFile {
        guard let parent = path.parent else { throw .system(doing: "use", path: place(path), code: EISDIR) }
        return try directory(parent)
    }

    private func parentIfAny(of path: ImagePath) throws(StorageError) -> OpenFile? {
        do throws(StorageError) {
            return try parent(of: path)
        } catch .system(_, _, ENOENT) {
            return nil
        }
    }

    private func directory(_ path: ImagePath) throws(StorageError) -> OpenFile {
        if path.isRoot { return root }
        if let known = last.withLock({ $0?.path == path ? $0?.directory : nil }) { return known }
        var directory = root
        for name in path.components {
            let fd = shim_openat(directory.fd, String(name), O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0)
            guard fd >= 0 else {
                if errno == ENOTDIR || errno == ELOOP { throw .passesThroughLink(path, root: self.path) }
                throw OpenFile.failure("open", place(path), errno)
            }
            directory = OpenFile(adopting: fd, path: directory.path / name)
        }
        let found = directory
        last.withLock { $0 = (path, found) }
        return directory
    }
}

extension RootDirectory.Status {
    fileprivate init(_ status: stat) {
        kind =
            switch status.st_mode & S_IFMT {
            case S_IFDIR: .directory
            case S_IFLNK: .symbolicLink
            case S_IFCHR: .characterDevice
            case S_IFBLK: .blockDevice
            case S_IFIFO: .pipe
            case S_IFSOCK: .socket
            default: .file
            }
        mode = UInt16(status.st_mode & 0o7777)
        uid = status.st_uid
        gid = status.st_gid
        size = Int64(status.st_size)
        mtime = Int64(status.st_mtim.tv_sec)
        identity = Identity(device: UInt64(status.st_dev), number: UInt64(status.st_ino))
        links = Int(status.st_nlink)
    }
}
