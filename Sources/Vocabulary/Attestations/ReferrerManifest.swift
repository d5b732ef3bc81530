// SPDX-License-Identifier: Apache-2.0

/// The OCI 1.1 manifest that hangs a Sigstore bundle on its subject, in the form that cosign 3 and sigstore's own
/// clients look for.
package enum ReferrerManifest {
    package static let contentAnnotation = "dev.sigstore.bundle.content"
    package static let predicateTypeAnnotation = "dev.sigstore.bundle.predicateType"
    package static let createdAnnotation = "org.opencontainers.image.created"

    /// The manifest's bytes: equal bundle, equal manifest. `created` is the image's own time, never the clock.
    package static func encode(
        bundle: [UInt8], predicateType: PredicateType, subject: Descriptor, created: Timestamp
    ) throws -> [UInt8] {
        try CanonicalJSON.encode(
            ImageManifest(
                config: .emptyJSON, layers: [Descriptor(bundle, mediaType: .sigstoreBundle)],
                artifactType: .sigstoreBundle, subject: subject.bare,
                annotations: [
                    contentAnnotation: "dsse-envelope", predicateTypeAnnotation: predicateType.rawValue,
                    createdAnnotation: created.description,
                ]))
    }
}

extension Descriptor {
    /// Type, digest and size alone: how a manifest names its subject.
    package var bare: Descriptor { Descriptor(mediaType: mediaType, digest: digest, size: size) }
}
