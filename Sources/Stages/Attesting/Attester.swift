// SPDX-License-Identifier: Apache-2.0

package import Vocabulary

/// Signs what is known about an image: for each platform its provenance, bill of materials and test report, and last
/// the signatures of the index and of each platform's manifest.
package struct Attester: Sendable {
    private let key: SigningKey
    private let existing: ExistingEvidence

    /// - Parameter existing: evidence that is published already; what covers a statement is handed back as it is.
    package init(key: SigningKey, existing: ExistingEvidence = .none) {
        self.key = key
        self.existing = existing
    }

    /// Everything about a build of Slipway's own.
    /// - Parameters:
    ///   - sboms: SPDX JSON by the digest of each platform's manifest.
    ///   - tests: one report for each platform; an image that was not tested has a report that says so.
    package func attest(
        image: ComposedImage, facts: BuildFacts, sboms: [Digest: [UInt8]], tests: [TestReport],
        name: SignedName
    ) throws(AttestingError) -> Attestations {
        let builder = ProvenanceBuilder(facts: facts)
        var evidence: [Attestations.Item] = []
        for platform in image.platforms {
            let manifest = platform.manifest
            guard let sbom = sboms[manifest.digest] else { throw .missingBillOfMaterials(manifest.digest) }
            guard let report = tests.first(where: { $0.manifest == manifest.digest }) else {
                throw .missingTestReport(manifest.digest)
            }
            let tested = TestResult(
                report,
                configuration: [
                    ResourceDescriptor(name: facts.definitionName, digest: facts.definition.digest)
                ])
            let payloads: [(PredicateType, [UInt8])] = [
                (.provenance, try encode(.provenance, try builder.provenance(of: platform), manifest, name)),
                (.spdx, try encode(sbom: sbom, manifest, name)),
                (.testResult, try encode(.testResult, tested, manifest, name)),
            ]
            for (type, payload) in payloads {
                evidence.append(try item(type, payload, about: manifest, created: platform.created))
            }
        }
        var attestations = try sign(
            [image.index] + image.platforms.map(\.manifest), created: image.platforms.map(\.created).max(),
            name: name)
        attestations.evidence = evidence
        return attestations
    }

    /// Signatures alone, for an index and its manifests or for any other image.
    /// - Parameter created: the image's own time, recorded in the referrer; nil is the epoch.
    package func sign(
        _ subjects: [Descriptor], created: Timestamp?, name: SignedName
    ) throws(AttestingError) -> Attestations {
        var attestations = Attestations(evidence: [], signatures: [], simpleSignatures: [])
        for subject in subjects {
            let payload = try encode(.signature, EmptyPredicate(), subject, name)
            attestations.signatures.append(
                try item(.signature, payload, about: subject, created: created ?? Timestamp(seconds: 0)))
            attestations.simpleSignatures.append(try simpleSignature(of: subject.digest, name))
        }
        return attestations
    }

    private func item(
        _ type: PredicateType, _ payload: [UInt8], about subject: Descriptor, created: Timestamp
    ) throws(AttestingError) -> Attestations.Item {
        let bundle =
            if let known = existing.bundle(covering: payload, about: subject.digest, by: key) { known } else {
                try key.bundle(signing: payload)
            }
        do {
            return Attestations.Item(
                subject: subject, predicateType: type.rawValue, bundle: bundle,
                manifest: try ReferrerManifest.encode(
                    bundle: bundle, predicateType: type, subject: subject, created: created))
        } catch { throw .encoding("\(error)") }
    }

    private func simpleSignature(
        of subject: Digest, _ name: SignedName
    ) throws(AttestingError) -> Attestations.SimpleSignature {
        let payload: [UInt8]
        do {
            payload = try SimpleSigningPayload(reference: name.identity, manifest: subject).encode()
        } catch { throw .encoding("\(error)") }
        if let known = existing.simpleSignature(over: payload, about: subject, by: key) { return known }
        return Attestations.SimpleSignature(
            subject: subject, payload: payload, signature: Base64.encode(try key.sign(payload)))
    }

    private func encode<Predicate: Codable & Sendable>(
        _ type: PredicateType, _ predicate: Predicate, _ subject: Descriptor, _ name: SignedName
    ) throws(AttestingError) -> [UInt8] {
        do {
            return try Statement(about: name.subject, subject.digest, type, predicate).encode()
        } catch { throw .encoding("\(error)") }
    }

    /// The bill's members as they are, of whatever version of SPDX.
    private func encode(sbom: [UInt8], _ subject: Descriptor, _ name: SignedName) throws(AttestingError)
        -> [UInt8]
    {
        let document: JSONValue
        do throws(CanonicalJSON.ReadError) {
            document = try CanonicalJSON.decode(
                from: sbom, what: "the bill of materials", limit: SigstoreBundle.sizeLimit)
        } catch { throw .encoding(error.description) }
        return try encode(.spdx, document, subject, name)
    }
}
