// SPDX-License-Identifier: Apache-2.0

internal import Storage
internal import Vocabulary

/// Builds that were made before: the build key leads to the image, the blobs are looked for in the store.
extension ImagePipeline {
    private static let kind = "builds"
    private static let limit = 64 << 20

    func remembered(_ key: Digest, in store: ContentStore) throws -> ComposedImage? {
        guard let path = workshop.cache.entry(Self.kind, key),
            let bytes = try? HostDirectory.read(path, limit: Self.limit),
            let image = try? CanonicalJSON.decode(
                ComposedImage.self, from: bytes, what: "a remembered build", limit: Self.limit),
            image.blobs.allSatisfy({ store.size(of: $0.digest) == $0.size })
        else { return nil }
        return image
    }

    func remember(_ image: ComposedImage, under key: Digest) throws {
        let bytes = try CanonicalJSON.encode(image)
        do {
            try workshop.cache.publish(Self.kind, key) { try $0.write(bytes) }
        } catch let error as StorageError where error.isRefusedWrite(below: workshop.cache.root) {
            // The image is made; only the next run is slower.
        }
    }

    func built(
        _ file: DefinitionFile, _ lock: Lock, _ usedStoredLock: Bool, _ key: Digest, _ image: ComposedImage,
        _ started: Timestamp, _ diagnostics: [Diagnostic], epoch: Timestamp?, wasRemembered: Bool
    ) -> BuiltImage {
        BuiltImage(
            file: file, lock: lock, usedStoredLock: usedStoredLock, wasRemembered: wasRemembered, key: key,
            sourceDateEpoch: epoch,
            image: image, started: started, finished: workshop.now(),
            diagnostics: diagnostics + (wasRemembered ? image.diagnostics : []))
    }
}
