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
                var state = State()
                for layer in image.layers { try unpack(layer, into: root, &state) }
                // The deepest first: a directory without rights must not stop what is below it.
                for (path, entry) in state.directories.sorted(by: { $1.key < $0.key }) {
                    try root.setAttributes(
                        path, mode: entry.mode, uid: entry.uid, gid: entry.gid, mtime: entry.mtime)
                }
                return try ownersLost(image, root) + attributesLost(state)
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

    private struct State {
        /// What stands where: a later layer may take away what an earlier one put.
        var tree = LayerTree()
        /// Get their attributes last; of several layers, the last one counts.
        var directories: [ImagePath: LayerTree.Content] = [:]
        /// Files whose extended attributes could not be set.
        var bare: [ImagePath] = []
    }

    private func unpack(
        _ layer: PlatformImage.Layer, into root: RootDirectory, _ state: inout State
    ) throws {
        let blob = try store.reader(of: layer.descriptor.digest)
        let tar = HashingSource(try Decompressor.open(sniffing: blob).source)
        // A layer of a base image may end without the two closing blocks.
        let archive = TarReader(tar, limits: TarLimits(requiresEndMarker: false))
        state.tree.beginLayer()
        while let entry = try archive.next() {
            try Task.checkCancellation()
            for change in try state.tree.apply(entry) { try follow(change, entry, archive, in: root, &state) }
        }
        try blob.drain()
        guard tar.digest == layer.diffID else {
            throw ComposingError.unwritable(
                "the layer holds \(tar.digest), not \(layer.diffID); compose it again")
        }
    }

    private func follow(
        _ change: LayerTree.Change, _ entry: TarEntry, _ archive: TarReader, in root: RootDirectory,
        _ state: inout State
    ) throws {
        switch change {
        case .makeParent(let path): try root.makeDirectory(path)
        case .remove(let path):
            try root.remove(path)
            if state.directories[path] != nil {
                state.directories = state.directories.filter { $0.key != path && !$0.key.isInside(path) }
            }
        // Owner, mode and time are the file's own already.
        case .link(let path, let target): try root.makeHardLink(path, to: target)
        case .put(let path, let content):
            switch entry.kind {
            case .directory:
                if !path.isRoot { try root.makeDirectory(path) }
                state.directories[path] = state.tree.contents[content]
                return
            case .symlink: try root.makeSymbolicLink(path, to: entry.linkTarget)
            case .file:
                let file = try root.makeFile(path)
                try archive.forEachPiece(of: Int(clamping: min(entry.size, 128 << 10))) { try file.write($0) }
                try file.flush()
            case .characterDevice, .blockDevice, .fifo, .hardlink: return
            }
            let refused = try root.setAttributes(
                path, mode: entry.mode, uid: entry.uid, gid: entry.gid, mtime: entry.mtime,
                extended: entry.kind == .file ? entry.xattrs : [:])
            if !refused.isEmpty { state.bare.append(path) }
        }
    }

    private func attributesLost(_ state: State) -> [Diagnostic] {
        guard let first = state.bare.first else { return [] }
        let more = state.bare.count > 1 ? " and \(state.bare.count - 1) more" : ""
        return [
            Diagnostic(
                .warning, .attributesLost,
                "\(first)\(more) go without their extended attributes (capabilities are among them): only root can "
                    + "set them, and not every file system has them")
        ]
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
