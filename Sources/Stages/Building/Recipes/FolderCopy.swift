// SPDX-License-Identifier: Apache-2.0

internal import Storage
package import Vocabulary

/// Copies what lies beside a recipe (patches, configuration) into its workspace: files, folders and links, with their times
/// and rights. Setuid, setgid and sticky bits are not kept, as they are not of sources either. No link is followed.
package struct FolderCopy {
    private static let limits = (entries: 100_000, bytes: Int64(1 << 30))

    private let source: RootDirectory
    private let target: RootDirectory
    private var entries = 0
    private var bytes: Int64 = 0

    /// Throws `unpackable` for what is too much, and for what is neither file, folder nor link.
    package static func copy(_ source: HostPath, into target: HostPath) throws {
        var copy = FolderCopy(source: try RootDirectory(source), target: try RootDirectory(target))
        try copy.copy(.root)
    }

    private init(source: RootDirectory, target: RootDirectory) {
        self.source = source
        self.target = target
    }

    private mutating func copy(_ directory: ImagePath) throws {
        for name in try source.names(in: directory) {
            try Task.checkCancellation()
            guard let path = directory.appending(name) else {
                throw refusal(name, in: directory, "its name is not UTF-8")
            }
            guard let status = try source.status(of: path) else { continue }
            entries += 1
            bytes += status.kind == .file ? status.size : 0
            guard entries <= Self.limits.entries, bytes <= Self.limits.bytes else {
                throw BuildingError.unpackable(
                    source.path,
                    reason: "it is too much to lie beside a recipe (\(entries) entries, \(bytes) bytes)")
            }
            switch status.kind {
            case .directory:
                try target.makeDirectory(path)
                try copy(path)
                // A folder without rights must not stop what goes into it, nor who takes it away.
                try setAttributes(of: path, as: status, adding: 0o700)
            case .symbolicLink: try target.makeSymbolicLink(path, to: try source.target(of: path))
            case .file:
                let file = try target.makeFile(path)
                try source.reader(of: path).forEachPiece { try file.write($0) }
                try file.flush()
                try setAttributes(of: path, as: status, adding: 0o600)
            case .characterDevice, .blockDevice, .pipe, .socket:
                throw refusal(name, in: directory, "it is no file, folder or link; remove it")
            }
        }
    }

    private func setAttributes(
        of path: ImagePath, as status: RootDirectory.Status, adding rights: UInt16
    ) throws {
        guard let own = try target.status(of: path) else { return }
        try target.setAttributes(
            path, mode: status.mode & 0o777 | rights, uid: own.uid, gid: own.gid, mtime: status.mtime)
    }

    private func refusal(_ name: String, in directory: ImagePath, _ reason: String) -> BuildingError {
        .unpackable(source.path / directory.text / name, reason: reason)
    }
}
