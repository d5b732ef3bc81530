// SPDX-License-Identifier: Apache-2.0
internal import Archives
internal import Storage
internal import Vocabulary

/// The image below the one that is composed: its layers, which stay as they are, and what they add up to.
struct BaseLayers: Sendable {
    let configuration: ImageConfiguration
    let layers: [PlatformImage.Layer]
    /// The flattened tree, as if one package held it.
    let table: PackageTable
}

/// Reads the layers of a base image once; what was learnt lies in the cache under the manifest's digest.
struct BaseLayersReader {
    private static let formatVersion = 1
    private static let (tables, outlines) = ("base-table", "base-layers")
    private static let documentLimit = 8 << 20
    /// Bytes of a program that is examined, and of a file that rules read.
    private static let limits = (program: 256 << 20, captured: 64 << 20)

    let store: ContentStore
    let cache: SegmentCache
    let captures: [PathPattern]

    /// Throws `ComposingError.unreadableBase` where it is no such image.
    func layers(of manifest: Descriptor) throws -> BaseLayers {
        do {
            let outline: ImageManifest = try document(manifest, "its manifest")
            let configuration: ImageConfiguration = try document(outline.config, "its configuration")
            guard outline.layers.count == configuration.rootfs.diffIDs.count else {
                throw ComposingError.unreadableBase(
                    manifest.digest,
                    reason: "it has \(outline.layers.count) layers, and its configuration names "
                        + "\(configuration.rootfs.diffIDs.count)")
            }
            let patterns = captures.map(\.description).sorted().joined(separator: " ")
            let key = ContentHasher.digest(
                of:
                    "base \(Self.formatVersion), table \(PackageTable.formatVersion), \(patterns) of \(manifest.digest)"
            )
            if let layers: [PlatformImage.Layer] = cache.sealed(Self.outlines, key),
                let table = cache.sealedBytes(Self.tables, key).flatMap({ try? PackageTable(decoding: $0) })
            {
                return BaseLayers(configuration: configuration, layers: layers, table: table)
            }
            var run = BaseLayersRun(captures: captures, limits: Self.limits)
            for (layer, diffID) in zip(outline.layers, configuration.rootfs.diffIDs) {
                try run.add(layer, diffID: diffID, from: store)
            }
            let table = try run.table()
            try cache.seal(Self.tables, key, bytes: table.encode())
            try cache.seal(Self.outlines, key, run.layers)
            return BaseLayers(configuration: configuration, layers: run.layers, table: table)
        } catch let error as ArchiveError {
            throw ComposingError.unreadableBase(manifest.digest, reason: "\(error)")
        } catch let error as LayerError {
            throw ComposingError.unreadableBase(manifest.digest, reason: "\(error)")
        }
    }

    private func document<Value: Decodable>(_ blob: Descriptor, _ what: String) throws -> Value {
        let bytes = try store.read(blob.digest, limit: Self.documentLimit)
        do {
            return try CanonicalJSON.decode(from: bytes, what: what, limit: Self.documentLimit)
        } catch { throw ComposingError.unreadableBase(blob.digest, reason: "\(error)") }
    }
}

/// One pass over the layers of one image.
private struct BaseLayersRun {
    let captures: [PathPattern]
    let limits: (program: Int, captured: Int)
    private(set) var layers: [PlatformImage.Layer] = []
    private var tree = LayerTree()
    private var facts: [Int: Facts] = [:]
    private var buffer = [UInt8](repeating: 0, count: 128 << 10)

    /// What is learnt of a file while it passes, by the number of its content.
    private struct Facts {
        var digest: Digest
        var program: ProgramHeader?
        var captured: [UInt8]?
    }

    init(captures: [PathPattern], limits: (program: Int, captured: Int)) {
        self.captures = captures
        self.limits = limits
    }

    mutating func add(_ layer: Descriptor, diffID: Digest, from store: ContentStore) throws {
        let blob = try store.reader(of: layer.digest)
        let hashed = HashingSource(try Decompressor.open(sniffing: blob).source)
        let reader = TarReader(hashed, limits: TarLimits(requiresEndMarker: false))
        tree.beginLayer()
        while let entry = try reader.next() {
            try Task.checkCancellation()
            for case .put(let path, let content) in try tree.apply(entry) where entry.kind == .file {
                try read(reader, at: path, size: entry.size, content)
            }
        }
        try blob.drain()
        guard hashed.digest == diffID else {
            throw ComposingError.unreadableBase(
                layer.digest, reason: "the layer holds other bytes than the image's configuration says")
        }
        layers.append(
            PlatformImage.Layer(descriptor: layer, diffID: diffID, uncompressedSize: hashed.byteCount))
    }

    private mutating func read(_ source: any ByteSource, at path: ImagePath, size: Int64, _ content: Int)
        throws
    {
        var source = source
        var hasher = ContentHasher()
        var (program, kept): (ProgramHeader?, [UInt8]) = (nil, [])
        var isELF = false
        let isCaptured = size <= Int64(limits.captured) && captures.contains { $0.matches(path) }
        while true {
            try Task.checkCancellation()
            let count = try buffer.withUnsafeMutableBytes { try source.read(into: $0) }
            guard count > 0 else { break }
            if hasher.byteCount == 0 {
                isELF =
                    buffer[..<count].starts(with: [0x7F, 0x45, 0x4C, 0x46]) && size <= Int64(limits.program)
                program = ShebangReader.program(in: buffer[..<count])
            }
            hasher.update(buffer[..<count])
            if isCaptured || isELF { kept += buffer[..<count] }
        }
        if isELF { program = kept.withUnsafeBytes { ELFReader.facts(of: $0) }.map(ProgramHeader.elf) }
        facts[content] = Facts(
            digest: hasher.finalize(), program: program, captured: isCaptured ? kept : nil)
    }

    func table() throws -> PackageTable {
        var table = PackageTable()
        for item in tree.items() {
            let content = tree.contents[item.content]
            let facts = facts[item.content]
            let isLink = item.linkedTo != nil
            let kind: PackageEntry.Kind =
                switch content.kind {
                case .file, .hardlink: isLink ? .hardlink : .file
                case .symlink: isLink ? .hardlink : .symlink
                case .directory: .directory
                case .characterDevice, .blockDevice, .fifo: .special
                }
            table.newest = max(table.newest, content.mtime)
            // Device nodes stay in the layers below, and nothing of this image is about them.
            guard kind != .special else { continue }
            table.entries.append(
                PackageEntry(
                    path: item.path, kind: kind, mode: content.mode, uid: content.uid, gid: content.gid,
                    size: kind == .file ? content.size : 0, mtime: content.mtime,
                    digest: kind == .file ? facts?.digest : nil,
                    target: kind == .symlink ? content.target : item.linkedTo?.text,
                    program: kind == .file ? facts?.program : nil))
            if !isLink, let bytes = facts?.captured { table.captured[item.path] = bytes }
        }
        return table
    }
}
