// SPDX-License-Identifier: Apache-2.0

internal import Glibc
package import Vocabulary

/// An OCI image layout on disk (image-spec, image-layout.md). Tags are `org.opencontainers.image.ref.name`; referrers
/// stand untagged in `index.json`, as oras writes them. Every change takes the layout's lock, and its blobs are on
/// disk before `index.json` names them.
package struct ImageLayout: Sendable {
    package static let tagAnnotation = "org.opencontainers.image.ref.name"
    private static let indexLimit = 16 << 20

    package let root: HostPath
    package let blobs: ContentStore

    /// Opens the layout at `root`, creating it where nothing, or an empty directory, is there.
    package static func create(at root: HostPath) throws(StorageError) -> ImageLayout {
        if try HostDirectory.exists(root / "oci-layout") { return try open(at: root) }
        if try HostDirectory.exists(root) {
            guard try HostDirectory.isDirectory(root) else {
                throw .notALayout(path: root, reason: "it is a file; name a directory")
            }
            let strangers = try HostDirectory.names(in: root)
                .filter { $0 != "blobs" && $0 != "index.json" && !$0.hasPrefix(NewFile.prefix) }
            if let stranger = strangers.first {
                throw .notALayout(
                    path: root,
                    reason: "it holds other things (\(stranger)); name an empty or a new directory")
            }
        }
        let blobs = try ContentStore(at: root, .durable)
        let lock = try FileLock(root)
        defer { withExtendedLifetime(lock) {} }
        if try !HostDirectory.exists(root / "index.json") {
            try AtomicFile.replace(root / "index.json", with: encode(ImageIndex(manifests: []), root))
        }
        // Last: what has no oci-layout is no layout yet.
        try AtomicFile.replace(root / "oci-layout", with: Array(#"{"imageLayoutVersion":"1.0.0"}"#.utf8))
        return ImageLayout(root: root, blobs: blobs)
    }

    /// Opens a layout that must be there.
    package static func open(at root: HostPath) throws(StorageError) -> ImageLayout {
        struct Marker: Decodable { var imageLayoutVersion: String }
        guard try HostDirectory.exists(root / "oci-layout") else {
            throw .notALayout(path: root, reason: "it has no file oci-layout")
        }
        let marker: Marker = try decode(
            HostDirectory.read(root / "oci-layout", limit: 4096), root, "its oci-layout")
        guard marker.imageLayoutVersion.hasPrefix("1.") else {
            throw .notALayout(path: root, reason: "it is of version \(marker.imageLayoutVersion), not 1.0.0")
        }
        return ImageLayout(root: root, blobs: try ContentStore(at: root, .durable))
    }

    /// What `index.json` says.
    package func index() throws(StorageError) -> ImageIndex {
        try Self.decode(
            HostDirectory.read(root / "index.json", limit: Self.indexLimit), root, "its index.json")
    }

    /// Replaces `index.json` as a whole.
    package func setIndex(_ index: ImageIndex) throws(StorageError) {
        let lock = try FileLock(root)
        defer { withExtendedLifetime(lock) {} }
        try publish(index)
    }

    /// Changes `index.json` under the lock, so that concurrent writers lose nothing of each other's.
    package func update(_ change: (inout ImageIndex) -> Void) throws(StorageError) {
        let lock = try FileLock(root)
        defer { withExtendedLifetime(lock) {} }
        var index = try index()
        let before = index
        change(&index)
        if index != before { try publish(index) }
    }

    /// Lists a manifest, under a tag or, as a referrer, without one. A tag that stood elsewhere moves here.
    package func add(_ descriptor: Descriptor, tag: String? = nil) throws(StorageError) {
        guard blobs.contains(descriptor.digest) else { throw .missing(descriptor.digest, store: root) }
        try update { index in
            var entry = descriptor
            entry.annotations?[Self.tagAnnotation] = nil
            if entry.annotations?.isEmpty == true { entry.annotations = nil }
            index.manifests.removeAll { listed in
                let listedTag = listed.annotations?[Self.tagAnnotation]
                return tag == nil ? listed.digest == entry.digest && listedTag == nil : listedTag == tag
            }
            if let tag {
                entry.annotations = (entry.annotations ?? [:]).merging([Self.tagAnnotation: tag]) { $1 }
            }
            index.manifests.append(entry)
        }
    }

    /// The manifest under a tag; nil where there is none.
    package func resolve(tag: String) throws(StorageError) -> Descriptor? {
        try index().manifests.last { $0.annotations?[Self.tagAnnotation] == tag }
    }

    // MARK: - index.json

    private func publish(_ index: ImageIndex) throws(StorageError) {
        try blobs.sync()
        try AtomicFile.replace(root / "index.json", with: Self.encode(index, root))
    }

    private static func encode(_ index: ImageIndex, _ root: HostPath) throws(StorageError) -> [UInt8] {
        do { return try CanonicalJSON.encode(index) } catch {
            throw .notALayout(path: root, reason: "\(error)")
        }
    }

    private static func decode<Value: Decodable>(
        _ bytes: [UInt8], _ root: HostPath, _ what: String
    ) throws(StorageError) -> Value {
        do {
            return try CanonicalJSON.decode(from: bytes, what: what, limit: indexLimit)
        } catch { throw .notALayout(path: root, reason: "\(error)") }
    }
}
