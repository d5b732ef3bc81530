// SPDX-License-Identifier: Apache-2.0
internal import Archives
internal import Storage
internal import Vocabulary

/// The segments that belong to no package: the directories at the head of a layer, what rules and the definition add
/// at its end. Their key is their listing, so they are cached like the others.
struct AddedSegment: Sendable {
    let nodes: [TreeNode]
    /// The last segment of a layer ends the archive.
    let isLast: Bool

    func key(_ identity: String) -> Digest {
        var writer = TableWriter()
        writer.text(isLast ? "additions" : "directories")
        writer.text(identity)
        for node in nodes {
            let file = node.file
            writer.text(file.path.text)
            writer.text(file.kind.rawValue)
            writer.number(UInt64(file.mode))
            writer.number(UInt64(file.uid))
            writer.number(UInt64(file.gid))
            writer.signed(file.size)
            writer.blob(file.digest?.bytes ?? [])
            writer.optional(file.target)
        }
        return ContentHasher.digest(of: writer.bytes)
    }

    /// From the cache, or made. Throws what the store or the cache throw.
    func segment(in segments: SegmentCache, from store: ContentStore, identity: String) throws
        -> CachedSegment
    {
        let key = key(identity)
        if let known = segments.segment(key) { return known }
        return try segments.make { writer in
            for node in nodes { try append(node, to: &writer, from: store) }
            if isLast { try writer.finishArchive() }
            return key
        }
    }

    private func append(
        _ node: TreeNode, to writer: inout TarWriter<SegmentSink>, from store: ContentStore
    ) throws {
        try writer.append(node.file.tarEntry)
        switch node.source {
        case .bytes(let bytes): try bytes.withUnsafeBytes { try writer.write($0) }
        case .blob(let blob):
            let reader = try store.reader(of: blob.digest)
            let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
            defer { piece.deallocate() }
            while true {
                try Task.checkCancellation()
                let count = try reader.read(into: piece)
                guard count > 0 else { break }
                try writer.write(UnsafeRawBufferPointer(rebasing: piece[..<count]))
            }
        case .package, .directory, .nothing: break
        }
        try writer.finishEntry()
    }
}

extension ComposedFile {
    /// What Slipway puts into an image has the time 0: nothing in the input says another.
    fileprivate var tarEntry: TarEntry {
        let tarKind: TarEntry.Kind =
            switch kind {
            case .file: .file
            case .directory: .directory
            case .symlink: .symlink
            case .hardlink: .hardlink
            }
        return TarEntry(
            path: kind == .directory ? "\(path.text)/" : path.text, kind: tarKind, mode: mode, uid: uid,
            gid: gid,
            size: kind == .file ? size : 0, mtime: 0, linkTarget: target ?? "")
    }
}
