// SPDX-License-Identifier: Apache-2.0

internal import Archives
internal import Storage
internal import Vocabulary

/// Unpacks an image's layers into a directory, as a runtime's snapshotter would. Device nodes and extended attributes
/// are left out: a container's /dev is the runtime's, and without new privileges file capabilities do nothing.
struct Unpacker {
    private let root: RootDirectory
    private var tree = LayerTree()
    /// Directories get owner and mode last, so that nothing in them is in the way of their own rights.
    private var directories: [ImagePath: Int] = [:]

    init(into root: RootDirectory) { self.root = root }

    /// Unpacks all layers of an image; every byte was checked when this returns. Throws `RunningError`,
    /// `StorageError` or `CancellationError`.
    static func unpack(_ image: RunnableImage, into root: RootDirectory) throws -> LayerTree {
        var unpacker = Unpacker(into: root)
        for (layer, expected) in zip(image.layers, image.configuration.rootfs.diffIDs) {
            do {
                let found = try unpacker.add(layer, from: image.store)
                guard found == expected else {
                    throw RunningError.wrongDiffID(layer: layer.digest, expected: expected, found: found)
                }
            } catch let error as ArchiveError {
                throw RunningError.layer(layer.digest, reason: "\(error)")
            } catch let error as LayerError {
                throw RunningError.layer(layer.digest, reason: "\(error)")
            }
        }
        try unpacker.finish()
        return unpacker.tree
    }

    private mutating func add(_ layer: Descriptor, from store: ContentStore) throws -> Digest {
        let blob = try store.reader(of: layer.digest)
        let tar = HashingSource(try Decompressor.open(sniffing: blob).source)
        let reader = TarReader(tar, limits: TarLimits(requiresEndMarker: false))
        tree.beginLayer()
        while let entry = try reader.next() {
            try Task.checkCancellation()
            for change in try tree.apply(entry) { try follow(change, entry, reader) }
        }
        try blob.drain()
        return tar.digest
    }

    private mutating func follow(_ change: LayerTree.Change, _ entry: TarEntry, _ reader: TarReader) throws {
        switch change {
        case .makeParent(let path):
            try root.makeDirectory(path)
            directories[path] = tree.content(at: path)
        case .remove(let path):
            try root.remove(path)
            directories = directories.filter { $0.key != path && !$0.key.isInside(path) }
        case .link(let path, let target):
            try root.makeHardLink(path, to: target)
        case .put(let path, let content):
            switch entry.kind {
            case .directory:
                try root.makeDirectory(path)
                directories[path] = content
                return
            case .symlink: try root.makeSymbolicLink(path, to: entry.linkTarget)
            case .fifo: try root.makePipe(path)
            case .characterDevice, .blockDevice, .hardlink: return
            case .file:
                let file = try root.makeFile(path)
                try reader.forEachPiece(of: Int(clamping: min(entry.size, 128 << 10))) { try file.write($0) }
                try file.flush()
            }
            try root.setAttributes(path, mode: entry.mode, uid: entry.uid, gid: entry.gid, mtime: entry.mtime)
        }
    }

    /// The deepest first: making a directory unwritable must not stop what is below it.
    private func finish() throws {
        for (path, number) in directories.sorted(by: { $1.key < $0.key }) {
            let content = tree.contents[number]
            try root.setAttributes(
                path, mode: content.mode, uid: content.uid, gid: content.gid, mtime: content.mtime)
        }
    }
}
