// SPDX-License-Identifier: Apache-2.0

internal import Archives
internal import Storage
package import Vocabulary

/// An index that was written.
package struct WrittenIndex: Sendable, Equatable {
    package let path: HostPath
    /// All packages in it.
    package let packages: Int
    /// File names of those that were read through, because nothing vouched for an earlier record of them.
    package let read: [String]
    /// Of those whose record was kept.
    package let kept: Int
    /// Of those that stood in the index before and have no file any more.
    package let gone: Int
    /// False where the index already said all of this.
    package let changed: Bool
    package let memory: IndexMemory
    package let diagnostics: [Diagnostic]
}

/// Writes a folder's `APKINDEX.tar.gz`. Only packages that are new are read: a record of the present index is kept where
/// - the index is the one that was remembered and the package's file has not been touched since, or
/// - the index has a signature of the same key, and the package's control member and size are those of the record.
/// Everything else is read through and its checksums are compared. Records stand in order of name and version, so that
/// equal folders give equal indexes; the index's name moves last, after everything that it names is on disk.
package struct AlpineIndexer: Sendable {
    private let key: PackageSigningKey?
    private let scheme: PackageSigningKey.Scheme

    package init(key: PackageSigningKey?, scheme: PackageSigningKey.Scheme = .rsa256) {
        self.key = key
        self.scheme = scheme
    }

    /// - Parameters:
    ///   - summary: what the index calls itself (`DESCRIPTION`).
    ///   - memory: of the last run over this folder.
    ///   - names: files that are about to become others, and that nobody should ask for meanwhile.
    /// - Throws: `notAPackage` and `misnamed` for a file that clients could not use; nothing is written then.
    package func index(
        _ folder: HostPath, summary: String = "", memory: IndexMemory? = nil,
        leavingOut names: Set<String> = []
    ) throws(BuildingError) -> WrittenIndex {
        try BuildingError.wrapping {
            guard try HostDirectory.isDirectory(folder) else { throw BuildingError.noFolder(folder) }
            // Two at once would each leave out what the other one saw.
            let lock = try FileLock(folder)
            defer { withExtendedLifetime(lock) {} }
            let path = folder / ApkIndexFile.name
            let present = try presentIndex(path, memory)
            var run = FolderRun(folder: folder, present: present)
            for name in try HostDirectory.names(in: folder)
            where name.hasSuffix(".apk") && !names.contains(name) {
                try Task.checkCancellation()
                try run.add(name)
            }
            let records = run.records.sorted { ($0.name, $0.version) < ($1.name, $1.version) }
            let bytes = try encode(records, summary: summary)
            let isSame = bytes == present.bytes
            if !isSame {
                try DurableFiles.synchronize(run.read, in: folder)
                try AtomicFile.replace(path, with: bytes)
            }
            let there = Set(records.map(\.file))
            return WrittenIndex(
                path: path, packages: records.count, read: run.read, kept: records.count - run.read.count,
                gone: present.records.keys.count { !there.contains($0) }, changed: !isSame,
                memory: IndexMemory(index: ContentHasher.digest(of: bytes), stamps: run.stamps),
                diagnostics: run.diagnostics)
        }
    }

    /// The file names of the packages that the folder's index names, whoever wrote it.
    package static func listed(in folder: HostPath) throws(BuildingError) -> Set<String> {
        try BuildingError.wrapping {
            let path = folder / ApkIndexFile.name
            guard try HostDirectory.exists(path) else { return [] }
            let file = try? ApkIndexFile(try HostDirectory.read(path, limit: 512 << 20))
            return Set((file.flatMap { IndexRecord.all(in: $0.index) } ?? []).map(\.file))
        }
    }

    /// The index that is there, with the records that may be kept.
    struct Present {
        var bytes: [UInt8] = []
        /// By file name.
        var records: [String: IndexRecord] = [:]
        /// Of untouched files; empty where another index was remembered.
        var stamps: [String: FileStamp] = [:]
        /// Whether somebody whom we trust wrote the records: this key, or the run that is remembered.
        var isTrusted = false
    }

    private func presentIndex(_ path: HostPath, _ memory: IndexMemory?) throws -> Present {
        var present = Present()
        guard try HostDirectory.exists(path) else { return present }
        present.bytes = try HostDirectory.read(path, limit: 512 << 20)
        // What cannot be read is written anew from the packages.
        guard let file = try? ApkIndexFile(present.bytes) else { return present }
        guard let records = IndexRecord.all(in: file.index) else { return present }
        for record in records { present.records[record.file] = record }
        let isRemembered = memory?.index == ContentHasher.digest(of: present.bytes)
        if isRemembered, let memory { present.stamps = memory.stamps }
        present.isTrusted = isRemembered || (key?.hasSigned(file.signed, file.signatures) ?? false)
        return present
    }

    private func encode(_ records: [IndexRecord], summary: String) throws -> [UInt8] {
        // The newest package's time: an index has no other that is not the clock's.
        let time = records.map(\.built).max() ?? 0
        var tar = TarWriter(GzipMemberWriter(MemorySink()))
        var text: [UInt8] = []
        for record in records { text += record.text }
        for (name, content) in [("DESCRIPTION", Array(summary.utf8)), ("APKINDEX", text)] {
            try tar.append(
                TarEntry(path: name, kind: .file, mode: 0o644, size: Int64(content.count), mtime: time),
                content: content)
        }
        try tar.finishArchive()
        try tar.sink.finish()
        let member = tar.sink.sink.bytes
        guard let key else { return member }
        return try SignatureMember.encode(signing: member, with: key, scheme, time: time) + member
    }
}

/// One pass over a folder's packages.
private struct FolderRun {
    let folder: HostPath
    let present: AlpineIndexer.Present
    var records: [IndexRecord] = []
    var stamps: [String: FileStamp] = [:]
    var read: [String] = []
    var diagnostics: [Diagnostic] = []

    mutating func add(_ name: String) throws {
        let path = folder / name
        // Before the file is opened: what changes while it is read has another one next time.
        guard let stamp = try FileStamp.of(path) else {
            throw BuildingError.notAPackage(path, reason: "it is no regular file")
        }
        stamps[name] = stamp
        let known = present.isTrusted ? present.records[name] : nil
        if let known, present.stamps[name] == stamp {
            return take(known)
        }
        let record: IndexRecord
        do {
            let reader = try ApkReader(try FileReader(path))
            record = IndexRecord(try reader.readControl(), size: stamp.size)
            guard record.file == name else { throw BuildingError.misnamed(path, expected: record.file) }
            if let known, known.checksum == record.checksum, known.size == record.size { return take(known) }
            try reader.openData().forEachPiece { _ in try Task.checkCancellation() }
            let end = try reader.finish().range.upperBound
            guard end == stamp.size else { throw BuildingError.changedMeanwhile(path) }
        } catch let error as ArchiveError {
            throw BuildingError.notAPackage(path, reason: error.description)
        }
        read.append(name)
        take(record)
    }

    private mutating func take(_ record: IndexRecord) {
        records.append(record)
        let place = String(folder.name)
        if !["noarch", place].contains(record.architecture), Architecture(alpineName: place) != nil {
            diagnostics.append(
                Diagnostic(
                    .warning, .otherArchitecture,
                    "\(record.file) is for '\(record.architecture)' and stands in '\(place)', where clients will not install it"
                ))
        }
    }
}

extension Diagnostic.Code {
    static let otherArchitecture = Self(rawValue: "other-architecture")
}
