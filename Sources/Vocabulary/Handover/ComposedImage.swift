// SPDX-License-Identifier: Apache-2.0

/// A finished image: an index with one manifest for each architecture. Every blob it names is in the content store.
package struct ComposedImage: Sendable, Equatable, Codable {
    package var index: Descriptor
    package var platforms: [PlatformImage]
    package var diagnostics: [Diagnostic]

    package init(index: Descriptor, platforms: [PlatformImage], diagnostics: [Diagnostic]) {
        self.index = index
        self.platforms = platforms
        self.diagnostics = diagnostics
    }
}

/// One platform's image.
package struct PlatformImage: Sendable, Equatable, Codable {
    package struct Layer: Sendable, Equatable, Codable {
        package var descriptor: Descriptor
        /// Digest of the uncompressed tar.
        package var diffID: Digest
        /// Bytes of the uncompressed tar.
        package var uncompressedSize: Int64

        package init(descriptor: Descriptor, diffID: Digest, uncompressedSize: Int64) {
            self.descriptor = descriptor
            self.diffID = diffID
            self.uncompressedSize = uncompressedSize
        }
    }

    package var architecture: Architecture
    package var manifest: Descriptor
    package var config: Descriptor
    package var layers: [Layer]
    /// The newest data member's time: the image's `created`.
    package var created: Timestamp
    /// Every file of the image with the package that owns it, sorted by path.
    package var files: [ComposedFile]

    package init(
        architecture: Architecture, manifest: Descriptor, config: Descriptor, layers: [Layer],
        created: Timestamp,
        files: [ComposedFile]
    ) {
        self.architecture = architecture
        self.manifest = manifest
        self.config = config
        self.layers = layers
        self.created = created
        self.files = files
    }
}

extension PlatformImage {
    /// Regular files and links: everything but directories.
    package var fileCount: Int { files.count { $0.kind != .directory } }
}

/// One entry of the finished tree.
package struct ComposedFile: Sendable, Hashable, Codable {
    package enum Kind: String, Sendable, Hashable, Codable { case file, directory, symlink, hardlink }

    /// Who put it there.
    package enum Owner: Sendable, Hashable, Codable {
        case package(PackageName)
        /// The definition's `files`, `paths` or `accounts`.
        case definition
        /// A rule table of the family, by the rule's name.
        case rule(String)
    }

    package var path: ImagePath
    package var kind: Kind
    package var mode: UInt16
    package var uid: UInt32
    package var gid: UInt32
    /// Bytes of a regular file, else 0.
    package var size: Int64
    /// Of a regular file's content.
    package var digest: Digest?
    /// Target of a symbolic or hard link.
    package var target: String?
    package var owner: Owner

    package init(
        path: ImagePath, kind: Kind, mode: UInt16, uid: UInt32, gid: UInt32, size: Int64, digest: Digest?,
        target: String?, owner: Owner
    ) {
        self.path = path
        self.kind = kind
        self.mode = mode
        self.uid = uid
        self.gid = gid
        self.size = size
        self.digest = digest
        self.target = target
        self.owner = owner
    }
}

extension ComposedImage {
    /// Every blob of the image: index, manifests, configurations, layers.
    package var blobs: [Descriptor] {
        [index] + platforms.flatMap { [$0.manifest, $0.config] + $0.layers.map(\.descriptor) }
    }
}
