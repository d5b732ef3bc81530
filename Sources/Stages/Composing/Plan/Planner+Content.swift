// SPDX-License-Identifier: Apache-2.0
internal import Vocabulary

extension Planner {
    /// The bytes of a file of the tree, links followed: the plan's own, or a package's that were captured. Nil where
    /// nothing is there, or nothing whose bytes are known.
    func content(at path: ImagePath) -> [UInt8]? {
        guard let node = tree.resolve(path.absolute) else { return nil }
        switch node.source {
        case .bytes(let bytes): return bytes
        case .package(let index):
            let input = inputs[index]
            if let bytes = input.table.captured[node.file.path] { return bytes }
            return input.table.captured.first { input.rules.destination(of: $0.key) == node.file.path }?.value
        case .blob, .directory, .nothing: return nil
        }
    }

    /// Gives a file of the tree other bytes; its owner, mode and package stay. The package's own bytes are not in the
    /// image then.
    mutating func rewrite(_ path: ImagePath, _ content: [UInt8]) {
        guard let node = tree.resolve(path.absolute) else { return }
        let place = node.file.path
        if case .package(let index) = node.source {
            losses[index][place] = "rewritten"
            // Further names of the file are links to what the plan writes.
            for (path, other) in tree.nodes where other.file.kind == .hardlink && other.source == node.source
            {
                guard other.file.target == place.text else { continue }
                losses[index][path] = "rewritten"
                tree.update(path) { $0.source = .nothing }
            }
        }
        tree.update(place) { node in
            node.source = .bytes(content)
            node.file.size = Int64(content.count)
            node.file.digest = ContentHasher.digest(of: content)
        }
    }

    /// Writes a file, or gives the one that is there other bytes.
    mutating func write(
        _ content: [UInt8], at path: ImagePath, mode: UInt16 = 0o644, rule: String
    ) throws(ComposingError) {
        if tree.resolve(path.absolute) == nil {
            try put(content, at: path, mode: mode, rule: rule)
        } else {
            rewrite(path, content)
        }
    }

    /// A directory of the plan's own, where nothing is there.
    mutating func makeDirectory(
        _ path: ImagePath, mode: UInt16 = 0o755, uid: UInt32 = 0, gid: UInt32 = 0, rule: String
    ) throws(ComposingError) {
        guard tree[path].map({ $0.source == .nothing && $0.file.kind == .directory }) ?? true else { return }
        let file = ComposedFile(
            path: path, kind: .directory, mode: mode, uid: uid, gid: gid, size: 0, digest: nil, target: nil,
            owner: .rule(rule))
        try tree.put(TreeNode(file: file, source: .directory))
    }
}
