// SPDX-License-Identifier: Apache-2.0

internal import Distribution
internal import Verifying
internal import Vocabulary

/// When an image's build ended, as provenance beside it says. No signature is checked: this is for showing an age, and
/// nothing is decided from it.
enum BuildTime {
    /// What is read of anybody's SLSA provenance.
    private struct Predicate: Codable, Sendable {
        struct Details: Codable { var metadata: Metadata? }
        struct Metadata: Codable { var finishedOn: Timestamp? }
        var runDetails: Details?
    }

    /// The newest that any readable provenance of the manifest names; nil where none does.
    static func finished(_ manifest: Digest, in source: any ImageSource) async throws -> Timestamp? {
        let evidence = try await EvidenceReader(source: source) { _ in }.evidence(of: manifest)
        return evidence.unverified(.provenance, about: manifest).compactMap { found in
            let statement: Statement<Predicate>? = try? CanonicalJSON.decode(
                from: found.payload, what: "a provenance", limit: SigstoreBundle.sizeLimit)
            return statement?.predicate.runDetails?.metadata?.finishedOn
        }.max()
    }
}
