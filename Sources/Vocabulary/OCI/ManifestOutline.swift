// SPDX-License-Identifier: Apache-2.0

/// What a manifest or an index points at, read before it is known which of the two it is. The bytes stay what counts:
/// an outline is never written.
package struct ManifestOutline: Hashable, Sendable, Decodable {
    package let schemaVersion: Int?
    /// What the document says of itself; OCI's may say nothing.
    package let mediaType: MediaType?
    /// The document's own; for how others see it use `referrer(_:)`.
    package let artifactType: MediaType?
    package let config: Descriptor?
    package let layers: [Descriptor]?
    package let manifests: [Descriptor]?
    package let subject: Descriptor?
    package let annotations: [String: String]?

    /// Most bytes of a manifest that are read (distribution-spec, "Pushing Manifests").
    package static let sizeLimit = 4 << 20

    /// Reads untrusted bytes; `what` names them in the error.
    package init(_ bytes: [UInt8], what: String) throws(CanonicalJSON.ReadError) {
        self = try CanonicalJSON.decode(from: bytes, what: what, limit: Self.sizeLimit)
    }

    /// Config and layers, without those that no registry keeps.
    package var blobs: [Descriptor] {
        (config.map { [$0] } ?? []) + (layers ?? []).filter(\.isDistributed)
    }

    /// The document's descriptor as the referrers list of its subject shows it (distribution-spec, "Listing
    /// Referrers"): an image manifest without artifactType has its config's media type; annotations are copied.
    package func referrer(_ descriptor: Descriptor) -> Descriptor {
        Descriptor(
            mediaType: descriptor.mediaType, digest: descriptor.digest, size: descriptor.size,
            artifactType: artifactType ?? config?.mediaType, annotations: annotations)
    }
}

extension Descriptor {
    /// False for layers that are fetched from elsewhere (image-spec, layer.md, "Non-Distributable Layers"; Docker's
    /// foreign layers).
    package var isDistributed: Bool {
        !mediaType.rawValue.contains(".nondistributable.") && !mediaType.rawValue.contains(".foreign.")
    }
}
