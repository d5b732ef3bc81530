// SPDX-License-Identifier: Apache-2.0

internal import Archives
internal import Storage
internal import Vocabulary

/// An unpacked image, asked as its own programs would ask: links are followed, and lead nowhere outside of it.
struct InstalledTree {
    /// Where loaders look by themselves, beside what `/etc/ld.so.conf` says; the machine's own folders are found there.
    private static let libraryFolders = ["lib", "usr/lib", "lib64", "usr/lib64", "usr/local/lib"]
    private static let moduleFolders = [
        "usr/lib/pkgconfig", "usr/share/pkgconfig", "lib/pkgconfig", "usr/lib64/pkgconfig",
        "usr/local/lib/pkgconfig",
    ]
    private static let programFolders = [
        "usr/local/sbin", "usr/local/bin", "usr/sbin", "usr/bin", "sbin", "bin",
    ]
    private static let textLimit = 1 << 20

    private let tree: MergedTree
    private let loaderFolders: [String]
    /// musl's loader, which is the C library too.
    private let hasMusl: Bool

    init(_ folder: HostPath) throws {
        let tree = MergedTree(trees: [try RootDirectory(folder)])
        self.tree = tree
        let configuration = try LoaderConfiguration(
            read: { path throws(StorageError) in try tree.text(path.text) },
            names: { path throws(StorageError) in try tree.names(in: path.text) })
        var folders = configuration.directories.map(\.absolute)
        for name in try tree.names(in: "etc") where name.hasPrefix("ld-musl-") && name.hasSuffix(".path") {
            let text = String(decoding: try tree.text("etc/\(name)") ?? [], as: UTF8.self)
            folders += text.split { $0 == ":" || $0.isNewline }.map(String.init)
        }
        // A folder of the machine's own (multiarch).
        for parent in ["lib", "usr/lib"] {
            folders += try tree.names(in: parent).filter {
                $0.hasSuffix("-linux-gnu") || $0.contains("-linux-musl")
            }.map { "\(parent)/\($0)" }
        }
        loaderFolders = folders + Self.libraryFolders
        hasMusl = try tree.names(in: "lib").contains { $0.hasPrefix("ld-musl-") }
    }

    /// What a path of the image means; nil where nothing is there, it cannot be looked at, or links go in circles.
    func resolve(_ path: some StringProtocol) -> ImagePath? { find(path)?.path }

    func isFile(_ path: some StringProtocol) -> Bool { find(path)?.status.kind == .file }

    private func find(_ path: some StringProtocol) -> MergedTree.Found? {
        (try? tree.find(String(path))) ?? nil
    }

    /// The program of a name in the usual places.
    func program(_ name: String) -> ImagePath? {
        Self.programFolders.lazy.compactMap { isFile("\($0)/\(name)") ? resolve("\($0)/\(name)") : nil }.first
    }

    // MARK: - Libraries

    /// Whether the loader of a program or library finds what it needs; the file that needs it is at `origin`.
    func finds(_ name: String, for facts: ELFFacts, at origin: ImagePath) -> Bool {
        if name.contains("/") { return isFile(name) }
        let own = facts.runPath.compactMap { expand($0, origin: origin) }
        if (own + loaderFolders).contains(where: { isLibrary("\($0)/\(name)", for: facts) }) { return true }
        let isMusl = facts.interpreter.map { $0.contains("/ld-musl-") } ?? hasMusl
        return isMusl && Self.isPartOfMusl(name)
    }

    /// musl's loader takes itself for these, whatever stands in any folder (ldso/dynlink.c, load_library).
    static func isPartOfMusl(_ name: String) -> Bool {
        guard name.hasPrefix("lib") else { return false }
        return ["c", "pthread", "rt", "m", "dl", "util", "xnet"].contains(
            name.dropFirst(3).prefix { $0 != "." })
    }

    /// The loader passes over what is made for another machine.
    private func isLibrary(_ path: String, for facts: ELFFacts) -> Bool {
        guard let place = find(path), place.status.kind == .file,
            let file = try? MappedFile(tree.location(of: place)),
            let found = file.withUnsafeBytes({ ELFReader.facts(of: $0) })
        else { return false }
        return found.machine == facts.machine && found.is64Bit == facts.is64Bit
    }

    /// $ORIGIN as ld.so(8) has it; nil for other variables.
    private func expand(_ entry: String, origin: ImagePath) -> String? {
        let folder = origin.parent?.absolute ?? "/"
        let text = entry.replacing("${ORIGIN}", with: folder).replacing("$ORIGIN", with: folder)
        return text.contains("$") ? nil : text
    }

    // MARK: - pkg-config's modules

    /// The file of a module that is looked for, beside the one that asks first.
    func module(_ name: String, beside folder: String) -> PkgConfigFile? {
        let machines = ((try? tree.names(in: "usr/lib")) ?? []).filter { $0.contains("-linux-") }
            .map { "usr/lib/\($0)/pkgconfig" }
        for place in [folder] + Self.moduleFolders + machines {
            if let bytes = (try? tree.text("\(place)/\(name).pc", limit: Self.textLimit)) ?? nil {
                return PkgConfigFile(bytes)
            }
        }
        return nil
    }
}
