// SPDX-License-Identifier: Apache-2.0

internal import Archives
internal import Storage
package import Vocabulary

/// Makes a Debian package (deb(5)) of a folder that holds `DEBIAN/control`, as `dpkg-deb --build` does: an ar archive of
/// the format's version, the control archive and the data archive, both .tar.xz. Equal folders give equal packages.
package struct DebianPacker: Sendable {
    static let scripts: Set = ["preinst", "postinst", "prerm", "postrm", "config"]
    private static let controlFolder = "DEBIAN"
    /// Where data wait that are too many for memory.
    private let scratch: HostPath

    package init(scratch: HostPath) { self.scratch = scratch }

    /// Packs `folder` into `directory` (which must be there) as NAME_VERSION_ARCHITECTURE.deb, whole or not at all.
    /// - Parameter time: `SOURCE_DATE_EPOCH`; nil for the newest time in the folder.
    package func pack(
        _ folder: HostPath, owners: PackedOwners = .root, time: Int64? = nil, into directory: HostPath
    ) throws(BuildingError) -> PackedPackage {
        try BuildingError.wrapping {
            let stanza = try control(of: folder)
            let content = try PackedFolder(folder, owners: owners, time: time) {
                $0.text == Self.controlFolder
            }
            let control = try PackedFolder(folder / Self.controlFolder, owners: .root, time: content.time)
            return try pack(stanza, content, into: directory) { _ in try archive(of: control, isControl: true)
            }
        }
    }

    /// The same of a folder that is all content, with control files that are made of it.
    /// - Parameter control: is given the MD5 of each file by its path.
    func pack(
        _ stanza: ControlStanza, _ content: PackedFolder, into directory: HostPath,
        control: ([(path: ImagePath, md5: [UInt8])]) throws -> [AddedFile]
    ) throws -> PackedPackage {
        try pack(
            stanza, content, into: directory,
            control: { sums in try archive(of: control(sums), content.time) })
    }

    private func pack(
        _ stanza: ControlStanza, _ content: PackedFolder, into directory: HostPath,
        control: ([(path: ImagePath, md5: [UInt8])]) throws -> SpoolFile
    ) throws -> PackedPackage {
        var sums: [(path: ImagePath, md5: [UInt8])] = []
        let dataArchive = try archive(of: content, isControl: false) { sums.append(($0, $1)) }
        let controlArchive = try control(sums)
        let version = stanza["Version"] ?? ""
        let names = (package: stanza["Package"] ?? "", architecture: stanza["Architecture"] ?? "")
        guard let name = PackageName(names.package) else {
            throw BuildingError.badMetadata(reason: "'\(names.package)' is no package's name")
        }
        // Pool names have no epoch.
        let plain = version.split(separator: ":", maxSplits: 1).last ?? ""
        let path = directory / "\(names.package)_\(plain)_\(names.architecture).deb"
        let size = try AtomicFile.write(path) { file in
            var members = try ArWriter(file)
            try members.append(ArMember(name: "debian-binary", size: 4), mtime: content.time)
            try Array("2.0\n".utf8).withUnsafeBytes { try members.write($0) }
            for (name, spool) in [("control.tar.xz", controlArchive), ("data.tar.xz", dataArchive)] {
                try members.append(ArMember(name: name, size: spool.byteCount), mtime: content.time)
                try spool.reader().forEachPiece { piece in
                    try Task.checkCancellation()
                    try members.write(piece)
                }
            }
            try members.finish()
            return file.byteCount
        }
        return PackedPackage(
            path: path, name: name, version: version, architecture: names.architecture, size: size,
            installedSize: content.contentSize, entries: content.items.count,
            diagnostics: content.diagnostics)
    }

    private func control(of folder: HostPath) throws -> ControlStanza {
        let path = folder / Self.controlFolder / "control"
        guard try HostDirectory.exists(path) else {
            throw BuildingError.badMetadata(reason: "there is no '\(path)', which says what the package is")
        }
        let stanza = try DebianPackageFile.stanza(try HostDirectory.read(path, limit: 1 << 20), of: path)
        for field in ["Maintainer", "Description"] where (stanza[field] ?? "").isEmpty {
            throw BuildingError.badMetadata(reason: "'\(path)' has no field \(field)")
        }
        return stanza
    }

    /// `./`, then every entry as `./…`. Scripts may be run and the other control files not, whatever the folder says.
    private func archive(
        of content: PackedFolder, isControl: Bool, sum: (ImagePath, [UInt8]) -> Void = { _, _ in }
    ) throws -> SpoolFile {
        let spool = try SpoolFile(in: scratch)
        var tar = TarWriter(try XzWriter(spool))
        try tar.append(TarEntry(path: "./", kind: .directory, mode: 0o755, mtime: content.time))
        try tar.finishEntry()
        for item in content.items {
            try Task.checkCancellation()
            var entry = item.entry
            entry.path = "./\(entry.path)"
            if isControl, entry.kind == .file {
                entry.mode = Self.scripts.contains(item.path.text) ? 0o755 : 0o644
            }
            if entry.kind == .hardlink { entry.linkTarget = "./\(entry.linkTarget)" }
            try tar.append(entry)
            if entry.kind == .file {
                var hasher = MD5Hasher()
                try content.content(of: item) { piece in
                    hasher.update(piece)
                    try tar.write(piece)
                }
                sum(item.path, hasher.finalize())
            }
            try tar.finishEntry()
        }
        try tar.finishArchive()
        try tar.sink.finish()
        return spool
    }

    /// The control archive of files that are in memory.
    private func archive(of files: [AddedFile], _ time: Int64) throws -> SpoolFile {
        let spool = try SpoolFile(in: scratch)
        var tar = TarWriter(try XzWriter(spool))
        try tar.append(TarEntry(path: "./", kind: .directory, mode: 0o755, mtime: time))
        try tar.finishEntry()
        for file in files.sorted(by: { $0.path < $1.path }) {
            try tar.append(
                TarEntry(
                    path: "./\(file.path.text)", kind: .file, mode: file.mode, size: Int64(file.bytes.count),
                    mtime: time), content: file.bytes)
        }
        try tar.finishArchive()
        try tar.sink.finish()
        return spool
    }
}
