// SPDX-License-Identifier: Apache-2.0

/// Signed evidence about one image, ready to be published: bundles as referrers, cosign's tag beside them.
package struct Attestations: Sendable, Equatable {
    /// One Sigstore bundle and the manifest that makes it a referrer of its subject.
    package struct Item: Sendable, Equatable {
        package var subject: Descriptor
        package var predicateType: String
        /// The bundle's bytes (JSON, v0.3).
        package var bundle: [UInt8]
        /// The referrer manifest's bytes.
        package var manifest: [UInt8]

        package init(subject: Descriptor, predicateType: String, bundle: [UInt8], manifest: [UInt8]) {
            self.subject = subject
            self.predicateType = predicateType
            self.bundle = bundle
            self.manifest = manifest
        }
    }

    /// Provenance, SBOM and test report, for each platform.
    package var evidence: [Item]
    /// Signatures of the index and of each platform's manifest; published last.
    package var signatures: [Item]
    /// cosign's `sha256-….sig` tags: payload and manifest, for each signed subject.
    package var simpleSignatures: [SimpleSignature]

    package init(evidence: [Item], signatures: [Item], simpleSignatures: [SimpleSignature]) {
        self.evidence = evidence
        self.signatures = signatures
        self.simpleSignatures = simpleSignatures
    }

    /// One simple-signing signature (the form that podman, CRI-O and older policy engines read).
    package struct SimpleSignature: Sendable, Equatable {
        package var subject: Digest
        package var payload: [UInt8]
        /// Base64 of the ASN.1 DER signature.
        package var signature: String

        package init(subject: Digest, payload: [UInt8], signature: String) {
            self.subject = subject
            self.payload = payload
            self.signature = signature
        }
    }
}
