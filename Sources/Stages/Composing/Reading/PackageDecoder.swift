// SPDX-License-Identifier: Apache-2.0
internal import Archives
internal import Storage
internal import Vocabulary

/// One package file that has to be opened, and what is wanted of it.
struct PackageOpening: Sendable {
    var package: LockedPackage
    var parts: any FamilyParts
    var rules: EntryRules
    /// Files whose bytes the table keeps.
    var captures: [PathPattern]
}

/// Opens a package file once: control data into memory, every entry of the data archive into the table, and those
/// that the image gets, changed as its rules say, into a segment. Entries keep the archive's order, which the package's
/// digest fixes, so that no content has to be held back.
struct PackageDecoder {
    static let controlLimit = 16 << 20
    private static let capture = (file: 1 << 20, total: 8 << 20)
    static let limits = TarLimits(entries: 250_000, totalBytes: 16 << 30)

    private let opening: PackageOpening
    var package: LockedPackage { opening.package }
    var table = PackageTable()
    /// Set by the reader of a family whose database names files by SHA-1.
    var hashesSHA1 = false
    private var hashes: [ImagePath: [UInt8]] = [:]
    private var binaries: [(entry: Int, offset: Int64, size: Int64)] = []
    private var capturedBytes = 0
    private var buffer = [UInt8](repeating: 0, count: 128 << 10)

    private init(_ opening: PackageOpening) { self.opening = opening }

    /// The package's table and its segment. Throws `ComposingError`, or what the cache throws.
    static func decode(
        _ opening: PackageOpening, from store: ContentStore, into segments: SegmentCache, identity: String
    ) throws -> (PackageTable, CachedSegment) {
        var decoder = PackageDecoder(opening)
        let package = opening.package
        guard store.contains(package.digest) else {
            throw ComposingError.missingPackage(package.name, package.digest)
        }
        let blob = try store.reader(of: package.digest)
        do {
            let segment = try segments.make { writer in
                try opening.parts.read(blob, with: &decoder, into: &writer)
                try blob.drain()
                return PackageSegment.key(
                    of: package.digest, table: decoder.table, rules: opening.rules, identity: identity
                ).key
            }
            try decoder.readBinaries(segment.tar)
            return (decoder.table, segment)
        } catch let error as ArchiveError {
            // Damaged on this disk, or by whoever built it? The first is healed, and draining throws it.
            try blob.drain()
            throw ComposingError.unreadablePackage(package.name, package.digest, reason: "\(error)")
        } catch let error as ComposingError {
            try blob.drain()
            throw error
        }
    }

    func unreadable(_ reason: String) -> ComposingError {
        .unreadablePackage(package.name, package.digest, reason: reason)
    }

    // MARK: - For the family's reader

    /// The package is not what the lock names: stop.
    func check(name: String?, version: String?) throws(ComposingError) {
        guard name == package.name.text, version == package.version else {
            throw unreadable(
                "it says that it is \(name ?? "nothing") \(version ?? ""), not \(package.name) \(package.version)"
            )
        }
    }

    /// All bytes of a control file.
    mutating func all(_ source: any ByteSource, limit: Int) throws -> [UInt8] {
        var source = source
        var bytes: [UInt8] = []
        while true {
            let count = try buffer.withUnsafeMutableBytes { try source.read(into: $0) }
            if count == 0 { return bytes }
            bytes += buffer[..<count]
            guard bytes.count <= limit else {
                throw unreadable("a control file has more than \(limit) bytes")
            }
        }
    }

    // MARK: - The data archive

    /// Takes over the data archive, entry by entry.
    mutating func take(_ archive: TarReader, into writer: inout TarWriter<SegmentSink>) throws {
        var names: Set<ImagePath> = []
        while let raw = try archive.next() {
            try Task.checkCancellation()
            let entry = try describe(raw)
            table.newest = max(table.newest, raw.mtime)
            guard !entry.path.isRoot else { continue }
            // Twice the same directory is harmless, anything else is two opinions about one name.
            guard names.insert(entry.path).inserted || entry.kind == .directory else {
                throw ComposingError.duplicateEntry(package.name, entry.path)
            }
            if raw.xattrs.count != entry.attributes.count {
                table.remarks.append(.init(code: "attributes-dropped", path: entry.path))
            }
            try take(entry, raw, archive, into: &writer)
        }
    }

