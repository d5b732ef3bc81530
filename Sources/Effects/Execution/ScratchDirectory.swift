// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import Vocabulary

/// A private flat directory for the few files that a program is handed, removed with this object.
final class ScratchDirectory: Sendable {
    let path: HostPath

    init(in base: HostPath) throws(ExecutionError) {
        var template = Array((base / "slipway-XXXXXX").text.utf8CString)
        let made = template.withUnsafeMutableBufferPointer { buffer in
            buffer.baseAddress.flatMap { mkdtemp($0) }.map { String(cString: $0) }
        }
        guard let made else {
            throw .cannotStart(program: "a program", reason: "no directory can be made in \(base)")
        }
        path = HostPath(made)
    }

    deinit {
        if let stream = opendir(path.text) {
            while let entry = readdir(stream) {
                let name = withUnsafePointer(to: &entry.pointee.d_name) {
                    $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
                }
                unlink((path / name).text)
            }
            closedir(stream)
        }
        rmdir(path.text)
    }

    /// Writes a file that only we can read.
    func write(_ bytes: [UInt8], as name: String) throws(ExecutionError) -> HostPath {
        let file = path / name
        let fd = open(file.text, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard fd >= 0 else { throw .cannotStart(program: "a program", reason: "cannot create \(file)") }
        defer { close(fd) }
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                buffer.baseAddress.map { Glibc.write(fd, $0 + done, buffer.count - done) } ?? -1
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw .cannotStart(program: "a program", reason: "cannot write \(file)") }
            done += count
        }
        return file
    }

    /// The regular file's bytes; nil where it is not there, is no regular file or has more than `limit`.
    static func read(_ path: HostPath, limit: Int) -> [UInt8]? {
        let fd = open(path.text, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard fd >= 0 else { return nil }
        defer { close(fd) }
        var status = stat()
        guard fstat(fd, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size <= limit else {
            return nil
        }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 64 << 10)
        while bytes.count <= limit {
            let count = Glibc.read(fd, &piece, piece.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { return nil }
            if count == 0 { return bytes }
            bytes.append(contentsOf: piece[..<count])
        }
        return nil
    }
}
