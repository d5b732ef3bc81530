// SPDX-License-Identifier: Apache-2.0

internal import Composing
internal import Defining
internal import Storage
internal import Vocabulary

/// The root file systems in which recipes are built and tested: images, unpacked.
struct BuildRoot {
    /// A tree that stays as long as this is held.
    struct Kept: Sendable {
        let path: HostPath
        /// The definition that it was made of, and what that was resolved to.
        let definition: DefinitionFile
        let resolved: Lock
        let image: PlatformImage
        fileprivate let lock: FileLock
    }

    /// The trees of one recipe.
    struct Roots: Sendable {
        /// In which its steps run.
        let root: Kept
        /// Which they link with; nil where it has none.
        let sysroot: Kept?

        var all: [Kept] { [root] + (sysroot.map { [$0] } ?? []) }
    }

    private let workshop: Workshop
    private var folder: HostPath { workshop.cache.root / "roots" }

    init(_ workshop: Workshop) { self.workshop = workshop }

    /// The image of a definition, unpacked once and kept by its digest, so that the second build starts at once.
    func kept(_ definition: DefinitionFile, _ options: BuildOptions) async throws -> Kept {
        try await kept(try await image(of: definition, options))
    }

    private struct Resolved {
        var image: PlatformImage
        var lock: Lock
        /// With the keys that stand in the image.
        var definition: DefinitionFile
    }

    private func kept(_ resolved: Resolved) async throws -> Kept {
        let image = resolved.image
        let root = folder / image.manifest.digest.hex
        while true {
            // Another process may unpack it at the same time, or prune it before it is held.
            if try !HostDirectory.exists(root) { try await unpackUnlessThere(image, to: root) }
            let lock = try await workshop.workers.run {
                try HostDirectory.exists(root) ? FileLock(directory: root, shared: true) : nil
            }
            guard let lock, try HostDirectory.exists(root) else { continue }
            return Kept(
                path: root, definition: resolved.definition, resolved: resolved.lock, image: image, lock: lock
            )
        }
    }

    private func unpackUnlessThere(_ image: PlatformImage, to root: HostPath) async throws {
        workshop.report(.began(.unpack, "build root"))
        do {
            try await unpack(image, to: root)
        } catch {
            guard try HostDirectory.exists(root) else { throw error }
        }
        workshop.report(.ended(.unpack, "build root"))
    }

    /// The roots of a recipe: that in which its steps run and, where it has one, that which they link with.
    func roots(of file: RecipeFile, _ options: BuildOptions) async throws -> Roots {
        let definitions = try definitions(of: file, options)
        let root = try await kept(definitions[0], options)
        guard definitions.count > 1 else { return Roots(root: root, sysroot: nil) }
        return Roots(root: root, sysroot: try await kept(definitions[1], options))
    }

    /// Their definitions, that of the build root first. What the caller adds goes to those of its family; packages go to
    /// the first.
    func definitions(of file: RecipeFile, _ options: BuildOptions) throws -> [DefinitionFile] {
        let (environment, additions) = (file.recipe.environment, options.additions)
        let family = environment.contents.sources.first?.value.family
        let root = try DefinitionFile(root: environment, of: file.path, adding: additions.of(family))
        return try [root] + (sysroot(of: file, beside: family, additions).map { [$0] } ?? [])
    }

    /// Nil where there is none. One that names no repository is made of what the caller adds beside the build root's family.
    private func sysroot(
        of file: RecipeFile, beside rootFamily: PackageFamily?, _ additions: DefinitionAdditions
    ) throws -> DefinitionFile? {
        guard let sysroot = file.recipe.sysroot else { return nil }
        let own = sysroot.contents.sources.first?.value.family
        let family = own ?? additions.families.first { $0 != rootFamily } ?? rootFamily
        let added = additions.repositories(of: family)
        if let package = sysroot.contents.packages.first, own == nil, added.families.isEmpty {
            throw PipelineError.sysrootWithoutRepository(
                package: package.value.description, at: package.location)
        }
        return try DefinitionFile(root: sysroot, of: file.path, adding: added)
    }

