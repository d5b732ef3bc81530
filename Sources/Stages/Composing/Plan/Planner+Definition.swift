// SPDX-License-Identifier: Apache-2.0
internal import Vocabulary

extension Planner {
    /// The definition's `files` and `paths`, in its order. What it changes of packages' files is in their rules
    /// already.
    mutating func applyDefinition() throws(ComposingError) {
        for file in definition.files { try insert(file) }
        for rule in definition.paths { try apply(rule) }
        try makeWorkDirectory()
        changeOwnNodes()
    }

    private mutating func insert(_ item: Located<FileInsertion>) throws(ComposingError) {
        let path = map(item.value.path)
        guard !path.isRoot, !tree.isDirectory(path) else {
            throw .definition(item.location, reason: "\(path) is a directory; name a file in it")
        }
        let source: NodeSource
        let (digest, size): (Digest, Int64)
        switch item.value.content {
        case .inline(let bytes):
            source = .bytes(bytes)
            (digest, size) = (ContentHasher.digest(of: bytes), Int64(bytes.count))
        case .source(let name):
            guard let blob = local.sources[name] else { throw .missingLocalFile(name, item.location) }
            source = .blob(blob)
            (digest, size) = (blob.digest, blob.size)
        }
        let file = ComposedFile(
            path: path, kind: .file, mode: item.value.mode, uid: item.value.uid, gid: item.value.gid,
            size: size,
            digest: digest, target: nil, owner: .definition)
        try tree.put(TreeNode(file: file, source: source))
    }

    private mutating func apply(_ item: Located<PathRule>) throws(ComposingError) {
        let rule = item.value
        let path = map(rule.path)
        switch rule.kind {
        case .directory: try makeDirectory(path, rule, item.location)
        case .permissions:
            guard tree[path] != nil else {
                throw .definition(
                    item.location, reason: "\(path) is not in the image; its permissions cannot be set")
            }
        case .emptyFile: try replace(path, .file, rule, target: nil, source: .bytes([]), item.location)
        case .symbolicLink(let target):
            try replace(path, .symlink, rule, target: target, source: .nothing, item.location)
        case .hardLink(let target):
            guard let source = ImagePath(target).map(map), let there = tree[source],
                there.file.kind == .file || there.file.kind == .hardlink
            else {
                throw .definition(
                    item.location,
                    reason: "\(target) is no file of the image; a hard link needs one as its source")
            }
            try replace(path, .hardlink, rule, target: source.text, source: .nothing, item.location)
            // Both names are one file: what the link's item says of owner and mode, the file's own item has to say.
            tree.update(path) { node in
                node.file.mode = there.file.mode
                node.file.uid = there.file.uid
                node.file.gid = there.file.gid
            }
        }
    }

    private mutating func makeDirectory(
        _ path: ImagePath, _ rule: PathRule, _ location: SourceLocation
    ) throws(ComposingError) {
        if tree[path] != nil {
            guard tree.isDirectory(path) else {
                throw .definition(location, reason: "\(path) is no directory in the image; name another path")
            }
            tree.update(path) { $0.source = .directory }
            return
        }
        let file = ComposedFile(
            path: path, kind: .directory, mode: rule.permissions ?? 0o755, uid: rule.uid ?? 0,
            gid: rule.gid ?? 0, size: 0,
            digest: nil, target: nil, owner: .definition)
        try tree.put(TreeNode(file: file, source: .directory))
    }

    private mutating func replace(
        _ path: ImagePath, _ kind: ComposedFile.Kind, _ rule: PathRule, target: String?, source: NodeSource,
        _ location: SourceLocation
    ) throws(ComposingError) {
        guard !path.isRoot, !tree.isDirectory(path) else {
            throw .definition(location, reason: "\(path) is a directory in the image; name another path")
        }
        let file = ComposedFile(
            path: path, kind: kind, mode: kind == .symlink ? 0o777 : rule.permissions ?? 0o644,
            uid: rule.uid ?? 0,
            gid: rule.gid ?? 0, size: 0, digest: kind == .file ? ContentHasher.digest(of: []) : nil,
            target: target,
            owner: .definition)
        try tree.put(TreeNode(file: file, source: source))
    }

    private mutating func makeWorkDirectory() throws(ComposingError) {
        guard let text = definition.process.workDirectory, let path = ImagePath(text).map(map), !path.isRoot,
            tree.resolve(path.absolute)?.file.kind != .directory
        else { return }
        let file = ComposedFile(
            path: path, kind: .directory, mode: 0o755, uid: 0, gid: 0, size: 0, digest: nil, target: nil,
            owner: .definition)
        try tree.put(TreeNode(file: file, source: .directory))
    }

    /// Owners and modes for directories and for files that no package's segment holds.
    private mutating func changeOwnNodes() {
        let rules = definitionRules
        for (path, node) in tree.nodes {
            if case .package = node.source { continue }
            guard node.file.kind != .hardlink else { continue }
            let changes = rules.ownership(of: path)
            guard !changes.isEmpty else { continue }
            tree.update(path) { node in
                for change in changes {
                    node.file.uid = change.uid ?? node.file.uid
                    node.file.gid = change.gid ?? node.file.gid
                    if let mode = change.mode, node.file.kind != .symlink { node.file.mode = mode }
                }
            }
        }
    }
}
