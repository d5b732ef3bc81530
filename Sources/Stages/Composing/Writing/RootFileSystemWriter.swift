// SPDX-License-Identifier: Apache-2.0
internal import Archives
package import Storage
package import Vocabulary

/// Unpacks one platform's image into a new directory: for chroots, other tools and comparisons. No link in the tree is
/// followed. Owners need root; without it everything belongs to the caller, and a diagnostic says so.
package struct RootFileSystemWriter: Sendable {
    let store: ContentStore

    package init(store: ContentStore) { self.store = store }

    /// Writes the tree; `directory` must not be there yet. Every byte was verified when it returns. A failure takes
    /// the directory away again. Throws `ComposingError`.
    package func write(_ image: PlatformImage, to directory: HostPath) throws(ComposingError) -> [Diagnostic]
    {
        do {
            let root = try RootDirectory.create(directory)
            do {
                var directories: [ImagePath: TarEntry] = [:]
                for (place, layer) in image.layers.enumerated() {
                    try unpack(layer, into: root, isFirst: place == 0, &directories)
                }
                // The deepest first: a directory without rights must not stop what is below it.
                for (path, entry) in directories.sorted(by: { $1.key < $0.key }) {
                    try root.setAttributes(
                        path, mode: entry.mode, uid: entry.uid, gid: entry.gid, mtime: entry.mtime)
                }
                return try ownersLost(image, root)
            } catch {
                try? HostDirectory.remove(directory)
                throw error
            }
        } catch let error as ComposingError {
            throw error
        } catch let error as StorageError {
            throw .storage(error)
        } catch is CancellationError {
            throw .cancelled
        } catch {
            throw .unwritable("\(error)")
        }
    }

    private func unpack(
        _ layer: PlatformImage.Layer, into root: RootDirectory, isFirst: Bool,
        _ directories: inout [ImagePath: TarEntry]
    ) throws {
        let blob = try store.reader(of: layer.descriptor.digest)
        let tar = HashingSource(try Decompressor.open(sniffing: blob).source)
        let archive = TarReader(tar)
        while let entry = try archive.next() {
            try Task.checkCancellation()
            guard let path = ImagePath(entry.path) else {
                throw ComposingError.unwritable("the layer holds '\(entry.path)', which leaves the image")
            }
            // A later layer's file takes the place of an earlier one's.
            if !isFirst, entry.kind != .directory { try root.remove(path) }
            switch entry.kind {
            case .directory:
                if !path.isRoot { try root.makeDirectory(path) }
                directories[path] = entry
                continue
            case .symlink: try root.makeSymbolicLink(path, to: entry.linkTarget)
            case .hardlink:
                guard let target = ImagePath(entry.linkTarget) else {
                    throw ComposingError.unwritable(
                        "the layer links '\(entry.path)' to what leaves the image")
                }
                // Owner, mode and time are the file's own already.
                try root.makeHardLink(path, to: target)
                continue
            case .file:
                let file = try root.makeFile(path)
                try archive.forEachPiece(of: Int(clamping: min(entry.size, 128 << 10))) { try file.write($0) }
                try file.flush()
            case .characterDevice, .blockDevice, .fifo: continue
            }
            try root.setAttributes(path, mode: entry.mode, uid: entry.uid, gid: entry.gid, mtime: entry.mtime)
        }
        try blob.drain()
        guard tar.digest == layer.diffID else {
            throw ComposingError.unwritable(
                "the layer holds \(tar.digest), not \(layer.diffID); compose it again")
        }
    }

    private func ownersLost(_ image: PlatformImage, _ root: RootDirectory) throws -> [Diagnostic] {
        for file in image.files {
            guard let status = try root.status(of: file.path),
                status.uid != file.uid || status.gid != file.gid
            else {
                continue
            }
            return [
                Diagnostic(
                    .warning, .ownersLost,
                    "\(file.path) and others belong to \(status.uid):\(status.gid), not to \(file.uid):\(file.gid) as in "
                        + "the image: only root can give files away")
            ]
        }
        return []
    }
}
