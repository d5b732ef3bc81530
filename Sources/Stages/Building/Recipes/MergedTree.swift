// SPDX-License-Identifier: Apache-2.0

internal import Storage
internal import Vocabulary

/// Several trees seen as one, as packages stand beside one another once they are installed: of those that have a name the
/// first one counts. Links are followed, and none leads out.
struct MergedTree {
    struct Found: Equatable {
        /// Which of the trees.
        let tree: Int
        /// Without links on the way.
        let path: ImagePath
        let status: RootDirectory.Status
    }

    private static let linkLimit = 40

    let trees: [RootDirectory]

    /// What a path means; nil where there is nothing.
    func find(_ path: String) throws(StorageError) -> Found? {
        var pending = path.split(separator: "/").reversed().map(String.init)
        var place = ImagePath.root
        var found: Found?
        var links = 0
        while let name = pending.popLast() {
            if name == "." { continue }
            if name == ".." {
                place = place.parent ?? .root
                found = try place.isRoot ? nil : look(place)
                continue
            }
            guard let next = place.appending(name), let there = try look(next) else { return nil }
            guard there.status.kind == .symbolicLink else {
                (place, found) = (next, there)
                continue
            }
            links += 1
            guard links <= Self.linkLimit else { return nil }
            let target = try trees[there.tree].target(of: next)
            if target.hasPrefix("/") { place = .root }
            pending += target.split(separator: "/").reversed().map(String.init)
        }
        return found
    }

    /// The regular file that a path means.
    func file(_ path: String) throws(StorageError) -> Found? {
        guard let found = try find(path), found.status.kind == .file else { return nil }
        return found
    }

    func location(of found: Found) -> HostPath { trees[found.tree].path / found.path.text }

    /// At most `limit` bytes of a file; nil where there is none, or it has more.
    func text(_ path: String, limit: Int = 1 << 20) throws(StorageError) -> [UInt8]? {
        guard let found = try file(path), found.status.size <= Int64(limit) else { return nil }
        return try trees[found.tree].reader(of: found.path).readAll(limit: limit)
    }

    /// The names in a directory, of all trees that have it.
    func names(in path: String) throws(StorageError) -> [String] {
        guard let found = try find(path), found.status.kind == .directory else { return [] }
        var names: Set<String> = []
        for tree in trees {
            guard let status = try Self.status(of: found.path, in: tree), status.kind == .directory else {
                continue
            }
            names.formUnion(try tree.names(in: found.path))
        }
        return names.sorted()
    }

    private func look(_ path: ImagePath) throws(StorageError) -> Found? {
        for (number, tree) in trees.enumerated() {
            if let status = try Self.status(of: path, in: tree) {
                return Found(tree: number, path: path, status: status)
            }
        }
        return nil
    }

    /// A tree that has a link where another one has a directory has nothing below it.
    private static func status(
        of path: ImagePath, in tree: RootDirectory
    ) throws(StorageError) -> RootDirectory.Status? {
        do throws(StorageError) {
            return try tree.status(of: path)
        } catch .passesThroughLink { return nil }
    }
}
