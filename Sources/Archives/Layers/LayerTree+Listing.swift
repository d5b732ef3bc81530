// SPDX-License-Identifier: Apache-2.0
package import Vocabulary

extension LayerTree {
    /// One name of the finished tree.
    package struct Item: Sendable, Equatable {
        package let path: ImagePath
        /// Numbers `contents`.
        package let content: Int
        /// The name that this one is a hard link to; nil for the first name of a thing.
        package let linkedTo: ImagePath?
    }

    /// Every name but the root, sorted by path.
    package func items() -> [Item] {
        var found: [(path: ImagePath, slot: Int)] = []
        var open: [(slot: Int, path: ImagePath)] = [(0, .root)]
        while let (slot, path) = open.popLast() {
            for (name, child) in slots[slot].children {
                // Every name was part of a valid path when it came in.
                guard let below = path.appending(name) else { continue }
                found.append((below, child))
                open.append((child, below))
            }
        }
        found.sort { $0.path < $1.path }
        var first: [Int: ImagePath] = [:]
        for (path, slot) in found where !slots[slot].isLink { first[slots[slot].content] = path }
        for (path, slot) in found where slots[slot].isLink && first[slots[slot].content] == nil {
            first[slots[slot].content] = path
        }
        return found.map { path, slot in
            let content = slots[slot].content
            return Item(
                path: path, content: content, linkedTo: first[content].flatMap { $0 == path ? nil : $0 })
        }
    }

    /// The number of what a path means, with every link resolved inside the tree. Nil where nothing is there.
    package func content(at path: ImagePath) -> Int? {
        (try? find(path, following: true)).map { slots[$0.slot].content }
    }

    /// Where what a path means stands, no link on the way. Nil where nothing is there.
    package func place(of path: ImagePath) -> ImagePath? {
        (try? find(path, following: true))?.place
    }

    /// The names in a directory, sorted; none where there is no directory.
    package func names(in directory: ImagePath) -> [String] {
        guard let found = try? find(directory, following: true) else { return [] }
        return slots[found.slot].children.keys.sorted()
    }
}

/// What makes a layer one that no tree comes out of.
package enum LayerError: Error, Equatable, CustomStringConvertible {
    case pathEscapes(String)
    case notADirectory(String, in: String)
    case linkTargetMissing(String, target: String)
    case linkLoop(String)
    case tooManyNames(Int)

    package var description: String {
        switch self {
        case .pathEscapes(let path):
            "the layer names '\(path)', a path that leaves the image; it is not unpacked"
        case .notADirectory(let place, let path):
            "the layer puts '\(path)' below '\(place)', which is no directory; it is not unpacked"
        case .linkTargetMissing(let path, let target):
            "the layer makes '\(path)' a hard link to '\(target)', and no such file is there; it is not unpacked"
        case .linkLoop(let path):
            "the symbolic links on the way to '\(path)' lead in a circle; it is not unpacked"
        case .tooManyNames(let limit): "the layers hold more than \(limit) names; nothing more was read"
        }
    }
}
