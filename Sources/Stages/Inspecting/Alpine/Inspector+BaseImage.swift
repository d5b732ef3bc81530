// SPDX-License-Identifier: Apache-2.0

package import Distribution
package import Storage
package import Vocabulary

extension Inspector {
    /// An image on which others are to stand: its manifests for the architectures, their configurations and layers
    /// named and not read. Throws `InspectingError.noPlatform` where it lacks one of them, or what the source throws.
    package func baseImage(
        _ source: any ImageSource, for architectures: [Architecture]
    ) async throws -> BaseImage {
        let images = try await images(of: source)
        var platforms: [BaseImage.Platform] = []
        for architecture in architectures {
            let image = try Self.image(for: architecture, among: images)
            platforms.append(
                BaseImage.Platform(
                    architecture: architecture, manifest: image.descriptor,
                    blobs: [image.manifest.config] + image.manifest.layers))
        }
        return BaseImage(platforms: platforms)
    }

    /// What apk's database says is installed in such an image, for each architecture, with the image's manifest. Layers
    /// that `store` lacks are fetched into it. Throws `InspectingError` where it has no database or a damaged one.
    package func installedPackages(
        in source: any ImageSource, for architectures: [Architecture], store: ContentStore
    ) async throws -> [RepositorySnapshot.Index] {
        let images = try await images(of: source)
        var indexes: [RepositorySnapshot.Index] = []
        for architecture in architectures {
            let image = try Self.image(for: architecture, among: images)
            for layer in image.manifest.layers { try await source.fetch(layer, into: store) }
            indexes.append(
                try await workers.run { [self] in
                    let builder = try builder(of: image, store: store)
                    return RepositorySnapshot.Index(
                        architecture: architecture, packages: try Self.installed(builder),
                        image: image.descriptor.digest)
                })
        }
        return indexes
    }

    private static func image(
        for architecture: Architecture, among images: [Image]
    ) throws(InspectingError) -> Image {
        guard let image = images.first(where: { $0.configuration.covers(architecture.platform) }) else {
            throw .noPlatform(
                wanted: architecture.platform, available: images.map(\.configuration.platform))
        }
        return image
    }

    private static func installed(_ builder: InventoryBuilder) throws(InspectingError) -> PackageIndex {
        for path in AlpineDatabase.places.compactMap({ ImagePath($0) }) {
            guard let bytes = try builder.bytes(at: path) else { continue }
            do throws(IndexTextError) {
                return try InstalledDatabase(bytes).index()
            } catch { throw .database(path, reason: "\(error)") }
        }
        throw .noDatabase(AlpineDatabase.places)
    }
}
