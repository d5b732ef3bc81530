// SPDX-License-Identifier: Apache-2.0
import Archives
import Composing
import Storage
import TestHouse
import Testing
import Vocabulary

/// A place to compose in: a store, a cache, threads.
struct ComposingHouse {
    let scratch: Scratch
    let store: ContentStore
    let cachePath: HostPath
    let threads: Int

    init(threads: Int = 2) throws {
        scratch = try Scratch()
        store = try ContentStore(at: HostPath(scratch.path) / "store", .disposable)
        cachePath = HostPath(scratch.path) / "cache"
        self.threads = threads
    }

    /// The architectures that packages are composed for, and what else the definition says.
    func compose(
        _ packages: [PackageFiles.Made], family: PackageFamily = .debian,
        architectures: [Architecture] = [.amd64], epoch: Timestamp? = nil,
        local: [String: [UInt8]] = [:], _ change: (inout ImageDefinition) throws -> Void = { _ in }
    ) async throws -> ComposedImage {
        var definition = ImageDefinition(
            name: "test", file: "image.yaml", digest: ContentHasher.digest(of: "definition"))
        definition.accounts.runAs = Located(family == .debian ? "nonroot" : "65532", at: Self.here)
        definition.architectures = architectures
        try change(&definition)
        for package in packages { try store.write(package.bytes) }
        var sources: [String: Descriptor] = [:]
        for (name, bytes) in local {
            sources[name] = Descriptor(bytes, mediaType: .slipwayLocalFile)
            try store.write(bytes)
        }
        let locks = architectures.map {
            ArchitectureLock(
                architecture: $0, family: family, packages: packages.map(\.package), dropped: [])
        }
        let fetched = architectures.map {
            FetchedPackages(
                architecture: $0, items: packages.map { .init(package: $0.package, chainVerified: true) },
                diagnostics: [])
        }
        let composer = Composer(
            packages: store, store: store, cache: try Cache(at: cachePath),
            workers: WorkerThreads(count: threads))
        return try await composer.compose(
            definition, packages: fetched,
            lock: Lock(
                content: .init(definition: definition.digest, architectures: locks),
                witness: Witness(repositories: [], places: [:])), local: LocalFiles(sources: sources),
            sourceDateEpoch: epoch)
    }

    static let here = SourceLocation(file: "image.yaml", line: 1, column: 1)

    /// One line for each entry, as `ls -l` would have it, without what every image has.
    static func listing(_ image: ComposedImage, all: Bool = false) -> [String] {
        (image.platforms.first?.files ?? []).filter { all || !isInEveryImage($0) }.map { file in
            let kind =
                ["file": "-", "directory": "d", "symlink": "l", "hardlink": "h"][file.kind.rawValue] ?? "?"
            let mode = String(file.mode, radix: 8)
            let target = file.target.map { " -> \($0)" } ?? ""
            let owner =
                switch file.owner {
                case .package(let name): name.text
                case .definition: "definition"
                case .rule(let name): "rule \(name)"
                }
            return
                "\(kind)\(String(repeating: "0", count: 4 - mode.count))\(mode) \(file.uid):\(file.gid) \(file.path)"
                + "\(target) [\(owner)]"
        }
    }

    private static let everywhere: Set<String> = [
        "dev", "etc", "etc/group", "etc/nsswitch.conf", "etc/passwd", "home", "home/nonroot", "proc", "root",
        "run",
        "run/lock", "sys", "tmp", "usr", "usr/bin", "usr/lib", "usr/sbin", "var", "var/tmp", "bin", "lib",
        "sbin",
        "var/run", "var/lock", "var/lib", "var/lib/dpkg",
    ]

    private static func isInEveryImage(_ file: ComposedFile) -> Bool {
        everywhere.contains(file.path.text) || file.path.text.hasPrefix("var/lib/dpkg/status.d")
    }

    /// What layers hold, one after the other: each entry's path, directories with a slash.
    func layers(of image: ComposedImage) throws -> [[String]] {
        let platform = try #require(image.platforms.first)
        return try platform.layers.map { layer in
            let reader = TarReader(
                try Decompressor.open(.gzip, of: store.reader(of: layer.descriptor.digest)))
            var paths: [String] = []
            while let entry = try reader.next() { paths.append(entry.path) }
            return paths
        }
    }

    /// The flattened tar of the image's layers, by path.
    func content(_ path: String, of image: ComposedImage) throws -> String {
        let platform = try #require(image.platforms.first)
        let directory = HostPath(scratch.path) / "unpacked"
        try HostDirectory.remove(directory)
        _ = try RootFileSystemWriter(store: store).write(platform, to: directory)
        return String(decoding: try HostDirectory.read(directory / path), as: UTF8.self)
    }
}

extension ComposedImage {
    func file(_ path: String) -> ComposedFile? { platforms.first?.files.first { $0.path.text == path } }

    func messages(_ code: String) -> [String] {
        diagnostics.filter { $0.code.rawValue == code }.map(\.message)
    }
}

extension ImageDefinition {
    mutating func path(
        _ path: String, _ kind: PathRule.Kind, uid: UInt32 = 0, gid: UInt32 = 0, permissions: UInt16? = nil,
        recursive: Bool = false
    ) throws {
        paths.append(
            Located(
                PathRule(
                    path: try #require(ImagePath(path)), kind: kind, uid: uid, gid: gid,
                    permissions: permissions,
                    recursive: recursive), at: ComposingHouse.here))
    }

    mutating func file(
        _ path: String, _ content: FileInsertion.Content, mode: UInt16 = 0o644, uid: UInt32 = 0
    ) throws {
        files.append(
            Located(
                FileInsertion(
                    path: try #require(ImagePath(path)), content: content, mode: mode, uid: uid, gid: 0),
                at: ComposingHouse.here))
    }
}
