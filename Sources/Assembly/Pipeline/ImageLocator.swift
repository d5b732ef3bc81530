// SPDX-License-Identifier: Apache-2.0

internal import Distribution
internal import Storage
package import Vocabulary

/// What a user may mean by an image: an unpacked tree (`rootfs:DIR`), or anything that Distribution opens: a layout, an
/// archive, a reference to a registry.
enum ImageLocator {
    case rootFileSystem(HostPath)
    case image(any ImageSource)

    /// - Throws: `DistributionError` where the text names no image.
    init(_ text: String, _ workshop: Workshop) async throws {
        if text.hasPrefix("rootfs:") {
            self = .rootFileSystem(HostPath(text.dropFirst(7)))
            return
        }
        let opener = ImageSourceOpener(
            client: workshop.registry, workers: workshop.workers, scratch: workshop.directories.temporary)
        self = .image(try await opener.open(text))
    }

    /// The image behind a text that must not be an unpacked tree: one has no manifest to check, run or copy.
    static func source(_ text: String, _ workshop: Workshop) async throws -> any ImageSource {
        guard case .image(let source) = try await ImageLocator(text, workshop) else {
            throw PipelineError.noSuchImage(text)
        }
        return source
    }

    /// The image in a layout: what is written to must be one.
    static func layout(_ text: String, _ workshop: Workshop) async throws -> LayoutImage {
        guard let image = try await source(text, workshop) as? LayoutImage else {
            throw PipelineError.noLayout(text)
        }
        return image
    }

    /// Where layers go that are read: a layout's own store, else the disposable one.
    static func store(of source: any ImageSource, _ workshop: Workshop) -> ContentStore {
        (source as? LayoutImage)?.layout.blobs ?? workshop.packages
    }

    /// The manifests of an image's platforms: the image's own where it has no index.
    static func platforms(of root: Descriptor, in source: any ImageSource) async throws -> [Descriptor] {
        guard root.mediaType.isIndex else { return [root] }
        let index: ImageIndex = try CanonicalJSON.decode(
            from: try await source.manifest(root), what: "the index \(root.digest)")
        return index.manifests.filter { $0.mediaType.isManifest && $0.platform?.os != "unknown" }
    }

    /// What a manifest's image runs on: as the index says, else as its own configuration does.
    static func platform(of manifest: Descriptor, in source: any ImageSource) async throws -> Platform {
        if let platform = manifest.platform { return platform }
        let document: ImageManifest = try CanonicalJSON.decode(
            from: try await source.manifest(manifest), what: "the manifest \(manifest.digest)")
        let configuration: ImageConfiguration = try CanonicalJSON.decode(
            from: try await source.blob(document.config, limit: 8 << 20),
            what: "the configuration of \(manifest.digest)")
        return Platform(
            os: configuration.os, architecture: configuration.architecture, variant: configuration.variant)
    }

    /// True for a definition: a YAML file, by its name.
    static func isDefinition(_ text: String) -> Bool { text.hasSuffix(".yaml") || text.hasSuffix(".yml") }
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

extension Architecture {
    package static var ofThisMachine: Architecture {
        all.first { $0.platform == .ofThisMachine } ?? .amd64
    }
}
