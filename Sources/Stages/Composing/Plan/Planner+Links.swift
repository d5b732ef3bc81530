// SPDX-License-Identifier: Apache-2.0
internal import Vocabulary

extension Planner {
    /// Merged directories as packages make them: one ships the link `bin -> usr/bin`, another `bin/x` or the directory
    /// `bin`. Whoever is installed first, the link stands and what was below it lies where it leads.
    mutating func followLinks() {
        var links = ShippedLinks()
        for input in inputs {
            for entry in input.table.entries {
                links.directories.insert(entry.path.parent ?? .root)
                switch entry.kind {
                case .directory: links.directories.insert(entry.path)
                case .symlink:
                    guard case .keep(let placed) = input.rules.place(entry), let target = placed.target else {
                        continue
                    }
                    if links.targets[placed.path] == nil { links.targets[placed.path] = target }
                case .file, .hardlink: links.files.insert(entry.path)
                case .special: break
                }
            }
        }
        links.close()
        // The definition and rules may name any of them; packages' entries are led through those alone that have
        // something below.
        let found = links.aliases()
        guard !found.isEmpty else { return }
        aliases += found
        let used = found.filter { links.directories.contains($0.from) }
        for index in inputs.indices {
            inputs[index].rules = inputs[index].rules.following(used, definition: definitionRules)
        }
    }
}

/// The symbolic links of all packages, before any is merged.
private struct ShippedLinks {
    /// Verbatim targets; of several packages' links, the first.
    var targets: [ImagePath: String] = [:]
    /// Shipped as a directory, or something is shipped right below.
    var directories: Set<ImagePath> = []
    var files: Set<ImagePath> = []

    /// Makes every directory above one that is known known too.
    mutating func close() {
        for directory in directories {
            var path = directory.parent
            while let next = path, !next.isRoot, directories.insert(next).inserted { path = next.parent }
        }
        directories.remove(.root)
    }

    /// The links that stand where others have a directory, or lead to one, with where they lead in the end.
    func aliases() -> [PathAlias] {
        targets.sorted { $0.key < $1.key }.compactMap { path, target in
            guard let to = destination(of: path), to != path, !to.isInside(path), !files.contains(to),
                directories.contains(path) || directories.contains(to)
            else { return nil }
            return PathAlias(from: path, to: to, target: target)
        }
    }

    /// Nil for links in a circle, or more than the kernel follows.
    private func destination(of link: ImagePath) -> ImagePath? {
        var remaining = Array(link.components.reversed())
        var current: [Substring] = []
        var followed = 0
        while let component = remaining.popLast() {
            if component == "." { continue }
            if component == ".." {
                current = current.dropLast()
                continue
            }
            current.append(component)
            guard let path = ImagePath(current.joined(separator: "/")) else { return nil }
            guard let target = targets[path] else { continue }
            followed += 1
            guard followed <= 40 else { return nil }
            current = target.hasPrefix("/") ? [] : current.dropLast()
            remaining.append(contentsOf: target.split(separator: "/").reversed())
        }
        return ImagePath(current.joined(separator: "/"))
    }
}
