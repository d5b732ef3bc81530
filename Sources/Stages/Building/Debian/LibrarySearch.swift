// SPDX-License-Identifier: Apache-2.0

internal import Archives
internal import Storage
internal import Vocabulary

/// Finds libraries as the loaders do that start a program (ld.so(8)): its own search path, then the directories of
/// ld.so.conf, then those that the loader knows.
struct LibrarySearch {
    let tree: MergedTree
    let triplet: String?
    private let configured: [String]

    init(_ tree: MergedTree, triplet: String?) throws(StorageError) {
        self.tree = tree
        self.triplet = triplet
        configured = try LoaderConfiguration(
            read: { path throws(StorageError) in try tree.text(path.text) },
            names: { path throws(StorageError) in try tree.names(in: path.text) }
        ).directories.map(\.absolute)
    }

    /// The file that a program or library means by a name that it needs.
    /// - Parameter file: the path of who needs it.
    func library(_ name: String, of facts: ELFFacts, at file: ImagePath) throws(StorageError) -> MergedTree
        .Found?
    {
        if name.contains("/") { return try matching(name, facts) }
        for directory in try directories(of: facts, at: file, for: name) {
            if let found = try matching("\(directory)/\(name)", facts) { return found }
        }
        return nil
    }

    /// A library of whoever is of this machine, by its soname alone.
    func library(_ name: String) throws(StorageError) -> MergedTree.Found? {
        for directory in configured + defaults {
            if let found = try tree.file("\(directory)/\(name)") { return found }
        }
        return nil
    }

    private func directories(
        of facts: ELFFacts, at file: ImagePath, for name: String
    ) throws(StorageError) -> [String] {
        let origin = file.parent?.absolute ?? "/"
        let own = facts.runPath.map { path in
            [
                "$ORIGIN": origin, "${ORIGIN}": origin, "$LIB": "lib/\(triplet ?? "")",
                "${LIB}": "lib/\(triplet ?? "")",
            ]
            .sorted { $0.key > $1.key }.reduce(path) { $0.replacing($1.key, with: $1.value) }
        }
        guard let musl = try muslDirectories(facts) else { return own + configured + defaults }
        return own + musl
    }

    private var defaults: [String] {
        (triplet.map { ["/lib/\($0)", "/usr/lib/\($0)"] } ?? []) + [
            "/lib", "/usr/lib", "/lib64", "/usr/lib64",
        ]
    }

    /// Nil for what another loader starts. musl's own library is linked as libc.so.
    private func muslDirectories(_ facts: ELFFacts) throws(StorageError) -> [String]? {
        guard facts.interpreter?.contains("/ld-musl-") == true || facts.needed.contains("libc.so") else {
            return nil
        }
        let machine = ELFMachine.of(facts)?.musl ?? "\(facts.machine)"
        let configuration = try tree.text("etc/ld-musl-\(machine).path")
        let written = configuration.map {
            String(decoding: $0, as: UTF8.self).split(whereSeparator: { $0 == ":" || $0.isNewline }).map(
                String.init)
        }
        return (written ?? ["/lib", "/usr/local/lib", "/usr/lib"]) + ["/usr/lib/\(machine)-linux-musl"]
    }

    /// A library of another machine is passed over, as the loaders do.
    private func matching(_ path: String, _ facts: ELFFacts) throws(StorageError) -> MergedTree.Found? {
        guard let found = try tree.file(path) else { return nil }
        let other = try MappedFile(tree.location(of: found)).withUnsafeBytes { ELFReader.facts(of: $0) }
        return other?.machine == facts.machine && other?.is64Bit == facts.is64Bit ? found : nil
    }
}
