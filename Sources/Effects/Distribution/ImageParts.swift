// SPDX-License-Identifier: Apache-2.0

internal import Vocabulary

/// Everything that an image consists of, in the order in which it can be pushed: a manifest stands behind what it
/// names.
struct ImageParts: Sendable {
    struct Manifest: Sendable {
        let descriptor: Descriptor
        let bytes: [UInt8]
        let outline: ManifestOutline
        /// Where it stands beside its digest.
        var tag: ImageReference.Tag?
    }

    /// How much of somebody else's image is followed.
    static let limits = (depth: 4, manifests: 2_000, manifestBytes: 128 << 20, blobs: 20_000)

    private(set) var manifests: [Manifest] = []
    private(set) var blobs: [Descriptor] = []
    private var seen: Set<Digest> = []
    private var seenBlobs: Set<Digest> = []
    private var manifestBytes = 0

    /// The image that `root` stands for; `reading` hands out verified bytes.
    init(_ root: Descriptor, reading: (Descriptor) async throws -> [UInt8]) async throws {
        try await add(root, reading: reading)
    }

    /// Adds a manifest after everything that it names.
    mutating func add(
        _ descriptor: Descriptor, tag: ImageReference.Tag? = nil, depth: Int = 0,
        reading: (Descriptor) async throws -> [UInt8]
    ) async throws {
        guard seen.insert(descriptor.digest).inserted else { return }
        guard depth < Self.limits.depth, seen.count <= Self.limits.manifests else {
            throw DistributionError.badManifest(
                what: "\(descriptor.digest)",
                reason:
                    "indexes stand in one another deeper than \(Self.limits.depth) times, or name more than "
                    + "\(Self.limits.manifests) manifests")
        }
        let bytes = try await reading(descriptor)
        manifestBytes += bytes.count
        let outline: ManifestOutline
        do throws(CanonicalJSON.ReadError) {
            outline = try ManifestOutline(bytes, what: "\(descriptor.digest)")
        } catch { throw DistributionError.badManifest(what: "\(descriptor.digest)", reason: "\(error)") }
        for child in outline.manifests ?? [] {
            try await add(child, depth: depth + 1, reading: reading)
        }
        for blob in outline.blobs where seenBlobs.insert(blob.digest).inserted { blobs.append(blob) }
        guard blobs.count <= Self.limits.blobs, manifestBytes <= Self.limits.manifestBytes else {
            throw DistributionError.badManifest(
                what: "\(descriptor.digest)",
                reason: "it names more than \(Self.limits.blobs) blobs, or its manifests have more than "
                    + "\(Self.limits.manifestBytes >> 20) MiB")
        }
        manifests.append(Manifest(descriptor: descriptor, bytes: bytes, outline: outline, tag: tag))
    }

    /// Adds what refers to the manifests: referrers, what refers to those, and cosign's `.sig` tags.
    mutating func addAttachments(from source: some ImageSource) async throws {
        var next = 0
        while next < manifests.count {
            let subject = manifests[next].descriptor.digest
            next += 1
            for referrer in try await source.referrers(of: subject) {
                try await add(referrer) { try await source.manifest($0) }
            }
            if let signatures = try await source.signatureManifest(of: subject) {
                try await add(signatures, tag: ReferrerTags.signatures(of: subject)) {
                    try await source.manifest($0)
                }
            }
        }
    }
}
