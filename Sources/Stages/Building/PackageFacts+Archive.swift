// SPDX-License-Identifier: Apache-2.0

internal import Archives
internal import Vocabulary

extension PackageFacts.File {
    init(_ entry: TarEntry) {
        self.init(
            path: ImagePath(entry.path)?.text ?? entry.path, kind: entry.kind.rawValue, mode: entry.mode,
            uid: entry.uid, gid: entry.gid, size: entry.size)
        target = entry.linkTarget.isEmpty ? nil : entry.linkTarget
        attributes = entry.xattrs.keys.sorted()
    }

    /// All entries of a tar.
    static func all(in source: any ByteSource) throws -> [PackageFacts.File] {
        let tar = TarReader(source)
        var files: [PackageFacts.File] = []
        while let entry = try tar.next() { files.append(.init(entry)) }
        return files
    }
}
