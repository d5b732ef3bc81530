// SPDX-License-Identifier: Apache-2.0

internal import Archives
internal import Storage
package import Vocabulary

/// A package file that was made.
package struct PackedPackage: Sendable, Equatable {
    package let path: HostPath
    package let name: PackageName
    package let version: String
    package let architecture: String
    /// Bytes of the file.
    package let size: Int64
    /// Bytes of the files in it.
    package let installedSize: Int64
    /// Files, directories and links.
    package let entries: Int
    package var diagnostics: [Diagnostic]
}

/// Makes an Alpine package (.apk, version 2) of a folder: three gzip members, each a tar, for the signature, the control
/// files and the data. Equal folders give equal packages, whoever packs them, wherever and whenever.
package struct AlpinePacker: Sendable {
    /// Nil makes packages without a signature: an index that names them vouches for them.
    private let key: PackageSigningKey?
    private let scheme: PackageSigningKey.Scheme
    /// Where data wait that are too many for memory.
    private let scratch: HostPath

    package init(key: PackageSigningKey?, scheme: PackageSigningKey.Scheme = .rsa256, scratch: HostPath) {
        self.key = key
        self.scheme = scheme
        self.scratch = scratch
    }

    /// Packs `folder` into `directory` (which must be there) as NAME-VERSION.apk, whole or not at all.
    /// - Parameters:
    ///   - time: `SOURCE_DATE_EPOCH`; nil for the newest time in the folder.
    ///   - additions: files beside the folder's own.
    package func pack(
        _ folder: HostPath, _ metadata: PackageMetadata, owners: PackedOwners = .root, time: Int64? = nil,
        adding additions: [AddedFile] = [], into directory: HostPath
    ) throws(BuildingError) -> PackedPackage {
        try metadata.checkForAlpine()
        return try BuildingError.wrapping {
            let content = try PackedFolder(folder, owners: owners, time: time, adding: additions)
            let data = try SpoolFile(in: scratch)
            try write(content, to: data)
            let control = try ControlMember(
                metadata: metadata, installedSize: content.contentSize, time: content.time,
                dataDigest: data.digest
            ).encode()
            let signature = try key.map {
                try SignatureMember.encode(signing: control, with: $0, scheme, time: content.time)
            }
            let path = directory / "\(metadata.name)-\(metadata.version).apk"
            let size = try AtomicFile.write(path) { file in
                if let signature { try file.write(signature) }
                try file.write(control)
                try data.reader().forEachPiece { piece in
                    try Task.checkCancellation()
                    try file.write(piece)
                }
                return file.byteCount
            }
            return PackedPackage(
                path: path, name: metadata.name, version: metadata.version,
                architecture: metadata.architecture, size: size, installedSize: content.contentSize,
                entries: content.items.count, diagnostics: content.diagnostics)
        }
    }

    /// The data member: a tar with its end, each file and link with the SHA-1 by which the installed database knows it.
    private func write(_ content: PackedFolder, to data: SpoolFile) throws {
        var tar = TarWriter(GzipMemberWriter(data))
        for item in content.items {
            try Task.checkCancellation()
            switch item.entry.kind {
            case .file:
                let checksum = try self.checksum(of: item, in: content)
                try tar.append(item.entry, records: Self.record(checksum))
                var seen = SHA1Hasher()
                try content.content(of: item) { piece in
                    seen.update(piece)
                    try tar.write(piece)
                }
                guard seen.finalize() == checksum else {
                    throw BuildingError.changedMeanwhile(content.root.path / item.path.text)
                }
            case .symlink:
                let checksum = ContentHasher.sha1(of: Array(item.entry.linkTarget.utf8))
                try tar.append(item.entry, records: Self.record(checksum))
            default: try tar.append(item.entry)
            }
            try tar.finishEntry()
        }
        try tar.finishArchive()
        try tar.sink.finish()
    }

    private func checksum(of item: PackedFolder.Item, in content: PackedFolder) throws -> [UInt8] {
        var hasher = SHA1Hasher()
        try content.content(of: item) { hasher.update($0) }
        return hasher.finalize()
    }

    /// In hex, as abuild and melange write it.
    private static func record(_ sha1: [UInt8]) -> [String: [UInt8]] {
        ["APK-TOOLS.checksum.SHA1": Array(Hex.encode(sha1).utf8)]
    }
}
