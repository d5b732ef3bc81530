// SPDX-License-Identifier: Apache-2.0

internal import Archives
internal import Storage
package import Vocabulary

extension Inspector {
    private static let fileLimit = 5_000_000

    /// The inventory of a root file system directory. It has no layers: its size is that of its files, its time the
    /// newest file's, and its manifest's digest that of its list of files. With `compressing`, the compressed size
    /// is what one gzip layer of it would have. Throws `InspectingError`, `StorageError` or `CancellationError`.
    package func inventory(
        ofDirectory path: HostPath, platform: Platform, compressing: Bool = false
    ) async throws -> ImageInventory {
        try await workers.run { [self] in
            let root = try RootDirectory(path)
            let layer = compressing ? try MeasuredLayer() : nil
            var builder = InventoryBuilder(hashesFiles: hashesFiles)
            let newest = try walk(root, into: &builder, measuring: layer)
            let configuration = ImageConfiguration(
                platform: platform, created: newest, config: .init(), diffIDs: [])
            var inventory = try finish(
                builder, manifest: .emptyJSON, configuration: configuration,
                compressedSize: try layer?.finish())
            inventory.manifest = try Self.listing(of: inventory, platform)
            return inventory
        }
    }

    /// Adds everything below the root in the order of the paths, and returns the newest file's time.
    private func walk(
        _ root: RootDirectory, into builder: inout InventoryBuilder, measuring layer: MeasuredLayer?
    ) throws -> Timestamp? {
        var newest: Int64?
        var count = 0
        var known: [RootDirectory.Status.Identity: ImagePath] = [:]
        var open = [ImagePath.root]
        while let directory = open.popLast() {
            try Task.checkCancellation()
            for name in try root.names(in: directory) {
                guard let path = directory.appending(name), let status = try root.status(of: path) else {
                    continue
                }
                count += 1
                guard count <= Self.fileLimit else {
                    throw InspectingError.tooManyFiles(root.path, limit: Self.fileLimit)
                }
                guard var entry = TarEntry(path, status) else { continue }
                if status.kind == .directory {
                    open.append(path)
                } else {
                    newest = max(newest ?? .min, status.mtime)
                    if status.links > 1, let first = known[status.identity] {
                        (entry.kind, entry.size, entry.linkTarget) = (.hardlink, 0, first.text)
                    } else if status.kind == .symbolicLink {
                        entry.linkTarget = try root.target(of: path)
                    }
                    known[status.identity] = known[status.identity] ?? path
                }
                let content = entry.kind == .file ? try root.reader(of: path) : nil
                try add(entry, content, to: &builder, measuring: layer)
            }
        }
        return newest.map { Timestamp(seconds: $0) }
    }

    private func add(
        _ entry: TarEntry, _ content: FileReader?, to builder: inout InventoryBuilder,
        measuring layer: MeasuredLayer?
    ) throws {
        builder.count(entry.size)
        guard let layer else { return try builder.add(entry, content: content) }
        let tapped = try layer.append(entry, content: content)
        try builder.add(entry, content: tapped)
        guard var tapped else { return }
        // The builder leaves alone what it has no use for.
        var piece = [UInt8](repeating: 0, count: 128 << 10)
        while try piece.withUnsafeMutableBytes({ try tapped.read(into: $0) }) > 0 {}
        try layer.finishContent()
    }

    /// A name for this very tree: the digest of its list of files.
    private static func listing(of inventory: ImageInventory, _ platform: Platform) throws -> Descriptor {
        var text = ""
        for file in inventory.files {
            text += "\(file.path) \(file.kind.rawValue) \(file.mode) \(file.uid) \(file.gid) \(file.size) "
            text += "\(file.digest?.description ?? "-") \(file.target ?? "-")\n"
        }
        return Descriptor(
            Array(text.utf8), mediaType: MediaType(rawValue: "text/plain"), platform: platform)
    }
}

extension TarEntry {
    /// Nil for a socket, which no archive holds.
    fileprivate init?(_ path: ImagePath, _ status: RootDirectory.Status) {
        let kind: Kind
        switch status.kind {
        case .file: kind = .file
        case .directory: kind = .directory
        case .symbolicLink: kind = .symlink
        case .characterDevice: kind = .characterDevice
        case .blockDevice: kind = .blockDevice
        case .pipe: kind = .fifo
        case .socket: return nil
        }
        self.init(
            path: path.text, kind: kind, mode: status.mode, uid: status.uid, gid: status.gid,
            size: kind == .file ? status.size : 0, mtime: status.mtime)
    }
}
