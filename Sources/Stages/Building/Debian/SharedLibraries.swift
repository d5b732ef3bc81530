// SPDX-License-Identifier: Apache-2.0

internal import Archives
internal import Storage
internal import Vocabulary

/// The shared libraries that a package ships where loaders look for them.
struct SharedLibraries {
    /// With a version; sorted.
    let sonames: [String]
    private let triplet: String?
    private let paths: [ImagePath]

    init(_ content: PackedFolder, triplet: String?) throws {
        let folders = Set(
            ["lib", "usr/lib"].flatMap { base in [base] + (triplet.map { ["\(base)/\($0)"] } ?? []) })
        var found: Set<String> = []
        for item in content.items where item.entry.kind == .file && item.entry.size > 64 {
            guard folders.contains(item.path.parent?.text ?? ""), item.path.name.contains(".so") else {
                continue
            }
            let facts = try MappedFile(content.root.path / item.path.text).withUnsafeBytes {
                ELFReader.facts(of: $0)
            }
            if let soname = facts?.soname, LibraryRules.parts(soname) != nil { found.insert(soname) }
        }
        sonames = found.sorted()
        self.triplet = triplet
        paths = content.items.filter { $0.entry.kind != .directory }.map(\.path)
    }

    /// `shlibs` (deb-shlibs(5)): whoever links to one needs this version of the package or a newer one.
    func shlibs(of name: PackageName, _ version: DebianVersion) -> String {
        sonames.compactMap { LibraryRules.parts($0) }.map { parts in
            "\(parts[0]) \(parts[1]) \(name) (>= \(version))\n"
        }.joined()
    }

    /// Whether no file of it is in the way of the same package of another architecture: all are below folders of this one,
    /// or are called after it.
    func isCoinstallable(beside name: PackageName, _ architecture: String) -> Bool {
        guard let triplet, !sonames.isEmpty else { return false }
        return paths.allSatisfy { path in
            ["usr/lib/\(triplet)/", "usr/include/\(triplet)/", "usr/share/doc/\(name)/"].contains {
                path.text.hasPrefix($0)
            } || path.name.contains("_\(architecture).")
        }
    }
}
