// SPDX-License-Identifier: Apache-2.0

package import Vocabulary

/// What stands beside an image already. Signatures are random, so what says the same by the same key is kept: signing
/// twice publishes nothing new.
package struct ExistingEvidence: Sendable {
    /// The bundles' bytes by the digest of what they refer to.
    package var bundles: [Digest: [[UInt8]]]
    package var simpleSignatures: [Digest: [Attestations.SimpleSignature]]

    package static let none = ExistingEvidence(bundles: [:], simpleSignatures: [:])

    package init(bundles: [Digest: [[UInt8]]], simpleSignatures: [Digest: [Attestations.SimpleSignature]]) {
        self.bundles = bundles
        self.simpleSignatures = simpleSignatures
    }

    /// The first bundle of this key that says what `payload` would say about this subject.
    package func bundle(covering payload: [UInt8], about subject: Digest, by key: SigningKey) -> [UInt8]? {
        guard let wanted = Meaning(of: payload), wanted.subject == subject else { return nil }
        return (bundles[subject] ?? []).first { bytes in
            guard let bundle = try? SigstoreBundle(bytes), bundle.envelope.payloadType == .inTotoStatement,
                key.isSignature(bundle.envelope.signature, of: bundle.envelope.signedBytes)
            else { return false }
            return bundle.envelope.payload == payload || Meaning(of: bundle.envelope.payload) == wanted
        }
    }

    /// The simple signature of this key over this very payload.
    package func simpleSignature(over payload: [UInt8], about subject: Digest, by key: SigningKey)
        -> Attestations.SimpleSignature?
    {
        (simpleSignatures[subject] ?? []).first { existing in
            guard existing.payload == payload, let signature = Base64.decode(existing.signature) else {
                return false
            }
            return key.isSignature(signature, of: payload)
        }
    }

    /// What two statements must agree in to say the same. Times of a run and the runtime's version are not part of it;
    /// the build key, a test's outcome and every word of a bill of materials are.
    private struct Meaning: Equatable {
        let subject: Digest
        let predicateType: PredicateType
        let detail: [String]

        init?(of payload: [UInt8]) {
            guard let header = try? StatementHeader(payload: payload), header.subject.count == 1,
                let subject = header.subject[0].sha256, let name = header.subject[0].name
            else { return nil }
            self.subject = subject
            predicateType = header.predicateType
            switch header.predicateType {
            case .signature: detail = [name]
            case .provenance:
                guard let build = try? Self.decode(Provenance.self, payload).buildDefinition,
                    let inputs = build.externalParameters.inputs.sha256
                else { return nil }
                detail = [name, build.internalParameters.buildKey.description, inputs.description]
            case .testResult:
                guard let report = try? Self.decode(TestResult.self, payload).report else { return nil }
                detail =
                    [name, report.outcome.rawValue]
                    + report.results.flatMap { [$0.name, $0.outcome.rawValue] }
            default: detail = [Base64.encode(payload)]
            }
        }

        private static func decode<Predicate: Codable & Sendable>(
            _ type: Predicate.Type, _ payload: [UInt8]
        ) throws -> Predicate {
            try CanonicalJSON.decode(
                Statement<Predicate>.self, from: payload, what: "the statement",
                limit: SigstoreBundle.sizeLimit
            ).predicate
        }
    }
}
