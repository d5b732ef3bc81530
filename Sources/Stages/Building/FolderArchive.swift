// SPDX-License-Identifier: Apache-2.0

internal import Archives
internal import Storage
package import Vocabulary

/// A folder as one `.tar.gz`. Everything in it is root's and of one time: equal folders give equal bytes.
package enum FolderArchive {
    private static let limits = (entries: 200_000, bytes: Int64(8 << 30))

    /// Writes `path`, whole or not at all; the digest and size of its bytes.
    package static func write(
        _ folder: HostPath, to path: HostPath
    ) throws(BuildingError) -> (digest: Digest, size: Int64) {
        try BuildingError.wrapping {
            let content = try PackedFolder(folder, owners: .root, time: 0)
            let spool = try SpoolFile(in: path.parent)
            var tar = TarWriter(GzipMemberWriter(spool))
            for item in content.items {
                try Task.checkCancellation()
                try tar.append(item.entry)
                if item.entry.kind == .file { try content.content(of: item) { try tar.write($0) } }
                try tar.finishEntry()
            }
            try tar.finishArchive()
            try tar.sink.finish()
            try AtomicFile.write(path) { file in try spool.reader().forEachPiece { try file.write($0) } }
            return (spool.digest, spool.byteCount)
        }
    }

    /// Unpacks an archive into a new folder; nothing of it leaves that.
    package static func extract(_ path: HostPath, to folder: HostPath) throws(BuildingError) {
        try BuildingError.wrapping {
            do {
                var extractor = FolderExtractor(into: try RootDirectory.create(folder), from: path)
                extractor.keepsOwners = false
                let limits = DecodingLimits(outputBytes: limits.bytes)
                _ = try extractor.extract(
                    TarReader(try Decompressor.open(sniffing: try FileReader(path), limits: limits).source))
            } catch let error as ArchiveError {
                throw BuildingError.notAPackage(path, reason: error.description)
            }
        }
    }
}
