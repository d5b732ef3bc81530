// SPDX-License-Identifier: Apache-2.0
internal import Archives
internal import Vocabulary

/// Where the bytes of a node come from.
enum NodeSource: Sendable, Equatable {
    /// The segment of a package, by its place in the plan.
    case package(Int)
    /// Written by the plan itself.
    case bytes([UInt8])
    /// A blob of the content store.
    case blob(Descriptor)
    /// A directory that was asked for, not only needed as a parent.
    case directory
    case nothing
}

/// One node of the finished tree.
struct TreeNode: Sendable, Equatable {
    var file: ComposedFile
    var mtime: Int64 = 0
    var source: NodeSource = .nothing
    var program: ProgramHeader?
}

/// The finished tree as it grows: every path with who put it there. Parents are real directories, always.
struct ImageTree: Sendable {
    private(set) var nodes: [ImagePath: TreeNode] = [:]

    subscript(path: ImagePath) -> TreeNode? { nodes[path] }

    func isDirectory(_ path: ImagePath) -> Bool { path.isRoot || nodes[path]?.file.kind == .directory }

    /// Puts a node in place of whatever was there. Missing parents become root:root 0755 directories; a parent that
    /// is no directory is `ComposingError.notADirectory`.
    mutating func put(_ node: TreeNode) throws(ComposingError) {
        try makeParents(of: node)
        nodes[node.file.path] = node
    }

    mutating func remove(_ path: ImagePath) { nodes[path] = nil }

    mutating func update(_ path: ImagePath, _ change: (inout TreeNode) -> Void) {
        guard var node = nodes[path] else { return }
        change(&node)
        nodes[path] = node
    }

    private mutating func makeParents(of node: TreeNode) throws(ComposingError) {
        var missing: [ImagePath] = []
        var parent = node.file.path.parent
        while let path = parent, !path.isRoot {
            if let there = nodes[path] {
                guard there.file.kind == .directory else {
                    throw .notADirectory(
                        node.file.path, node.file.owner.words, below: path,
                        "a \(there.file.kind.rawValue) of "
                            + there.file.owner.words)
                }
                break
            }
            missing.append(path)
            parent = path.parent
        }
        for path in missing {
            nodes[path] = TreeNode(
                file: ComposedFile(
                    path: path, kind: .directory, mode: 0o755, uid: 0, gid: 0, size: 0, digest: nil,
                    target: nil,
                    owner: node.file.owner))
        }
    }

    /// The node that a path leads to, following links as the kernel would inside the image; nil where there is none
    /// or after 40 links.
    func resolve(_ text: String, from directory: ImagePath = .root) -> TreeNode? {
        var remaining = Array(text.split(separator: "/").reversed())
        var current: [Substring] = text.hasPrefix("/") ? [] : directory.components
        var node: TreeNode?
        var links = 0
        while let component = remaining.popLast() {
            if component == "." { continue }
            if component == ".." {
                current = current.dropLast()
                continue
            }
            guard let path = ImagePath((current + [component]).joined(separator: "/")), let next = nodes[path]
            else {
                return nil
            }
            guard next.file.kind == .symlink, let target = next.file.target else {
                current.append(component)
                node = next
                continue
            }
            links += 1
            guard links <= 40 else { return nil }
            if target.hasPrefix("/") { current = [] }
            remaining.append(contentsOf: target.split(separator: "/").reversed())
        }
        guard let final = ImagePath(current.joined(separator: "/")), !final.isRoot else { return nil }
        return node?.file.path == final ? node : nodes[final]
    }
}

extension ComposedFile.Owner {
    /// For sentences.
    var words: String {
        switch self {
        case .package(let name): name.text
        case .definition: "the definition"
        case .rule(let name): "the rule '\(name)'"
        }
    }
}
