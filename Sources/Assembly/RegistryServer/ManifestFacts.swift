// SPDX-License-Identifier: Apache-2.0

internal import Vocabulary

/// What a registry has to know of a manifest whose bytes it keeps verbatim.
struct ManifestFacts: Equatable {
    /// The manifest was pushed as this.
    let mediaType: MediaType
    let outline: ManifestOutline

    /// Most bytes of a manifest that are accepted.
    static let sizeLimit = ManifestOutline.sizeLimit
    /// Most descriptors in one manifest.
    private static let descriptorLimit = 20_000

    /// Blobs that must be in the repository.
    var blobs: [Descriptor] { outline.blobs }
    /// Manifests that must be in the repository.
    var manifests: [Descriptor] { outline.manifests ?? [] }
    var subject: Descriptor? { outline.subject }

    /// Reads `bytes` that were pushed with `contentType`, the Content-Type field as it came.
    init(_ bytes: [UInt8], contentType: String?) throws(RegistryFailure) {
        do throws(CanonicalJSON.ReadError) {
            outline = try ManifestOutline(bytes, what: "the manifest")
        } catch {
            throw RegistryFailure(400, .manifestInvalid, "\(error)")
        }
        mediaType = try Self.mediaType(outline, contentType)
        guard outline.schemaVersion == 2 else {
            throw RegistryFailure(400, .manifestInvalid, "schemaVersion is not 2")
        }
        if mediaType.isIndex {
            guard outline.manifests != nil, outline.config == nil, outline.layers == nil else {
                throw RegistryFailure(
                    400, .manifestInvalid, "an index has manifests, and neither config nor layers")
            }
        } else {
            guard outline.config != nil, outline.manifests == nil else {
                throw RegistryFailure(
                    400, .manifestInvalid, "an image manifest has a config, and no manifests")
            }
        }
        guard blobs.count + manifests.count <= Self.descriptorLimit else {
            throw RegistryFailure(
                400, .manifestInvalid, "more than \(Self.descriptorLimit) layers or manifests in one document"
            )
        }
    }

    private static func mediaType(
        _ outline: ManifestOutline, _ contentType: String?
    ) throws(RegistryFailure) -> MediaType {
        // Parameters ("; charset=utf-8") are no part of the type.
        let pushed = contentType?.prefix { $0 != ";" && $0 != " " }.lowercased()
        if let pushed, let own = outline.mediaType, own.rawValue != pushed {
            throw RegistryFailure(
                400, .manifestInvalid,
                "pushed as \(pushed.prefix(200)), but the manifest says that it is \(own)")
        }
        guard let type = pushed.map(MediaType.init(rawValue:)) ?? outline.mediaType else {
            throw RegistryFailure(
                400, .manifestInvalid, "neither Content-Type nor mediaType says what this is")
        }
        guard type.isIndex || type.isManifest else {
            throw RegistryFailure(
                400, .manifestInvalid,
                "\(type.rawValue.prefix(200)) is neither an OCI nor a Docker (schema 2) manifest or index")
        }
        return type
    }

    /// The entry in the referrers list of the subject.
    func referrer(digest: Digest, size: Int64) -> Descriptor {
        outline.referrer(Descriptor(mediaType: mediaType, digest: digest, size: size))
    }
}
