// SPDX-License-Identifier: Apache-2.0

internal import Execution
internal import Storage
internal import Vocabulary

/// Programs of the host that a test may use inside an image: static ones, since the image has none of the host's
/// libraries.
enum BorrowedPrograms {
    /// Debian packages whose name is not the program's.
    private static let packages = ["busybox": "busybox-static", "toybox": "toybox"]

    /// A program by name (looked for in the system's directories only) or by absolute path. Throws `RunningError`,
    /// `ExecutionError` or `StorageError`.
    static func find(_ text: String) throws -> ContainerPlan.BorrowedProgram {
        let path: HostPath
        if text.hasPrefix("/") {
            path = HostPath(text)
        } else {
            path = try Program.find(text, debianPackage: packages[text] ?? text).path
        }
        let head = try FileReader(path).readHead(1 << 16)
        guard ProgramHeader(head)?.isStatic == true else {
            throw RunningError.notStatic(program: text, path: path)
        }
        return ContainerPlan.BorrowedProgram(name: String(path.name), source: path)
    }

    /// The emulator's file; it is static in Debian's package.
    static func emulator(_ name: String) throws -> ContainerPlan.BorrowedProgram {
        ContainerPlan.BorrowedProgram(
            name: name, source: try Program.find(name, debianPackage: Emulation.debianPackage).path)
    }
}

extension FileReader {
    /// The first bytes of a file, at most `count`.
    fileprivate func readHead(_ count: Int) throws -> [UInt8] {
        var head = [UInt8](repeating: 0, count: count)
        var filled = 0
        while filled < count {
            let read = try head.withUnsafeMutableBytes { buffer in
                try self.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]))
            }
            if read == 0 { break }
            filled += read
        }
        return Array(head[..<filled])
    }
}
