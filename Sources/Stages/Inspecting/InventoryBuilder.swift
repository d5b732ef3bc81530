// SPDX-License-Identifier: Apache-2.0

internal import Archives
internal import Vocabulary

/// Reads layers one after the other, keeping of their bytes only what packages and distribution are read from.
struct InventoryBuilder {
    private(set) var tree = LayerTree()
    private(set) var uncompressedSize: Int64 = 0
    /// Numbers of the tree's contents that were hashed.
    private var digests: [Int: Digest] = [:]
    private var captured: [Int: [UInt8]] = [:]
    private let hashesFiles: Bool
    private var buffer = [UInt8](repeating: 0, count: 128 << 10)

    init(hashesFiles: Bool) { self.hashesFiles = hashesFiles }

    /// Reads one layer, compressed or not, to its end and returns the digest of its uncompressed bytes. Throws
    /// `ArchiveError`, `LayerError`, `InspectingError` or what `source` throws.
    mutating func add(_ source: any ByteSource) throws -> Digest {
        let hashed = HashingSource(try Decompressor.open(sniffing: source).source)
        // Some builders' layers lack the two closing blocks.
        let reader = TarReader(hashed, limits: TarLimits(requiresEndMarker: false))
        tree.beginLayer()
        while let entry = try reader.next() {
            try Task.checkCancellation()
            try add(entry, content: reader)
        }
        uncompressedSize += hashed.byteCount
        return hashed.digest
    }

    /// Puts one file, directory or link; `content` gives a file's bytes.
    mutating func add(_ entry: TarEntry, content source: (any ByteSource)?) throws {
        for change in try tree.apply(entry) {
            guard case .put(let path, let content) = change, let source, entry.kind == .file else { continue }
            try read(source, entry, at: path, content: content)
        }
    }

    /// What a tree without layers has in place of their size.
    mutating func count(_ bytes: Int64) { uncompressedSize += bytes }

    private mutating func read(
        _ source: any ByteSource, _ entry: TarEntry, at path: ImagePath, content: Int
    ) throws {
        let limit = Evidence.limit(for: path)
        guard hashesFiles || limit != nil else { return }
        var source = source
        var hasher = ContentHasher()
        var kept: [UInt8] = []
        while true {
            let count = try buffer.withUnsafeMutableBytes { try source.read(into: $0) }
            if count == 0 { break }
            if hashesFiles { hasher.update(buffer[..<count]) }
            guard let limit else { continue }
            kept += buffer[..<count]
            guard kept.count <= limit else {
                throw InspectingError.database(path, reason: "it has more than \(limit) bytes")
            }
        }
        if hashesFiles { digests[content] = hasher.finalize() }
        if limit != nil { captured[content] = kept }
    }

    // MARK: What came of it

    /// The bytes of a file that was kept, links resolved inside the tree; nil where nothing is there.
    func bytes(at path: ImagePath) throws(InspectingError) -> [UInt8]? {
        guard let content = tree.content(at: path), tree.contents[content].kind == .file else { return nil }
        guard let bytes = captured[content] else {
            throw .database(path, reason: "it is a link to a place where no such file is looked for")
        }
        return bytes
    }

    /// The tree as the inventory lists it, and what stands in it that an inventory cannot list.
    func files() -> (files: [ImageInventory.File], diagnostics: [Diagnostic]) {
        var files: [ImageInventory.File] = []
        var special: [ImagePath] = []
        for item in tree.items() {
            let content = tree.contents[item.content]
            let kind: ComposedFile.Kind
            switch content.kind {
            case .file, .hardlink: kind = item.linkedTo == nil ? .file : .hardlink
            case .directory: kind = .directory
            case .symlink: kind = item.linkedTo == nil ? .symlink : .hardlink
            case .characterDevice, .blockDevice, .fifo:
                special.append(item.path)
                continue
            }
            files.append(
                ImageInventory.File(
                    path: item.path, kind: kind, mode: content.mode, uid: content.uid, gid: content.gid,
                    size: kind == .file ? content.size : 0,
                    digest: kind == .file ? digests[item.content] : nil,
                    target: kind == .symlink ? content.target : item.linkedTo?.text))
        }
        guard !special.isEmpty else { return (files, []) }
        let named = special.prefix(5).map(\.absolute).joined(separator: ", ")
        let more = special.count > 5 ? " and \(special.count - 5) more" : ""
        return (
            files,
            [Diagnostic(.warning, .specialFile, "the image holds device nodes or pipes: \(named)\(more)")]
        )
    }
}

extension Diagnostic.Code {
    static let specialFile = Self(rawValue: "special-file")
}
