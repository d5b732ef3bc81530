// SPDX-License-Identifier: Apache-2.0

internal import Distribution
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
        var newest: Timestamp?
        for referrer in try await source.referrers(of: manifest) {
            guard
                let artifact: ImageManifest = try? CanonicalJSON.decode(
                    from: try await source.manifest(referrer), what: "a referrer"),
                artifact.artifactType == .sigstoreBundle, let layer = artifact.layers.first,
                let bytes = try? await source.blob(layer, limit: SigstoreBundle.sizeLimit),
                let payload = (try? SigstoreBundle(bytes))?.envelope.payload,
                let header = try? StatementHeader(payload: payload),
                header.predicateType == .provenance, header.isAbout(manifest),
                let statement: Statement<Predicate> = try? CanonicalJSON.decode(
                    from: payload, what: "a provenance", limit: SigstoreBundle.sizeLimit)
            else { continue }
            if let finished = statement.predicate.runDetails?.metadata?.finishedOn {
                newest = max(newest ?? finished, finished)
            }
        }
        return newest
    }
}
