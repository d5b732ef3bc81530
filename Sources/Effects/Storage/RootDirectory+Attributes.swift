// SPDX-License-Identifier: Apache-2.0

internal import CShim
internal import Glibc
package import Vocabulary

/// Extended attributes of files and directories (xattr(7)); links have none of their own that matter here.
extension RootDirectory {
    /// All that the caller may read, by their full names (`security.capability`). Empty where the file system has none.
    package func extendedAttributes(of path: ImagePath) throws(StorageError) -> [String: [UInt8]] {
        let file = try open(path)
        let length = shim_list_xattr(file.fd, nil, 0)
        guard length > 0 else {
            if length == 0 || errno == EOPNOTSUPP { return [:] }
            throw OpenFile.failure("list the attributes of", place(path), errno)
        }
        var names = [CChar](repeating: 0, count: length)
        let read = try OpenFile.check("list the attributes of", place(path)) {
            shim_list_xattr(file.fd, &names, names.count)
        }
        var attributes: [String: [UInt8]] = [:]
        for name in names[..<read].split(separator: 0) {
            let text = String(decoding: name.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            attributes[text] = try value(of: text, in: file, at: place(path))
        }
        return attributes
    }

    /// Gives a file or directory an attribute. False where this user or this file system may not.
    package func setExtendedAttribute(
        _ path: ImagePath, _ name: String, to value: [UInt8]
    ) throws(StorageError) -> Bool {
        let file = try open(path)
        if shim_set_xattr(file.fd, name, value, value.count) == 0 { return true }
        if [EPERM, EACCES, EOPNOTSUPP].contains(errno) { return false }
        throw OpenFile.failure("set an attribute of", place(path), errno)
    }

    /// Mode, owner, time and extended attributes of a file that is finished; the names of those that this user or this
    /// file system may not set.
    package func setAttributes(
        _ path: ImagePath, mode: UInt16, uid: UInt32, gid: UInt32, mtime: Int64, extended: [String: [UInt8]]
    ) throws(StorageError) -> [String] {
        var refused: [String] = []
        // First, as a mode may forbid it, and again after the owner, whose change takes capabilities away.
        for (name, value) in extended.sorted(by: { $0.key < $1.key }) {
            if try !setExtendedAttribute(path, name, to: value) { refused.append(name) }
        }
        try setAttributes(path, mode: mode, uid: uid, gid: gid, mtime: mtime)
        let capability = "security.capability"
        if let value = extended[capability], !refused.contains(capability) {
            _ = try setExtendedAttribute(path, capability, to: value)
        }
        return refused
    }

    private func value(of name: String, in file: OpenFile, at place: HostPath) throws(StorageError) -> [UInt8]
    {
        // The kernel allows no value longer than this (XATTR_SIZE_MAX).
        var value = [UInt8](repeating: 0, count: 64 << 10)
        let count = try OpenFile.check("read an attribute of", place) {
            shim_get_xattr(file.fd, name, &value, value.count)
        }
        return Array(value[..<count])
    }

    private func open(_ path: ImagePath) throws(StorageError) -> OpenFile {
        guard !path.isRoot else { return try OpenFile.directory(self.path) }
        let parent = try parent(of: path)
        let fd = try OpenFile.check("open", place(path)) {
            shim_openat(parent.fd, String(path.name), O_RDONLY | O_NOFOLLOW | O_NONBLOCK, 0)
        }
        return OpenFile(adopting: fd, path: place(path))
    }
}
