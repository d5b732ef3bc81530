// SPDX-License-Identifier: Apache-2.0

internal import CShim
internal import Glibc
internal import Vocabulary

/// Reading the names in a directory.
enum DirectoryListing {
    /// All names but `.` and `..`, in byte order.
    static func names(in directory: OpenFile) throws(StorageError) -> [String] {
        // A descriptor of its own: reading a directory moves its position.
        let fd = try OpenFile.check("list", directory.path) {
            shim_openat(directory.fd, ".", O_RDONLY | O_DIRECTORY, 0)
        }
        guard let stream = fdopendir(fd) else {
            let code = errno
            close(fd)
            throw OpenFile.failure("list", directory.path, code)
        }
        defer { closedir(stream) }
        var names: [String] = []
        errno = 0
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != "." && name != ".." { names.append(name) }
            errno = 0
        }
        if errno != 0 { throw OpenFile.failure("list", directory.path, errno) }
        return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }
}
