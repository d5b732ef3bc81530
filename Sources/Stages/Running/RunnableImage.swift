// SPDX-License-Identifier: Apache-2.0

package import Storage
package import Vocabulary

/// One platform's image, ready to be unpacked: its blobs are in a store.
package struct RunnableImage: Sendable {
    private static let documentLimit = 8 << 20

    package let manifest: Descriptor
    package let configuration: ImageConfiguration
    package let layers: [Descriptor]
    let store: ContentStore

    package var platform: Platform {
        Platform(
            os: configuration.os, architecture: configuration.architecture, variant: configuration.variant)
    }

    /// Reads manifest and configuration, both checked against their digests. Throws `RunningError` or `StorageError`.
    package init(_ manifest: Descriptor, in store: ContentStore) throws {
        let document: ImageManifest = try Self.decode(manifest.digest, in: store)
        let configuration: ImageConfiguration = try Self.decode(document.config.digest, in: store)
        guard document.layers.count == configuration.rootfs.diffIDs.count else {
            throw RunningError.layerCount(
                manifest.digest, layers: document.layers.count, diffIDs: configuration.rootfs.diffIDs.count)
        }
        self.manifest = manifest
        self.configuration = configuration
        self.store = store
        layers = document.layers
    }

    private static func decode<Value: Decodable>(_ digest: Digest, in store: ContentStore) throws -> Value {
        let bytes = try store.read(digest, limit: documentLimit)
        do {
            return try CanonicalJSON.decode(from: bytes, what: "\(digest)", limit: documentLimit)
        } catch {
            throw RunningError.notAnImage(digest, reason: "\(error)")
        }
    }
}
