// SPDX-License-Identifier: Apache-2.0

internal import Vocabulary

extension StrictDecoder {
    mutating func paths(_ node: YAMLNode?) -> [Located<PathRule>] {
        list(node, "paths").compactMap { item in
            pathRule(item).map { Located($0, at: item.location) }
        }
    }

    private mutating func pathRule(_ node: YAMLNode) -> PathRule? {
        guard let fields = fields(node, .path) else { return nil }
        let path = imagePath(require("path", fields), "path")
        let type = word(require("type", fields), "type", of: Keys.pathTypes)
        let kind = type.flatMap { pathKind($0, fields) }
        // As in apko: neither leaves the owner as it is, one alone makes the other root's.
        let (user, group) = (identifier(fields["uid"], "uid"), identifier(fields["gid"], "gid"))
        let (uid, gid) = (user ?? group.map { _ in 0 }, group ?? user.map { _ in 0 })
        var permissions = mode(fields["permissions"], "permissions")
        let recursive = boolean(fields["recursive"], "recursive") ?? false
        guard let path, let kind else { return nil }
        if path.isRoot, kind != .permissions, kind != .directory {
            bad(node, "path", "/", "the root is a directory")
            return nil
        }
        // What apko's own tools write for a link without permissions.
        if type == "symlink" || type == "hardlink", permissions == 0 { permissions = nil }
        return PathRule(
            path: path, kind: kind, uid: uid, gid: gid, permissions: permissions, recursive: recursive)
    }

    private mutating func pathKind(_ type: String, _ fields: Fields) -> PathRule.Kind? {
        switch type {
        case "symlink":
            return line(require("source", fields), "source").map { .symbolicLink(to: $0) }
        case "hardlink":
            return imagePath(require("source", fields), "source").map { .hardLink(to: $0.absolute) }
        default:
            if let source = fields["source"] {
                bad(
                    source, "source", text(source, "source") ?? "",
                    "only links have a source; use 'files' to copy a file")
                return nil
            }
            return type == "directory" ? .directory : type == "empty-file" ? .emptyFile : .permissions
        }
    }

    mutating func files(_ node: YAMLNode?) -> [Located<FileInsertion>] {
        var files: [Located<FileInsertion>] = []
        for item in list(node, "files") {
            guard let file = file(item) else { continue }
            if files.contains(where: { $0.value.path == file.path }) {
                bad(item, "path", file.path.absolute, "two files have it")
            } else {
                files.append(Located(file, at: item.location))
            }
        }
        return files
    }

    private mutating func file(_ node: YAMLNode) -> FileInsertion? {
        guard let fields = fields(node, .file) else { return nil }
        let path = imagePath(require("path", fields), "path")
        let mode = mode(fields["mode"], "mode") ?? 0o644
        let uid = identifier(fields["uid"], "uid") ?? 0
        let gid = identifier(fields["gid"], "gid") ?? 0
        var content: FileInsertion.Content?
        switch (fields["source"], fields["content"]) {
        case (let source?, nil): content = localPath(source, "source").map { .source($0) }
        case (nil, let inline?): content = text(inline, "content").map { .inline(Array($0.utf8)) }
        case (nil, nil):
            fail(.missingKey("source' or 'content", in: Keys.file.context), at: node.location)
        case (.some, let inline?): bad(inline, "content", "…", "the file has a 'source' already")
        }
        guard let path, let content else { return nil }
        guard !path.isRoot else {
            bad(node, "path", "/", "the root is a directory")
            return nil
        }
        return FileInsertion(path: path, content: content, mode: mode, uid: uid, gid: gid)
    }
}
