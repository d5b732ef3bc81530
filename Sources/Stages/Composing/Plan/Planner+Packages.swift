// SPDX-License-Identifier: Apache-2.0
internal import Vocabulary

extension Planner {
    /// Gives every path to the package that ships it. Conflicts are looked for after mapping, when `lib/x` and
    /// `usr/lib/x` are one path.
    mutating func claimPackages() throws(ComposingError) {
        for index in inputs.indices where !isBase(index) {
            if inputs[index].package.role == .dataOnly, family.slices[inputs[index].package.name.text] == nil
            {
                warn(
                    .sliceUnknown,
                    "nothing of \(inputs[index].package.name) is used: it is data-only, and no rule says "
                        + "which of its files are data")
            }
            var special: [ImagePath] = []
            for entry in inputs[index].table.entries {
                switch inputs[index].rules.place(entry) {
                case .keep(let placed): try claim(entry, placed, by: index)
                case .drop("definition"):
                    note(
                        .fileReplaced,
                        "the definition's \(entry.path) takes the place of the file of \(inputs[index].package.name)"
                    )
                case .drop("special-file"): special.append(entry.path)
                case .drop: break
                }
            }
            report(special, of: inputs[index].package.name)
            for remark in inputs[index].table.remarks {
                warn(
                    Diagnostic.Code(rawValue: remark.code),
                    "extended attributes of \(remark.path) (\(inputs[index].package.name)) are left out, "
                        + family.attributes.reason)
            }
        }
        try checkHardLinks()
    }

    private mutating func report(_ special: [ImagePath], of package: PackageName) {
        guard let first = special.first else { return }
        let more = special.count > 1 ? " and \(special.count - 1) more" : ""
        warn(.specialFile, "\(first)\(more) of \(package) is a device, pipe or socket and is left out")
    }

    private mutating func claim(
        _ entry: PackageEntry, _ placed: PlacedEntry, by index: Int
    ) throws(ComposingError) {
        let name = inputs[index].package.name
        guard let there = tree[placed.path] else {
            try tree.put(node(entry, placed, index))
            return
        }
        if entry.kind == .directory, there.file.kind == .directory {
            merge(placed, into: there, by: name, isImplied: there.source == .nothing)
            return
        }
        guard entry.kind != .directory, there.file.kind != .directory else {
            throw .conflict(placed.path, firstOwner(there, or: name), name)
        }
        guard case .package(let other) = there.source else { return }
        guard other != index else { throw .duplicateEntry(name, placed.path) }
        try settle(entry, placed, by: index, against: there, of: other)
    }

    private func firstOwner(_ node: TreeNode, or name: PackageName) -> PackageName {
        if case .package(let owner) = node.file.owner { owner } else { name }
    }

    /// A directory of several packages: one decides over owner and mode.
    private mutating func merge(
        _ placed: PlacedEntry, into there: TreeNode, by name: PackageName, isImplied: Bool
    ) {
        let file = there.file
        let differs = file.mode != placed.mode || file.uid != placed.uid || file.gid != placed.gid
        if isImplied || family.lastDirectoryCounts {
            tree.update(placed.path) { node in
                node.file.mode = placed.mode
                node.file.uid = placed.uid
                node.file.gid = placed.gid
                node.file.owner = .package(name)
                node.source = .directory
            }
        }
        guard differs, !isImplied else { return }
        note(
            .directoryDiffers,
            "\(placed.path) is \(octal(file.mode)) \(file.uid):\(file.gid) as \(file.owner.words) has it; \(name) has "
                + "\(octal(placed.mode)) \(placed.uid):\(placed.gid)")
    }

    private mutating func settle(
        _ entry: PackageEntry, _ placed: PlacedEntry, by index: Int, against there: TreeNode, of other: Int
    ) throws(ComposingError) {
        let first =
            isBase(other) ? firstOwner(there, or: inputs[other].package.name) : inputs[other].package.name
        let second = inputs[index].package.name
        let new = node(entry, placed, index)
        if there.file.kind == new.file.kind, there.file.digest == new.file.digest,
            there.file.target == new.file.target
        {
            losses[index][placed.path] = "shared"
            note(.fileShared, "\(placed.path) is the same in \(first) and \(second)")
            return
        }
        switch keeper(placed.path, of: other, or: index) {
        case .first:
            losses[index][placed.path] = "replaced"
            replacements.append((other, index))
            note(.fileReplaced, "\(first) replaces \(placed.path) of \(second)")
        case .second:
            losses[other][placed.path] = "replaced"
            replacements.append((index, other))
            note(.fileReplaced, "\(second) replaces \(placed.path) of \(first)")
            try tree.put(new)
        case nil: throw .conflict(placed.path, first, second)
        }
    }

    private func keeper(_ path: ImagePath, of other: Int, or index: Int) -> PathKeeper? {
        guard isBase(other) else { return parts.keeper(inputs[other], inputs[index]) }
        // What belongs to no package there is nobody's.
        guard case .package(let owner) = tree[path]?.file.owner,
            let package = basePackages.first(where: { $0.name == owner })
        else { return .second }
        return parts.keeper(
            PlanInput(package: package, table: PackageTable(), rules: inputs[other].rules), inputs[index])
    }

    /// A hard link's target must be there, from the same package: both are one file.
    private func checkHardLinks() throws(ComposingError) {
        for node in tree.nodes.values.sorted(by: { $0.file.path < $1.file.path })
        where node.file.kind == .hardlink && !isOfBase(node) {
            let target = node.file.target ?? ""
            guard let path = ImagePath(target), let there = tree[path], there.source == node.source,
                there.file.kind == .file || there.file.kind == .hardlink
            else { throw .danglingHardLink(node.file.path, node.file.owner.words, target: target) }
        }
    }

    /// Whether a node is in the layers below.
    func isOfBase(_ node: TreeNode) -> Bool {
        if case .package(let index) = node.source { isBase(index) } else { false }
    }

    func node(_ entry: PackageEntry, _ placed: PlacedEntry, _ index: Int) -> TreeNode {
        let kind: ComposedFile.Kind =
            switch entry.kind {
            case .file, .special: .file
            case .directory: .directory
            case .symlink: .symlink
            case .hardlink: .hardlink
            }
        return TreeNode(
            file: ComposedFile(
                path: placed.path, kind: kind, mode: placed.mode, uid: placed.uid, gid: placed.gid,
                size: entry.size,
                digest: entry.digest, target: placed.target, owner: .package(inputs[index].package.name)),
            mtime: placed.mtime, source: kind == .directory ? .directory : .package(index),
            program: entry.program)
    }
}

/// A mode as people write it.
func octal(_ mode: UInt16) -> String {
    let digits = String(mode, radix: 8)
    return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
}
