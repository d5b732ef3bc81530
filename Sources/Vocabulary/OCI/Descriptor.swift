// SPDX-License-Identifier: Apache-2.0

/// A typed pointer to content (OCI image-spec, descriptor.md). Unknown members of a descriptor that was read are
/// not kept: what must stay verbatim is kept as bytes.
package struct Descriptor: Hashable, Sendable, Codable {
    package var mediaType: MediaType
    package var digest: Digest
    /// Bytes.
    package var size: Int64
    package var artifactType: MediaType?
    package var platform: Platform?
    package var annotations: [String: String]?

    package init(
        mediaType: MediaType, digest: Digest, size: Int64, artifactType: MediaType? = nil,
        platform: Platform? = nil, annotations: [String: String]? = nil
    ) {
        self.mediaType = mediaType
        self.digest = digest
        self.size = size
        self.artifactType = artifactType
        self.platform = platform
        self.annotations = annotations
    }

    /// The descriptor of these very bytes.
    package init(
        _ bytes: [UInt8], mediaType: MediaType, artifactType: MediaType? = nil, platform: Platform? = nil,
        annotations: [String: String]? = nil
    ) {
        self.init(
            mediaType: mediaType, digest: ContentHasher.digest(of: bytes), size: Int64(bytes.count),
            artifactType: artifactType, platform: platform, annotations: annotations)
    }

    /// The empty JSON object that an artifact without configuration names (image-spec, manifest.md).
    package static let emptyJSON = Descriptor(Array("{}".utf8), mediaType: .empty)
}