    private func describe(_ raw: TarEntry) throws(ComposingError) -> PackageEntry {
        func unsafe(_ text: String, _ reason: String) -> ComposingError {
            .unsafePath(package.name, path: text, reason: reason)
        }
        guard !raw.hasRepairedName else { throw unsafe(raw.path, "which is not UTF-8") }
        guard let path = ImagePath(raw.path) else {
            throw unsafe(raw.path, "which leaves the image or is too long")
        }
        let kind: PackageEntry.Kind =
            switch raw.kind {
            case .file: .file
            case .directory: .directory
            case .symlink: .symlink
            case .hardlink: .hardlink
            case .characterDevice, .blockDevice, .fifo: .special
            }
        guard !path.components.contains(where: { $0.hasPrefix(".wh.") }) else {
            throw unsafe(raw.path, "which layers read as a deletion")
        }
        guard !path.isRoot || kind == .directory else {
            throw unsafe(raw.path, "which would replace the image's root")
        }
        var entry = PackageEntry(
            path: path, kind: kind, mode: raw.mode, uid: raw.uid, gid: raw.gid, size: raw.size,
            mtime: raw.mtime)
        switch kind {
        case .symlink:
            guard raw.linkTarget.utf8.count <= ImagePath.limits.path, !raw.linkTarget.utf8.contains(0) else {
                throw unsafe(raw.path, "whose target no file system takes")
            }
            entry.target = raw.linkTarget
        case .hardlink:
            guard let target = ImagePath(raw.linkTarget), !target.isRoot else {
                throw unsafe(raw.path, "whose target '\(raw.linkTarget)' leaves the image")
            }
            entry.target = target.text
        case .file: entry.attributes = raw.xattrs.filter { opening.rules.keeps(attribute: $0.key) }
        default: break
        }
        return entry
    }

    private mutating func take(
        _ entry: PackageEntry, _ raw: TarEntry, _ archive: TarReader,
        into writer: inout TarWriter<SegmentSink>
    ) throws {
        var entry = entry
        var offset: Int64?
        if entry.kind != .directory, case .keep(let placed) = opening.rules.place(entry) {
            try writer.append(placed.tarEntry(entry.kind, size: entry.size))
            offset = writer.sink.position
        }
        if entry.kind == .file { try copy(&entry, archive, to: offset, &writer) }
        if offset != nil { try writer.finishEntry() }
        if hashesSHA1 { try checkSHA1(&entry, raw) }
        table.entries.append(entry)
    }

    /// Holds what the package says of an entry's content against the content.
    private mutating func checkSHA1(_ entry: inout PackageEntry, _ raw: TarEntry) throws(ComposingError) {
        switch entry.kind {
        case .file: hashes[entry.path] = entry.sha1
        case .symlink: entry.sha1 = ContentHasher.sha1(of: Array((entry.target ?? "").utf8))
        case .hardlink: entry.sha1 = entry.target.flatMap { ImagePath($0) }.flatMap { hashes[$0] } ?? []
        case .directory, .special: return
        }
        guard let named = raw.contentSHA1, !entry.sha1.isEmpty, named != entry.sha1 else { return }
        throw unreadable("\(entry.path) is another file than it says (SHA-1 \(Hex.encode(named)))")
    }

    /// Hashes the content, and writes, keeps and examines it where it is wanted.
    private mutating func copy(
        _ entry: inout PackageEntry, _ archive: TarReader, to offset: Int64?,
        _ writer: inout TarWriter<SegmentSink>
    ) throws {
        var hasher = ContentHasher()
        var legacy = hashesSHA1 ? SHA1Hasher() : nil
        let path = entry.path
        let captures =
            entry.size <= Int64(Self.capture.file) && opening.captures.contains { $0.matches(path) }
        var captured: [UInt8] = []
        while true {
            try Task.checkCancellation()
            let count = try buffer.withUnsafeMutableBytes { try archive.read(into: $0) }
            guard count > 0 else { break }
            if hasher.byteCount == 0 {
                if buffer[..<count].starts(with: [0x7F, 0x45, 0x4C, 0x46]), let offset {
                    binaries.append((table.entries.count, offset, entry.size))
                }
                entry.program = ShebangReader.program(in: buffer[..<count])
            }
            try buffer.withUnsafeBytes { bytes in
                let piece = UnsafeRawBufferPointer(rebasing: bytes[..<count])
                hasher.update(piece)
                legacy?.update(piece)
                if offset != nil { try writer.write(piece) }
            }
            if captures { captured += buffer[..<count] }
        }
        entry.digest = hasher.finalize()
        if let legacy { entry.sha1 = legacy.finalize() }
        guard captures else { return }
        capturedBytes += captured.count
        guard capturedBytes <= Self.capture.total else {
            throw unreadable("its small files are too many to be read")
        }
        table.captured[path] = captured
    }

    /// Programs are examined where they lie in the segment, so that none has to be held in memory.
    private mutating func readBinaries(_ tar: HostPath) throws {
        guard !binaries.isEmpty else { return }
        try MappedFile(tar).withUnsafeBytes { bytes in
            for (index, offset, size) in binaries where offset + size <= Int64(bytes.count) {
                let content = UnsafeRawBufferPointer(rebasing: bytes[Int(offset)..<Int(offset + size)])
                table.entries[index].program = ELFReader.facts(of: content).map(ProgramHeader.elf)
            }
        }
    }
}

extension PlacedEntry {
    func tarEntry(_ kind: PackageEntry.Kind, size: Int64) -> TarEntry {
        let tarKind: TarEntry.Kind =
            switch kind {
            case .file, .special: .file
            case .directory: .directory
            case .symlink: .symlink
            case .hardlink: .hardlink
            }
        return TarEntry(
            path: path.text, kind: tarKind, mode: mode, uid: uid, gid: gid, size: size, mtime: mtime,
            linkTarget: target ?? "", xattrs: attributes)
    }
}
