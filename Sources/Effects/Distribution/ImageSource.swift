// SPDX-License-Identifier: Apache-2.0

package import Storage
package import Vocabulary

/// Where an image is read from: a registry, a layout directory, an archive. Everything it hands out was checked
/// against its digest. Functions throw `DistributionError`, or `CancellationError`.
package protocol ImageSource: Sendable {
    /// The manifest or index that a tag stands for, or, without a tag, the one that the source was opened for. Nil
    /// where there is no such tag.
    func resolve(_ tag: ImageReference.Tag?) async throws -> Descriptor?
    /// The bytes of a manifest or an index, at most 4 MiB.
    func manifest(_ descriptor: Descriptor) async throws -> [UInt8]
    /// The bytes of a small blob.
    func blob(_ descriptor: Descriptor, limit: Int) async throws -> [UInt8]
    /// Puts a blob into a store, in pieces; nothing happens where the store has it.
    func fetch(_ descriptor: Descriptor, into store: ContentStore) async throws
    /// The manifests that name `subject`. Their artifactType and annotations are hints: fallback tags that other
    /// programs wrote lack or falsify them, so open what matters.
    func referrers(of subject: Digest) async throws -> [Descriptor]
}

extension ImageSource {
    /// The manifest or index that the source was opened for.
    package func root() async throws -> Descriptor {
        guard let root = try await resolve(nil) else { throw DistributionError.notFound(what: "the image") }
        return root
    }

    /// The manifest with cosign's simple signatures of `subject`, which stands at the tag `sha256-<hex>.sig`.
    package func signatureManifest(of subject: Digest) async throws -> Descriptor? {
        try await resolve(ReferrerTags.signatures(of: subject))
    }
}

/// The tags at which what belongs to a digest is found where there is no referrers API.
package enum ReferrerTags {
    /// `sha256-<hex>`: an index of the referrers (distribution-spec, "Referrers Tag Schema").
    package static func fallback(of subject: Digest) -> ImageReference.Tag { tag(subject, "") }

    /// `sha256-<hex>.sig`: cosign's simple signatures.
    package static func signatures(of subject: Digest) -> ImageReference.Tag { tag(subject, ".sig") }

    /// Whether a tag is one of these, or cosign's `.att` or `.sbom`: no image of its own.
    package static func isAttached(_ tag: String) -> Bool {
        guard tag.hasPrefix("sha256-") else { return false }
        let rest = tag.dropFirst(7).split(separator: ".", maxSplits: 1)
        return rest.first.map { (try? Digest(hex: $0)) != nil } ?? false
    }

    private static func tag(_ subject: Digest, _ suffix: String) -> ImageReference.Tag {
        // The scheme cuts the hash value to 64 digits, so this always fits the grammar of tags.
        let text = "\(subject.algorithm.rawValue)-\(subject.hex.prefix(64))\(suffix)"
        guard let tag = try? ImageReference.Tag(text) else { preconditionFailure("\(text) is a tag") }
        return tag
    }
}
