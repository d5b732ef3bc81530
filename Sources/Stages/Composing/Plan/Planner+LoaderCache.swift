// SPDX-License-Identifier: Apache-2.0
internal import Archives
internal import Vocabulary

extension Planner {
    /// Writes `/etc/ld.so.cache` for what `/etc/ld.so.conf` names and for the loader's own directories, first come first
    /// served, as ldconfig(8) does. `assumed` is what stands in that file where the image has none; nil writes no cache
    /// then.
    mutating func addLoaderCache(assumed: String? = nil) throws(ComposingError) {
        let file = ImagePath(LoaderConfiguration.file) ?? .root
        guard tree.resolve(file.absolute) != nil || assumed != nil else { return }
        var children: [ImagePath: [String]] = [:]
        for path in tree.nodes.keys {
            if let parent = path.parent { children[parent, default: []].append(String(path.name)) }
        }
        let configuration = LoaderConfiguration(
            read: { path in content(at: path) ?? (path == file ? assumed.map { Array($0.utf8) } : nil) },
            names: { path in (children[tree.resolve(path.absolute)?.file.path ?? path] ?? []).sorted() })
        // Only ours by configuration, and musl's.
        let local = ImagePath("usr/local") ?? .root
        let own = family.libraryDirectories.filter { !$0.isInside(local) }
        var (entries, seen): ([LoaderCache.Entry], Set<ImagePath>) = ([], [])
        for directory in configuration.directories + own {
            guard let place = tree.resolve(directory.absolute)?.file.path, seen.insert(place).inserted else {
                continue
            }
            // Variants for newer processors are found by looking into the loader's own directories, and only where
            // the cache does not know the name.
            var left: Set<String> = []
            if own.contains(directory), let variants = place.appending("glibc-hwcaps") {
                for level in (children[variants] ?? []).compactMap({ variants.appending($0) }) {
                    left.formUnion(children[level] ?? [])
                }
            }
            entries += libraries(
                in: directory, names: (children[place] ?? []).filter { !left.contains($0) }.sorted())
        }
        loaderDirectories = configuration.directories
        guard !entries.isEmpty, let path = ImagePath("etc/ld.so.cache") else { return }
        let cache = LoaderCache(entries: entries, isBigEndian: architecture == .s390x)
        try put(cache.encode(), at: map(path), rule: "ld.so.cache")
    }

    /// ldconfig(8) looks at `lib*.so*` and `ld-*.so*`: those that have the name that programs ask for, and the links
    /// that compilers use.
    private func libraries(in directory: ImagePath, names: [String]) -> [LoaderCache.Entry] {
        names.compactMap { name in
            guard name.hasPrefix("lib") || name.hasPrefix("ld-"),
                name.hasSuffix(".so") || name.contains(".so."), let path = directory.appending(name),
                let facts = library(at: path), let flags = facts.loaderFlags
            else { return nil }
            let soname = facts.soname ?? name
            guard name == soname || name == Self.developmentName(of: soname) else { return nil }
            return LoaderCache.Entry(name: name, path: path.absolute, flags: flags)
        }
    }

    /// `libz.so.1` → `libz.so`.
    private static func developmentName(of soname: String) -> String? {
        let parts = soname.split(separator: ".", omittingEmptySubsequences: false)
        return parts.lastIndex(of: "so").map { parts[...$0].joined(separator: ".") }
    }

    /// A library for this image's machine.
    private func library(at path: ImagePath) -> ELFFacts? {
        guard var node = tree.resolve(path.absolute) else { return nil }
        if node.file.kind == .hardlink, let target = node.file.target.flatMap({ ImagePath($0) }) {
            node = tree[target] ?? node
        }
        guard case .elf(let facts) = node.program, ELFMachine.of(architecture)?.number == facts.machine else {
            return nil
        }
        return facts
    }
}

extension LoaderConfiguration {
    static let captures: [PathPattern] = ["etc/ld.so.conf", "etc/ld.so.conf.d/*"]
}
