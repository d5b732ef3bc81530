// SPDX-License-Identifier: Apache-2.0

internal import Execution
internal import Storage
internal import Vocabulary

/// The shell that runs steps in an image that has none.
enum BorrowedShell {
    /// An image of a package alone has no shell, and should have none: then that of the host's static busybox is lent, with
    /// its other programs behind all of the image's own. The folder in the sandbox; nil where the image has a shell.
    /// - Parameter scripts: the folder that is `/run/step` in the sandbox.
    static func folder(
        for root: HostPath, in scripts: HostPath, _ workers: WorkerThreads
    ) async throws -> String? {
        let image = try RootDirectory(root)
        for text in ["bin/sh", "usr/bin/sh"] {
            guard let path = ImagePath(text) else { continue }
            if (try? image.status(of: path)) ?? nil != nil { return nil }
        }
        let busybox = try Program.find("busybox", debianPackage: "busybox-static")
        let listed = try await busybox.run(["--list"], within: 60)
        let names = String(decoding: listed.stdout, as: UTF8.self).split(separator: "\n")
        try await workers.run { try lend(busybox, names, in: scripts / "bin") }
        return "/run/step/bin"
    }

    private static func lend(_ busybox: Program, _ names: [Substring], in folder: HostPath) throws {
        try HostDirectory.create(folder)
        let lent = try RootDirectory(folder)
        guard let own = ImagePath("busybox") else { return }
        let file = try lent.makeFile(own)
        try FileReader(busybox.path).forEachPiece { try file.write($0) }
        try file.flush()
        try lent.setAttributes(own, mode: 0o755, uid: 0, gid: 0, mtime: 0)
        for name in names where name != "busybox" {
            guard let path = ImagePath.root.appending(name) else { continue }
            try lent.makeSymbolicLink(path, to: "busybox")
        }
    }
}
