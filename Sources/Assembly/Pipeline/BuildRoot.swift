// SPDX-License-Identifier: Apache-2.0

internal import Composing
internal import Storage
internal import Vocabulary

/// The root file systems in which recipes are built and tested: images, unpacked.
struct BuildRoot {
    private let workshop: Workshop
    private var folder: HostPath { workshop.cache.root / "roots" }

    init(_ workshop: Workshop) { self.workshop = workshop }

    /// The image of a definition, unpacked once and kept by its digest, so that the second build starts at once.
    func kept(_ definition: DefinitionFile, _ options: BuildOptions) async throws -> HostPath {
        let image = try await image(of: definition, options)
        let root = folder / image.manifest.digest.hex
        if try HostDirectory.exists(root) { return root }
        workshop.report(.began(.unpack, "build root"))
        try await unpack(image, to: root)
        workshop.report(.ended(.unpack, "build root"))
        return root
    }

    /// The same in a folder of the caller's, which must not be there yet.
    func make(_ definition: DefinitionFile, _ options: BuildOptions, at root: HostPath) async throws {
        try await unpack(try await image(of: definition, options), to: root)
    }

    private func image(of definition: DefinitionFile, _ options: BuildOptions) async throws -> PlatformImage {
        let built = try await ImagePipeline(workshop).build(definition, options)
        // It starts nothing and nobody runs it: as whom, and with which shell, is no matter.
        workshop.report.report(built.diagnostics.filter { !Self.expected.contains($0.code) })
        guard let platform = built.image.platforms.first else { throw ComposingError.nothingToCompose }
        return platform
    }

    private static let expected: Set<Diagnostic.Code> = [
        Diagnostic.Code(rawValue: "runs-as-root"), Diagnostic.Code(rawValue: "image-runs-as-root"),
        Diagnostic.Code(rawValue: "shell-present"),
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
