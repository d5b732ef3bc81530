// SPDX-License-Identifier: Apache-2.0

internal import Archives
package import Distribution
package import Storage
package import Vocabulary

/// Learns what an image holds from its own bytes: anybody's image, from wherever it can be read. Layers are streamed;
/// memory grows with the number of files, not with their sizes.
package struct Inspector: Sendable {
    private static let manifestLimit = 128
    private static let configurationLimit = 8 << 20
    private static let depthLimit = 3

    let workers: WorkerThreads
    /// Files get digests: one more pass over the bytes.
    let hashesFiles: Bool

    package init(workers: WorkerThreads, hashesFiles: Bool = true) {
        self.workers = workers
        self.hashesFiles = hashesFiles
    }

    /// The inventories of one platform's image, or of all, sorted by platform. Layers that `store` lacks are fetched
    /// into it; for an image in a layout that is the layout's own store. Throws `InspectingError`, what the source
    /// throws, or `CancellationError`.
    package func inventory(
        of source: any ImageSource, platform: Platform? = nil, store: ContentStore
    ) async throws -> [ImageInventory] {
        var images = try await images(of: source)
        if let platform {
            let wanted = images.filter { $0.configuration.covers(platform) }
            guard !wanted.isEmpty else {
                throw InspectingError.noPlatform(
                    wanted: platform, available: images.map(\.configuration.platform))
            }
            images = wanted
        }
        var inventories: [ImageInventory] = []
        for image in images {
            for layer in image.manifest.layers { try await source.fetch(layer, into: store) }
            inventories.append(try await workers.run { [self] in try inventory(of: image, store: store) })
        }
        return inventories.sorted { "\($0.platform)" < "\($1.platform)" }
    }

    /// One platform's image, before its layers are read.
    struct Image: Sendable {
        var descriptor: Descriptor
        var manifest: ImageManifest
        var configuration: ImageConfiguration
    }

    /// Every platform's image, one at least.
    func images(of source: any ImageSource) async throws -> [Image] {
        let root = try await source.root()
        let images = try await images(below: root, in: source, depth: 0)
        guard !images.isEmpty else {
            throw InspectingError.notAnImage("\(root.digest)", mediaType: root.mediaType)
        }
        return images
    }

    private func images(
        below descriptor: Descriptor, in source: any ImageSource, depth: Int
    ) async throws -> [Image] {
        if descriptor.mediaType.isManifest {
            return try await image(descriptor, in: source).map { [$0] } ?? []
        }
        guard descriptor.mediaType.isIndex, depth < Self.depthLimit else { return [] }
        let index: ImageIndex = try await Self.decode(
            source.manifest(descriptor), "the index \(descriptor.digest)")
        guard index.manifests.count <= Self.manifestLimit else {
            throw InspectingError.tooManyManifests(index.manifests.count, limit: Self.manifestLimit)
        }
        var images: [Image] = []
        for child in index.manifests {
            images += try await self.images(below: child, in: source, depth: depth + 1)
        }
        guard images.count <= Self.manifestLimit else {
            throw InspectingError.tooManyManifests(images.count, limit: Self.manifestLimit)
        }
        return images
    }

    /// Nil for a manifest of something else than an image: a signature, an SBOM, a build's attestation.
    private func image(_ descriptor: Descriptor, in source: any ImageSource) async throws -> Image? {
        let what = "the manifest \(descriptor.digest)"
        let manifest: ImageManifest = try await Self.decode(source.manifest(descriptor), what)
        let isImage = manifest.config.mediaType == .imageConfig || manifest.config.mediaType == .dockerConfig
        let isAttestation = descriptor.annotations?["vnd.docker.reference.type"] == "attestation-manifest"
        guard isImage, !isAttestation, manifest.artifactType == nil else { return nil }
        let bytes = try await source.blob(manifest.config, limit: Self.configurationLimit)
        let configuration: ImageConfiguration = try Self.decode(
            bytes, "the configuration of \(descriptor.digest)")
        guard manifest.layers.count == configuration.rootfs.diffIDs.count else {
            throw InspectingError.layerCount(
                manifest: descriptor.digest, layers: manifest.layers.count,
                diffIDs: configuration.rootfs.diffIDs.count)
        }
        return Image(descriptor: descriptor, manifest: manifest, configuration: configuration)
    }

    private func inventory(of image: Image, store: ContentStore) throws -> ImageInventory {
        try finish(
            try builder(of: image, store: store), manifest: image.descriptor,
            configuration: image.configuration,
            compressedSize: image.manifest.layers.reduce(0) { $0 + $1.size })
    }

    /// What the image's layers add up to, each held against the configuration.
    func builder(of image: Image, store: ContentStore) throws -> InventoryBuilder {
        var builder = InventoryBuilder(hashesFiles: hashesFiles)
        for (layer, expected) in zip(image.manifest.layers, image.configuration.rootfs.diffIDs) {
            let found: Digest
            do {
                let reader = try store.reader(of: layer.digest)
                found = try builder.add(reader)
                // The archive may end before the blob does; only the whole blob is the digest's.
                try reader.drain()
            } catch let error as ArchiveError {
                throw InspectingError.layer(layer.digest, reason: "\(error)")
            } catch let error as LayerError {
                throw InspectingError.layer(layer.digest, reason: "\(error)")
            }
            guard found == expected else {
                throw InspectingError.wrongDiffID(layer: layer.digest, expected: expected, found: found)
            }
        }
        return builder
    }

    /// The inventory of what the builder has read.
    func finish(
        _ builder: InventoryBuilder, manifest: Descriptor, configuration: ImageConfiguration,
        compressedSize: Int64?
    ) throws(InspectingError) -> ImageInventory {
        let (packages, oddPackages) = try builder.packages()
        let (files, oddFiles) = builder.files()
        return ImageInventory(
            platform: configuration.platform, manifest: manifest, configuration: configuration,
            compressedSize: compressedSize, uncompressedSize: builder.uncompressedSize,
            operatingSystem: try builder.operatingSystem(), packages: packages, files: files,
            diagnostics: oddPackages + oddFiles)
    }

    private static func decode<Value: Decodable>(
        _ bytes: [UInt8], _ what: String
    ) throws(InspectingError) -> Value {
        do {
            return try CanonicalJSON.decode(from: bytes, what: what, limit: configurationLimit)
        } catch {
            throw .unreadable(what: what, reason: "\(error)")
        }
    }
}

extension ImageConfiguration {
    var platform: Platform { Platform(os: os, architecture: architecture, variant: variant) }

    /// arm64 and arm64/v8 are the same machine; a wish without variant takes any.
    func covers(_ wanted: Platform) -> Bool {
        os == wanted.os && architecture == wanted.architecture
            && (wanted.variant == nil || variant == nil || wanted.variant == variant)
    }
}