    // MARK: - Keeping

    /// How many trees are kept, and what they take.
    func usage() throws -> (trees: Int, bytes: Int64) {
        guard try HostDirectory.exists(folder) else { return (0, 0) }
        let names = try trees()
        return (names.count, try names.reduce(0) { $0 + (try Self.bytes(of: folder / $1)) })
    }

    /// Removes trees that nobody holds until at most `bytes` are left.
    func prune(to bytes: Int64) throws -> (freed: Int64, left: Int64) {
        guard try HostDirectory.exists(folder) else { return (0, 0) }
        var (freed, left): (Int64, Int64) = (0, 0)
        let sizes = try trees().map { name in (name, try Self.bytes(of: folder / name)) }
        left = sizes.reduce(0) { $0 + $1.1 }
        for (name, size) in sizes where left > bytes {
            guard try remove(name) else { continue }
            freed += size
            left -= size
        }
        return (freed, left)
    }

    private func trees() throws -> [String] {
        try HostDirectory.names(in: folder).filter { !$0.hasPrefix(".") }.sorted()
    }

    /// False where somebody builds in it.
    private func remove(_ name: String) throws -> Bool {
        do throws(StorageError) {
            let lock = try FileLock(directory: folder / name, waiting: false)
            try AtomicDirectory.remove(folder / name)
            withExtendedLifetime(lock) {}
            return true
        } catch {
            guard case .locked = error else { throw error }
            return false
        }
    }

    private static func bytes(of tree: HostPath) throws -> Int64 {
        var total: Int64 = 0
        try RootDirectory(tree).walk { _, status in
            if status.kind == .file { total += status.size / Int64(max(1, status.links)) }
        }
        return total
    }

    /// The same of what was locked before, in a folder of the caller's, which must not be there yet: nobody has used it.
    func made(_ definition: DefinitionFile, lock: Lock, at root: HostPath) async throws -> Kept {
        let image = try await ImagePipeline(workshop).compose(definition, lock)
        guard let platform = image.platforms.first else { throw ComposingError.nothingToCompose }
        try await unpack(platform, to: root)
        let held = try await workshop.workers.run { try FileLock(directory: root, shared: true) }
        return Kept(path: root, definition: definition, resolved: lock, image: platform, lock: held)
    }

    /// An image of a definition in a folder of the caller's, which must not be there yet.
    func make(_ definition: DefinitionFile, _ options: BuildOptions, at root: HostPath) async throws {
        try await unpack(try await image(of: definition, options).image, to: root)
    }

    private func image(
        of definition: DefinitionFile, _ options: BuildOptions
    ) async throws -> Resolved {
        let built = try await ImagePipeline(workshop).build(definition, options)
        // It starts nothing and nobody runs it: as whom, and with which shell, is no matter.
        workshop.report.report(built.diagnostics.filter { !Self.expected.contains($0.code) })
        guard let platform = built.image.platforms.first else { throw ComposingError.nothingToCompose }
        return Resolved(image: platform, lock: built.lock, definition: built.file)
    }

    private static let expected: Set<Diagnostic.Code> = [
        Diagnostic.Code(rawValue: "runs-as-root"), Diagnostic.Code(rawValue: "image-runs-as-root"),
        Diagnostic.Code(rawValue: "shell-present"),
        // A step that starts such a script hears of it; nobody starts anything in a sysroot.
        Diagnostic.Code(rawValue: "interpreter-missing"),
    ]

    private func unpack(_ image: PlatformImage, to root: HostPath) async throws {
        let writer = RootFileSystemWriter(store: workshop.images)
        _ = try await workshop.workers.run {
            try AtomicDirectory.create(root) { place in
                _ = try writer.write(image, to: place)
                let tree = try RootDirectory(place)
                for text in ["proc", "dev", "tmp", "run", "home", "home/build"] {
                    guard let path = ImagePath(text), try tree.status(of: path) == nil else { continue }
                    try tree.makeDirectory(path)
                    try tree.setAttributes(path, mode: 0o755, uid: 0, gid: 0, mtime: 0)
                }
            }
        }
    }
}
