// SPDX-License-Identifier: Apache-2.0

package import Storage
package import Vocabulary

/// An image in an OCI layout directory. Some builders (apko) write no index into it but list the manifests of one image
/// in `index.json`, one for each platform: then that file is the image's index.
package struct LayoutImage: ImageSource {
    package let layout: ImageLayout
    /// What was opened.
    package let descriptor: Descriptor
    private let workers: WorkerThreads
    /// The bytes of `index.json` where it is what was opened.
    private let ownIndex: [UInt8]?

    /// Most entries of an `index.json` that are looked at, and levels of indexes below it.
    static let limits = (entries: 4096, depth: 4)

    /// Opens what `name` says, a tag or a digest; without one, the only image that is in the layout. `place` names the
    /// layout in errors.
    package init(
        _ layout: ImageLayout, name: String? = nil, place: String? = nil, workers: WorkerThreads
    ) async throws {
        self.layout = layout
        self.workers = workers
        let place = place ?? layout.root.text
        (descriptor, ownIndex) = try await workers.run {
            try DistributionError.translating {
                if name == nil, let index = try Self.ownIndex(of: layout) {
                    return (Descriptor(index, mediaType: .imageIndex), index)
                }
                return (try Self.choose(name, in: layout, place: place), nil)
            }
        }
    }

    /// `index.json` where it lists nothing but one image for each of several platforms.
    private static func ownIndex(of layout: ImageLayout) throws -> [UInt8]? {
        let bytes = try HostDirectory.read(layout.root / "index.json", limit: ManifestOutline.sizeLimit)
        let entries = try layout.index().manifests
        let platforms = entries.compactMap { $0.mediaType.isManifest && tag($0) == nil ? $0.platform : nil }
        guard entries.count > 1, platforms.count == entries.count, Set(platforms).count == entries.count
        else { return nil }
        return bytes
    }

    // MARK: - Choosing

    private static func choose(_ name: String?, in layout: ImageLayout, place: String) throws -> Descriptor {
        let entries = try layout.index().manifests
        guard entries.count <= limits.entries else {
            throw DistributionError.badManifest(
                what: place, reason: "its index.json lists \(entries.count) manifests")
        }
        let tags = Set(entries.compactMap(tag)).filter { !ReferrerTags.isAttached($0) }.sorted()
        if let name {
            if let digest = try? Digest(name) {
                guard
                    let found = entries.first(where: { $0.digest == digest })
                        ?? child(digest, of: entries, layout)
                else { throw DistributionError.noSuchTag(name, place: place, tags: tags) }
                return bare(found)
            }
            guard let found = entries.first(where: { tag($0) == name }) else {
                throw DistributionError.noSuchTag(name, place: place, tags: tags)
            }
            return bare(found)
        }
        let candidates = entries.filter { entry in
            if let tag = tag(entry) { return !ReferrerTags.isAttached(tag) }
            // One that cannot be read is what its entry says that it is; images have no artifact type.
            guard let outline = outline(entry, layout) else { return entry.artifactType == nil }
            return outline.subject == nil
        }
        guard let only = candidates.first, candidates.allSatisfy({ $0.digest == only.digest }) else {
            throw DistributionError.ambiguous(place: place, tags: tags)
        }
        return bare(only)
    }

    /// The tag of an entry; what containerd writes is a whole name, of which the tag is the end.
    private static func tag(_ entry: Descriptor) -> String? {
        entry.annotations?[ImageLayout.tagAnnotation].map { name in
            name.contains("/") ? String(name.split(separator: ":").last ?? "") : name
        }
    }

    /// A manifest that an index in the layout lists.
    private static func child(_ digest: Digest, of entries: [Descriptor], _ layout: ImageLayout)
        -> Descriptor?
    {
        for entry in entries where entry.mediaType.isIndex {
            if let found = outline(entry, layout)?.manifests?.first(where: { $0.digest == digest }) {
                return found
            }
        }
        return nil
    }

    private static func outline(_ entry: Descriptor, _ layout: ImageLayout) -> ManifestOutline? {
        guard let bytes = try? layout.blobs.read(entry.digest, limit: ManifestOutline.sizeLimit) else {
            return nil
        }
        return try? ManifestOutline(bytes, what: "\(entry.digest)")
    }

    /// Without the tag, which is the layout's and not the image's.
    private static func bare(_ entry: Descriptor) -> Descriptor {
        var entry = entry
        entry.annotations?[ImageLayout.tagAnnotation] = nil
        if entry.annotations?.isEmpty == true { entry.annotations = nil }
        return entry
    }

    // MARK: - ImageSource

    package func resolve(_ tag: ImageReference.Tag?) async throws -> Descriptor? {
        guard let tag else { return descriptor }
        return try await onWorker { layout in
            try layout.index().manifests.first { Self.tag($0) == tag.name }.map(Self.bare)
        }
    }

    package func manifest(_ descriptor: Descriptor) async throws -> [UInt8] {
        try await blob(descriptor, limit: ManifestOutline.sizeLimit)
    }

    package func blob(_ descriptor: Descriptor, limit: Int) async throws -> [UInt8] {
        if let ownIndex, descriptor.digest == self.descriptor.digest { return ownIndex }
        return try await onWorker { layout in
            let bytes = try layout.blobs.read(descriptor.digest, limit: limit)
            guard Int64(bytes.count) == descriptor.size else {
                throw DistributionError.wrongSize(
                    what: "\(descriptor.digest) in \(layout.root)", expected: descriptor.size,
                    found: Int64(bytes.count))
            }
            return bytes
        }
    }

    package func fetch(_ descriptor: Descriptor, into store: ContentStore) async throws {
        try await onWorker { [ownIndex, own = self.descriptor.digest] layout in
            guard store.size(of: descriptor.digest) != descriptor.size else { return }
            if let ownIndex, descriptor.digest == own {
                try store.write(ownIndex)
                return
            }
            let reader = try layout.blobs.reader(of: descriptor.digest)
            let writer = try store.writer()
            try BlobCopy.copy(reader, to: writer) { _ in }
            _ = try writer.finish(expecting: descriptor.digest)
        }
    }

    /// An entry that cannot be read may refer to anything, so it is handed out for every subject: whoever opens it
    /// finds that it is damaged, and a damaged signature never reads as none.
    package func referrers(of subject: Digest) async throws -> [Descriptor] {
        try await onWorker { layout in
            let entries = try layout.index().manifests
            // Untagged entries are how oras keeps them; an index at the fallback tag is how regctl does.
            let fallback = ReferrerTags.fallback(of: subject).name
            var listed = entries.filter { $0.mediaType.isManifest || $0.mediaType.isIndex }
            if let index = entries.first(where: { Self.tag($0) == fallback }) {
                listed += Self.outline(index, layout)?.manifests ?? []
            }
            var found: [Digest: Descriptor] = [:]
            for entry in listed.prefix(Self.limits.entries) where found[entry.digest] == nil {
                if let outline = Self.outline(entry, layout) {
                    if outline.subject?.digest == subject { found[entry.digest] = outline.referrer(entry) }
                } else if Self.tag(entry).map({ $0 == fallback }) ?? (entry.digest != subject) {
                    found[entry.digest] = Self.bare(entry)
                }
            }
            return found.values.sorted { $0.digest < $1.digest }
        }
    }

    private func onWorker<Value: Sendable>(
        _ body: @escaping @Sendable (ImageLayout) throws -> Value
    ) async throws -> Value {
        let layout = layout
        return try await workers.run { try DistributionError.translating { try body(layout) } }
    }
}
