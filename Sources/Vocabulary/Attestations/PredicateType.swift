// SPDX-License-Identifier: Apache-2.0

/// What an in-toto statement says about its subject: a URI. An open set with those that Slipway writes or reads.
package struct PredicateType: RawRepresentable, Hashable, Sendable, Codable, CustomStringConvertible {
    package let rawValue: String
    package init(rawValue: String) { self.rawValue = rawValue }
    package var description: String { rawValue }

    /// cosign's signature statement: the only statement that counts as a signature.
    package static let signature = Self(rawValue: "https://sigstore.dev/cosign/sign/v1")
    /// SLSA provenance; the same URI for 1.0, 1.1 and 1.2 of the specification.
    package static let provenance = Self(rawValue: "https://slsa.dev/provenance/v1")
    /// An SPDX document as predicate (what cosign calls `spdxjson`).
    package static let spdx = Self(rawValue: "https://spdx.dev/Document")
    /// in-toto's test result.
    package static let testResult = Self(rawValue: "https://in-toto.io/attestation/test-result/v0.1")

    /// The evidence that each platform of an image carries beside its signature.
    package static let evidence: [Self] = [.provenance, .spdx, .testResult]
}

/// The URIs that identify Slipway in what it signs. Nothing is fetched from them; Documentation/concepts/evidence.md
/// says what each of them promises.
package enum SlipwayURI {
    /// SLSA `buildType`: packages composed to an image from one `inputs` artifact.
    package static let buildType = "https://slipway.example/build/image/v1"
    /// SLSA `buildType`: sources built to packages by a recipe, from one archive of inputs.
    package static let packageBuildType = "https://slipway.example/build/package/v1"
    /// SLSA `builder.id` of a run of the command on a machine of the signer's: never claims more than the key does.
    package static let localBuilder = "https://slipway.example/builder/local"
    /// The root of document namespaces of bills of materials.
    package static let documents = "https://slipway.example/spdx"
}
