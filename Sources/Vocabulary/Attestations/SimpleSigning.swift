// SPDX-License-Identifier: Apache-2.0

/// What a simple signature signs (containers/image, containers-signature(5), as cosign 2 writes it).
package struct SimpleSigningPayload: Sendable, Equatable {
    package static let type = "cosign container image signature"
    package static let sizeLimit = 1 << 20

    /// `HOST/REPOSITORY[:TAG]`; podman and CRI-O compare it, cosign does not.
    package var reference: String
    package var manifest: Digest

    package init(reference: String, manifest: Digest) {
        self.reference = reference
        self.manifest = manifest
    }

    /// The bytes to sign, equal to cosign's own for the same values.
    package func encode() throws -> [UInt8] {
        try CanonicalJSON.encode(
            [
                "critical": [
                    "identity": ["docker-reference": .string(reference)],
                    "image": ["docker-manifest-digest": .string(manifest.description)],
                    "type": .string(Self.type),
                ], "optional": .null,
            ] as JSONValue)
    }

    /// Reads a payload; it counts only after its signature was checked.
    package init(_ bytes: [UInt8]) throws(CanonicalJSON.ReadError) {
        let wire: Wire = try CanonicalJSON.decode(
            from: bytes, what: "the simple-signing payload", limit: Self.sizeLimit)
        guard wire.critical.type == Self.type else {
            throw .malformed(what: "the simple-signing payload", reason: "its type is not '\(Self.type)'")
        }
        self.init(reference: wire.critical.identity.reference, manifest: wire.critical.image.manifest)
    }

    private struct Wire: Decodable {
        struct Critical: Decodable {
            var identity: Identity
            var image: Image
            var type: String
        }
        struct Identity: Decodable {
            var reference: String
            enum CodingKeys: String, CodingKey { case reference = "docker-reference" }
        }
        struct Image: Decodable {
            var manifest: Digest
            enum CodingKeys: String, CodingKey { case manifest = "docker-manifest-digest" }
        }
        var critical: Critical
    }
}

/// The image that carries simple signatures under the tag `sha256-….sig`, one layer a signature.
package struct SimpleSigningManifest: Sendable, Equatable {
    package static let signatureAnnotation = "dev.cosignproject.cosign/signature"
    /// Signatures that are read at most.
    package static let layerLimit = 256

    package struct Layer: Sendable, Hashable {
        package var payload: Descriptor
        /// Base64 of the ASN.1 DER signature.
        package var signature: String

        package init(payload: Descriptor, signature: String) {
            self.payload = payload
            self.signature = signature
        }
    }

    /// Every layer that was read, also those of others with their annotations.
    package private(set) var layers: [Descriptor]
    /// The configuration that the manifest names; nil where it was not read from one.
    package private(set) var config: Descriptor?

    package init() { layers = [] }

    /// Reads a manifest that stands at such a tag.
    package init(_ bytes: [UInt8]) throws(CanonicalJSON.ReadError) {
        let manifest: ImageManifest = try CanonicalJSON.decode(
            from: bytes, what: "the signature tag's manifest")
        guard manifest.layers.count <= Self.layerLimit else {
            throw .malformed(
                what: "the signature tag's manifest",
                reason: "it has \(manifest.layers.count) layers; at most \(Self.layerLimit) are read")
        }
        layers = manifest.layers
        config = manifest.config
    }

    /// The simple signatures among the layers.
    package var signatures: [Layer] {
        layers.compactMap { layer in
            guard layer.mediaType == .simpleSigning,
                let signature = layer.annotations?[Self.signatureAnnotation]
            else { return nil }
            return Layer(payload: layer.bare, signature: signature)
        }
    }

    /// Adds a signature beside those that are there; nothing of others is lost. Adding one twice changes nothing.
    package mutating func append(_ signature: Attestations.SimpleSignature) {
        let layer = Descriptor(
            signature.payload, mediaType: .simpleSigning,
            annotations: [Self.signatureAnnotation: signature.signature])
        if !layers.contains(layer) { layers.append(layer) }
    }

    /// The configuration blob and the manifest to push, in this order.
    package func encode() throws -> (config: [UInt8], manifest: [UInt8]) {
        let zero = "0001-01-01T00:00:00Z"
        let config = try CanonicalJSON.encode(
            [
                "architecture": "", "config": [:], "created": .string(zero),
                "history": [["created": .string(zero)]],
                "os": "",
                "rootfs": [
                    "type": "layers", "diff_ids": .array(layers.map { .string($0.digest.description) }),
                ],
            ] as JSONValue)
        let manifest = try CanonicalJSON.encode(
            ImageManifest(config: Descriptor(config, mediaType: .imageConfig), layers: layers))
        return (config, manifest)
    }

    /// The tag of a subject's simple signatures, in the subject's own repository.
    package static func tag(of subject: Digest) -> String {
        "\(subject.algorithm.rawValue)-\(subject.hex).sig"
    }
}
