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
    private static let limits = (links: 40, text: 1 << 20)

    let root: RootDirectory
    private let loaderFolders: [String]
    /// musl's loader, which is the C library too.
    private let hasMusl: Bool

    init(_ folder: HostPath) throws {
        root = try RootDirectory(folder)
        let root = root
        func names(_ path: String) -> [String] { ImagePath(path).flatMap { try? root.names(in: $0) } ?? [] }
        func text(_ path: String) -> String {
            guard let path = ImagePath(path), let reader = try? root.reader(of: path),
                let bytes = try? reader.readAll(limit: Self.limits.text)
            else { return "" }
            return String(decoding: bytes, as: UTF8.self)
        }
        let configured = ["etc/ld.so.conf"] + names("etc/ld.so.conf.d").map { "etc/ld.so.conf.d/\($0)" }
        let loaders = names("etc").filter { $0.hasPrefix("ld-musl-") && $0.hasSuffix(".path") }
        var folders = configured.flatMap { text($0).split(whereSeparator: \.isNewline) }
            .filter { $0.hasPrefix("/") }.map(String.init)
        folders += loaders.flatMap { text("etc/\($0)").split { $0 == ":" || $0.isNewline } }.map(String.init)
        // A folder of the machine's own (multiarch).
        for parent in ["lib", "usr/lib"] {
            folders += names(parent).filter { $0.hasSuffix("-linux-gnu") || $0.contains("-linux-musl") }
                .map { "\(parent)/\($0)" }
        }
        loaderFolders = folders + Self.libraryFolders
        hasMusl = names("lib").contains { $0.hasPrefix("ld-musl-") }
    }

    /// What a path of the image means; nil where nothing is there, or links go in circles.
    func resolve(_ path: some StringProtocol) -> ImagePath? {
        var left: [String] = path.split { $0 == "/" }.reversed().map { String($0) }
        var (current, links) = (ImagePath.root, 0)
        while let name = left.popLast() {
            if name == "." { continue }
            if name == ".." {
                current = current.parent ?? .root
                continue
            }
            guard let next = current.appending(name), let status = (try? root.status(of: next)) ?? nil else {
                return nil
            }
            guard status.kind == .symbolicLink else {
                current = next
                continue
            }
            links += 1
            guard links <= Self.limits.links, let target = try? root.target(of: next) else { return nil }
            if target.hasPrefix("/") { current = .root }
            left += target.split { $0 == "/" }.reversed().map { String($0) }
        }
        return current
    }

    func isFile(_ path: some StringProtocol) -> Bool {
        guard let path = resolve(path), let status = try? root.status(of: path) else { return false }
        return status.kind == .file
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
        guard isFile(path), let place = resolve(path),
            let file = try? MappedFile(root.path / place.text),
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
        let machines = ((try? ImagePath("usr/lib").map { try root.names(in: $0) }) ?? nil ?? [])
            .filter { $0.contains("-linux-") }.map { "usr/lib/\($0)/pkgconfig" }
        for place in [folder] + Self.moduleFolders + machines {
            guard isFile("\(place)/\(name).pc"), let path = resolve("\(place)/\(name).pc"),
                let bytes = try? root.reader(of: path).readAll(limit: Self.limits.text)
            else { continue }
            return PkgConfigFile(bytes)
        }
        return nil
    }
}
