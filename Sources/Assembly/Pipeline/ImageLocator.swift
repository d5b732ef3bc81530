// SPDX-License-Identifier: Apache-2.0

internal import Distribution
internal import Storage
package import Vocabulary

/// What a user may mean by an image: a layout directory (`DIR` or `DIR:TAG`), an unpacked tree (`rootfs:DIR`), or a
/// reference to a registry.
enum ImageLocator {
    case layout(HostPath, name: String?)
    case rootFileSystem(HostPath)
    case registry(ImageReference)

    /// - Throws: `PipelineError.noSuchImage`.
    init(_ text: String) throws {
        if text.hasPrefix("rootfs:") {
            self = .rootFileSystem(HostPath(text.dropFirst(7)))
        } else if try Self.isLayout(HostPath(text)) {
            self = .layout(HostPath(text), name: nil)
        } else if let colon = text.lastIndex(of: ":"), try Self.isLayout(HostPath(text[..<colon])) {
            self = .layout(HostPath(text[..<colon]), name: String(text[text.index(after: colon)...]))
        } else if let reference = try? ImageReference(text) {
            self = .registry(reference)
        } else {
            throw PipelineError.noSuchImage(text)
        }
    }

    /// The source to read from; nil for an unpacked tree, which has no manifest.
    func source(_ workshop: Workshop) async throws -> (any ImageSource)? {
        switch self {
        case .layout(let path, let name):
            return try await LayoutImage(
                try ImageLayout.open(at: path), name: name, workers: workshop.workers)
        case .registry(let reference): return RegistryImage(reference, client: workshop.registry)
        case .rootFileSystem: return nil
        }
    }

    /// Where layers go that are read: a layout's own store, else the disposable one.
    func store(_ workshop: Workshop) throws -> ContentStore {
        if case .layout(let path, _) = self { return try ImageLayout.open(at: path).blobs }
        return workshop.packages
    }

    /// True for a file that is there and no layout: a definition.
    static func isDefinition(_ text: String) throws -> Bool {
        let path = HostPath(text)
        return try HostDirectory.exists(path) && !HostDirectory.isDirectory(path)
    }

    private static func isLayout(_ path: HostPath) throws -> Bool {
        try HostDirectory.exists(path / "oci-layout")
    }
}

extension Platform {
    /// Of the processor that this program was compiled for.
    package static var ofThisMachine: Platform {
        #if arch(arm64)
            Architecture.arm64.platform
        #else
            Architecture.amd64.platform
        #endif
    }
}
