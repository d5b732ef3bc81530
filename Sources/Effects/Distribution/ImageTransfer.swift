// SPDX-License-Identifier: Apache-2.0

package import Storage
package import Vocabulary

/// What is heard of an image that is being moved. Events of several blobs interleave.
package enum TransferEvent: Sendable, Equatable {
    /// So many blobs are looked at, of so many bytes in all.
    case planned(blobs: Int, bytes: Int64)
    /// The other side has it.
    case present(Descriptor)
    /// So many bytes more of it were moved.
    case moved(Descriptor, bytes: Int)
    case finished(Descriptor)
}

/// What a transfer came to.
package struct TransferSummary: Sendable, Equatable {
    package let root: Descriptor
    /// Blobs that were moved, and their bytes.
    package var moved = 0
    package var movedBytes: Int64 = 0
    /// Blobs that were there already.
    package var present = 0
    /// Manifests and indexes, with referrers and signatures.
    package var manifests = 0

    package init(root: Descriptor) { self.root = root }
}

extension RegistryClient {
    package typealias Listener = @Sendable (TransferEvent) -> Void

    // MARK: - Push

    /// Pushes an image whose parts are in `store`: blobs, then manifests by digest from the bottom up, and last the
    /// reference's tag, if it has one.
    @discardableResult
    package func pushImage(
        _ root: Descriptor, from store: ContentStore, to reference: ImageReference,
        onEvent: @escaping Listener = { _ in }
    ) async throws -> TransferSummary {
        let workers = workers
        let parts = try await ImageParts(root) { descriptor in
            try await workers.run {
                try DistributionError.translating {
                    try store.read(descriptor.digest, limit: ManifestOutline.sizeLimit)
                }
            }
        }
        return try await push(parts, root, from: store, to: reference, onEvent)
    }

    /// Pushes an image with everything that refers to it: signatures and attestations are there before the tag moves.
    @discardableResult
    package func pushImage(
        _ image: LayoutImage, to reference: ImageReference, onEvent: @escaping Listener = { _ in }
    ) async throws -> TransferSummary {
        var parts = try await ImageParts(image.descriptor) { try await image.manifest($0) }
        try await parts.addAttachments(from: image)
        return try await push(parts, image.descriptor, from: image.layout.blobs, to: reference, onEvent)
    }

    private func push(
        _ parts: ImageParts, _ root: Descriptor, from store: ContentStore, to reference: ImageReference,
        _ onEvent: @escaping Listener
    ) async throws -> TransferSummary {
        var summary = TransferSummary(root: root)
        try await move(parts.blobs, &summary, onEvent) { blob in
            try await push(blob, from: store, to: reference) { onEvent(.moved(blob, bytes: $0)) } == .uploaded
        }
        for manifest in parts.manifests {
            try await push(manifest, to: reference)
            summary.manifests += 1
        }
        if let tag = reference.tag,
            let top = parts.manifests.first(where: { $0.descriptor.digest == root.digest })
        {
            try await pushManifest(top.bytes, mediaType: root.mediaType, to: reference.tagged(tag))
        }
        return summary
    }

    /// By digest, or at the tag that its meaning hangs on; what is there already is not sent again.
    private func push(_ manifest: ImageParts.Manifest, to reference: ImageReference) async throws {
        let place = manifest.tag.map { reference.tagged($0) } ?? reference.at(manifest.descriptor.digest)
        // A referrer is sent anyway, so that the list of its subject is sure to hold it.
        if manifest.outline.subject == nil,
            let there = try await resolve(place), there.digest == manifest.descriptor.digest
        {
            return
        }
        try await pushManifest(manifest.bytes, mediaType: manifest.descriptor.mediaType, to: place)
    }

    // MARK: - Pull

    /// Pulls an image into a layout, with everything that refers to it, and lists it there under `tag` (by default the
    /// reference's). The layout names nothing before all of it is on disk.
    @discardableResult
    package func pullImage(
        _ reference: ImageReference, into layout: ImageLayout, tag: ImageReference.Tag? = nil,
        withAttachments: Bool = true, onEvent: @escaping Listener = { _ in }
    ) async throws -> TransferSummary {
        let image = RegistryImage(reference, client: self)
        let root = try await image.root()
        var parts = try await ImageParts(root) { try await image.manifest($0) }
        if withAttachments { try await parts.addAttachments(from: image) }
        var summary = TransferSummary(root: root)
        summary.manifests = parts.manifests.count
        let store = layout.blobs
        try await move(parts.blobs, &summary, onEvent) { blob in
            if store.size(of: blob.digest) == blob.size { return false }
            try await pull(blob, from: reference, into: store) { onEvent(.moved(blob, bytes: $0)) }
            return true
        }
        let named = tag ?? reference.tag
        let listed = parts
        try await workers.run {
            try DistributionError.translating { try Self.list(listed, root, as: named, in: layout) }
        }
        return summary
    }

    /// Referrers stand untagged in index.json, as oras has it; the children of an index do not stand there at all.
    private static func list(
        _ parts: ImageParts, _ root: Descriptor, as tag: ImageReference.Tag?, in layout: ImageLayout
    ) throws {
        var entries: [Descriptor] = []
        for manifest in parts.manifests {
            try layout.blobs.write(manifest.bytes)
            if manifest.descriptor.digest == root.digest {
                entries.append(tagged(root, tag))
            } else if let own = manifest.tag {
                entries.append(tagged(manifest.descriptor, own))
            } else if manifest.outline.subject != nil {
                entries.append(manifest.outline.referrer(manifest.descriptor))
            }
        }
        try layout.update { index in
            for entry in entries {
                let name = entry.annotations?[ImageLayout.tagAnnotation]
                index.manifests.removeAll { other in
                    let otherName = other.annotations?[ImageLayout.tagAnnotation]
                    return otherName == name && (name != nil || other.digest == entry.digest)
                }
                index.manifests.append(entry)
            }
        }
    }

    private static func tagged(_ descriptor: Descriptor, _ tag: ImageReference.Tag?) -> Descriptor {
        var entry = descriptor
        entry.annotations = tag.map { [ImageLayout.tagAnnotation: $0.name] }
        return entry
    }

    // MARK: - Blobs side by side

    /// Moves blobs, the largest first, at most `width` at a time; `one` says whether it had to be moved.
    private func move(
        _ blobs: [Descriptor], _ summary: inout TransferSummary, _ onEvent: @escaping Listener,
        _ one: @escaping @Sendable (Descriptor) async throws -> Bool
    ) async throws {
        onEvent(.planned(blobs: blobs.count, bytes: blobs.reduce(0) { $0 + $1.size }))
        var waiting = blobs.sorted { ($0.size, $0.digest) > ($1.size, $1.digest) }[...]
        try await withThrowingTaskGroup(of: (Descriptor, Bool).self) { group in
            for _ in 0..<width {
                if let blob = waiting.popFirst() { group.addTask { (blob, try await one(blob)) } }
            }
            for try await (blob, wasMoved) in group {
                onEvent(wasMoved ? .finished(blob) : .present(blob))
                summary.moved += wasMoved ? 1 : 0
                summary.movedBytes += wasMoved ? blob.size : 0
                summary.present += wasMoved ? 0 : 1
                if let blob = waiting.popFirst() { group.addTask { (blob, try await one(blob)) } }
            }
        }
    }
}
