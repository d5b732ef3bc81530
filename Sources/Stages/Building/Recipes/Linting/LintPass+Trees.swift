// SPDX-License-Identifier: Apache-2.0

internal import Storage
internal import Vocabulary

/// What several files say together.
extension LintPass {
    /// Names that differ in case alone.
    mutating func checkNames(_ tree: LintTree) {
        var first: [String: ImagePath] = [:]
        for entry in tree.entries {
            let folded = entry.path.text.lowercased()
            if let other = first[folded] {
                // Said once, of the folder and not of all below it.
                guard entry.path.parent == other.parent else { continue }
                find(.casename, entry.path, "and \(other) differ in case alone")
            } else {
                first[folded] = entry.path
            }
        }
    }

    /// Files of one content that are no links of each other. Small ones are not worth a link.
    mutating func checkDuplicates(_ tree: LintTree) throws {
        let files = tree.entries.filter { $0.isFile && $0.status.size >= 4096 }
        for same in Dictionary(grouping: files, by: \.status.size).values where same.count > 1 {
            var known: [Digest: ImagePath] = [:]
            var identities: Set<RootDirectory.Status.Identity> = []
            for entry in same where identities.insert(entry.status.identity).inserted {
                try Task.checkCancellation()
                let digest = try tree.root.reader(of: entry.path).digest()
                if let other = known[digest] {
                    find(.duplicate, entry.path, "has the content of \(other) (\(entry.status.size) bytes)")
                } else {
                    known[digest] = entry.path
                }
            }
        }
    }

    private static let documents: Set<String> = ["doc", "docs", "documentation", "examples"]
    private static let trials: Set<String> = ["test", "tests", "testing"]

    /// Python's modules at top level, each of which is a name for everybody.
    mutating func checkModules(_ tree: LintTree) {
        var modules: [ImagePath: [ImagePath]] = [:]
        for entry in tree.entries where entry.status.kind == .directory {
            guard let parent = entry.path.parent, parent.isPythonModules else { continue }
            let name = entry.name
            if Self.documents.contains(name) {
                find(.pythonDocs, entry.path, "is a module named for documents")
            }
            if Self.trials.contains(name) { find(.pythonTest, entry.path, "is a module named for tests") }
            guard !name.contains("."), !name.contains("-"), !name.hasPrefix("_"),
                !Self.documents.contains(name), !Self.trials.contains(name)
            else { continue }
            modules[parent, default: []].append(entry.path)
        }
        for (folder, found) in modules.sorted(by: { $0.key < $1.key }) where found.count > 1 {
            find(
                .pythonMultiple, folder,
                "has \(found.count) modules at top level (\(found.map { String($0.name) }.joined(separator: ", ")))"
            )
        }
    }
}

extension ImagePath {
    /// `usr/lib/python3.13/site-packages` and its like.
    var isPythonModules: Bool {
        guard name == "site-packages" || name == "dist-packages" else { return false }
        return components.count >= 3 && components.dropLast().last?.hasPrefix("python") == true
    }
}
