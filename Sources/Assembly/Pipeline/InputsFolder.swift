// SPDX-License-Identifier: Apache-2.0

internal import Storage
package import Vocabulary

/// A folder in which somebody kept packages and indexes: by digest (`<hex>`, as in a content store or a mirror's
/// by-hash), or by file name (as a pool or apt's own cache has them). Names only lead to candidates; digests decide.
package struct InputsFolder: Sendable {
    package let root: HostPath
    private let files: [Substring: [HostPath]]

    /// Other folders hold a mirror at most.
    private static let limits = (files: 1_000_000, depth: 32)

    /// Throws `StorageError` where it cannot be listed.
    package init(_ root: HostPath) throws {
        self.root = root
        var files: [Substring: [HostPath]] = [:]
        var waiting = [(root, 0)]
        var count = 0
        while let (folder, depth) = waiting.popLast() {
            for name in try HostDirectory.names(in: folder) {
                let path = folder / name
                if try HostDirectory.isDirectory(path) {
                    if depth < Self.limits.depth { waiting.append((path, depth + 1)) }
                    continue
                }
                count += 1
                guard count <= Self.limits.files else {
                    throw PipelineError.inputsFolderTooLarge(root, limit: Self.limits.files)
                }
                files[path.name, default: []].append(path)
            }
        }
        self.files = files
    }

    /// The first file of a name; its content is anybody's.
    func file(named name: Substring) -> HostPath? { files[name]?.first }

    /// Copies content into a store where the folder has it, under its digest or one of `names`; nothing happens where
    /// it has not, or the store has it.
    func bring(_ digest: Digest, size: Int64, names: [String], into store: ContentStore) throws {
        guard store.size(of: digest) != size else { return }
        for path in ([digest.hex] + names).flatMap({ files[$0[...]] ?? [] }) {
            let reader = try FileReader(path)
            guard reader.size == size else { continue }
            let writer = try store.writer()
            try reader.forEachPiece { try writer.write($0) }
            // Another file may have the same name and size.
            if try Self.finish(writer, expecting: digest) { return }
        }
    }

    private static func finish(_ writer: BlobWriter, expecting digest: Digest) throws -> Bool {
        do throws(StorageError) {
            _ = try writer.finish(expecting: digest)
            return true
        } catch {
            switch error {
            case .unexpected: return false
            default: throw error
            }
        }
    }
}
