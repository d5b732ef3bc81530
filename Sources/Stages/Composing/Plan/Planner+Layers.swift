// SPDX-License-Identifier: Apache-2.0
internal import Vocabulary

/// What one package adds to the package database, so that each layer can say what it holds: some scanners look at
/// layers one by one.
struct DatabasePart: Sendable {
    /// The package, by its place in the plan.
    var package: Int
    /// Where its record stands; several packages may share a file.
    var path: ImagePath
    var bytes: [UInt8]
}

extension Planner {
    /// The finished tree as layers, from the lowest: all in one, or as the definition's `layering` says, with what
    /// belongs to no package on top.
    func layers(_ nodes: [TreeNode], _ segments: [Int: PackageSegment]) -> [LayerPlan] {
        let additions = nodes.filter { $0.isAddition }
        guard let layering = definition.layering else {
            return [
                LayerPlan(
                    directories: base == nil
                        ? nodes.filter { $0.file.kind == .directory } : ownDirectories(nodes),
                    segments: inputs.indices.compactMap { segments[$0] }, additions: Self.linksLast(additions)
                )
            ]
        }
        let groups = LayerGroups.groups(
            sources: inputs.map(\.package.sourceName.text),
            sizes: inputs.indices.map { segments[$0]?.size ?? 0 }, merging: replacements)
        let layers = LayerGroups(groups, budget: layering.budget).layers
        var homes: [Int: Int] = [:]
        for (layer, members) in layers.enumerated() { for member in members { homes[member] = layer } }
        let assignment = LayerAssignment(
            tree: tree, packages: homes, byName: inputs.map(\.package.name), top: layers.count,
            parts: databaseParts)
        var plans = layers.map { members in
            LayerPlan(
                directories: [], segments: members.compactMap { segments[$0] },
                additions: databaseNodes(members))
        }
        plans.append(LayerPlan(directories: [], segments: [], additions: []))
        for node in additions { plans[assignment.layer(of: node)].additions.append(node) }
        for place in plans.indices {
            plans[place].additions = Self.linksLast(
                plans[place].additions.sorted { $0.file.path < $1.file.path })
        }
        let directories = assignment.directories(nodes, adding: plans.map { $0.additions.map(\.file.path) })
        for (place, paths) in directories.enumerated() {
            plans[place].directories = paths.sorted().compactMap { tree[$0] }
        }
        return plans
    }

    /// Those that the image below lacks or has otherwise, and the parents of all that is put on it.
    private func ownDirectories(_ nodes: [TreeNode]) -> [TreeNode] {
        var parents: Set<ImagePath> = []
        for node in nodes where node.file.kind != .directory && !isOfBase(node) {
            var path = node.file.path.parent
            while let parent = path, parents.insert(parent).inserted { path = parent.parent }
        }
        return nodes.filter { node in
            guard node.file.kind == .directory else { return false }
            guard let below = baseTree[node.file.path]?.file, below.kind == .directory else { return true }
            return parents.contains(node.file.path)
                || (below.mode, below.uid, below.gid) != (node.file.mode, node.file.uid, node.file.gid)
        }
    }

    private static func linksLast(_ nodes: [TreeNode]) -> [TreeNode] {
        nodes.filter { $0.file.kind != .hardlink } + nodes.filter { $0.file.kind == .hardlink }
    }

    /// The database as a layer with these packages has it: of files that several packages share, their records alone.
    private func databaseNodes(_ members: [Int]) -> [TreeNode] {
        var contents: [ImagePath: [UInt8]] = [:]
        for part in databaseParts where members.contains(part.package) && isShared(part.path) {
            contents[part.path, default: []] += part.bytes
        }
        return contents.compactMap { path, bytes in
            guard var node = tree[path], case .bytes = node.source else { return nil }
            node.source = .bytes(bytes)
            node.file.size = Int64(bytes.count)
            node.file.digest = ContentHasher.digest(of: bytes)
            return node
        }
    }

    private func isShared(_ path: ImagePath) -> Bool { databaseParts.count { $0.path == path } != 1 }
}

extension TreeNode {
    /// In no package's segment and no directory.
    fileprivate var isAddition: Bool {
        if case .package = source { return false }
        return file.kind != .directory
    }
}

/// Which layer each node belongs to.
private struct LayerAssignment {
    let tree: ImageTree
    /// Layers of packages, by their places in the plan.
    let packages: [Int: Int]
    let names: [PackageName: Int]
    let top: Int
    /// Records that stand in a file of their own.
    private var records: [ImagePath: Int] = [:]

    init(tree: ImageTree, packages: [Int: Int], byName: [PackageName], top: Int, parts: [DatabasePart]) {
        self.tree = tree
        self.packages = packages
        names = Dictionary(
            byName.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        self.top = top
        var counts: [ImagePath: Int] = [:]
        for part in parts { counts[part.path, default: 0] += 1 }
        for part in parts where counts[part.path] == 1 { records[part.path] = part.package }
    }

    func layer(of node: TreeNode) -> Int {
        if case .package(let place) = node.source { return packages[place] ?? top }
        // Both names are one file, and a layer is read without those below it.
        if node.file.kind == .hardlink, let target = node.file.target.flatMap({ ImagePath($0) }),
            let there = tree[target], there.file.kind == .file
        {
            return layer(of: there)
        }
        return records[node.file.path].flatMap { packages[$0] } ?? top
    }

    /// Each layer's directories: those of its packages, and the parents of everything in it.
    func directories(_ nodes: [TreeNode], adding additions: [[ImagePath]]) -> [Set<ImagePath>] {
        var paths: [Set<ImagePath>] = additions.map { _ in [] }
        func need(_ path: ImagePath?, in layer: Int) {
            var path = path
            while let parent = path, !parent.isRoot, paths[layer].insert(parent).inserted {
                path = parent.parent
            }
        }
        for (layer, additions) in additions.enumerated() {
            for path in additions { need(path.parent, in: layer) }
        }
        for node in nodes {
            if case .package = node.source {
                need(node.file.path.parent, in: layer(of: node))
            } else if node.file.kind == .directory {
                var home = top
                if case .package(let name) = node.file.owner {
                    home = names[name].flatMap { packages[$0] } ?? top
                }
                need(node.file.path, in: home)
            }
        }
        return paths
    }
}
