// SPDX-License-Identifier: Apache-2.0

package import Vocabulary

/// Decides which of the evidence that was found is this key's, and what it is about. Every bundle and every simple
/// signature is looked at: no form of storage hides another, and what others put there never counts.
package struct EvidenceJudge: Sendable {
    package let key: VerificationKey

    package init(key: VerificationKey) { self.key = key }

    package func judge(_ found: FoundEvidence, about subject: Digest) -> JudgedEvidence {
        var judged = JudgedEvidence(subject: subject)
        for damage in found.damage { judged.refusals.append(.init(damage.place, .damaged(damage.reason))) }
        for bundle in found.bundles { judge(bundle, into: &judged) }
        for simple in found.simpleSignatures { judge(simple, into: &judged) }
        return judged
    }

    private func judge(_ found: FoundEvidence.Bundle, into judged: inout JudgedEvidence) {
        let bundle: SigstoreBundle
        do throws(SigstoreBundle.ReadError) {
            bundle = try SigstoreBundle(found.bytes)
        } catch {
            let keyless = error == .keyless || error == .noEnvelope
            judged.refusals.append(
                .init(found.place, keyless ? .foreign(error.description) : .malformed(error.description)))
            return
        }
        let envelope = bundle.envelope
        guard key.isSignature(envelope.signature, of: envelope.signedBytes) else {
            judged.refusals.append(
                .init(
                    found.place,
                    bundle.keyHint == key.hint ? .badSignature : .foreign("signed by another key")))
            return
        }
        // From here on the key's owner says it, byte for byte.
        guard envelope.payloadType == .inTotoStatement else {
            judged.refusals.append(.init(found.place, .payloadType(envelope.payloadType)))
            return
        }
        do throws(StatementHeader.ReadError) {
            let header = try StatementHeader(payload: envelope.payload)
            let attestation = JudgedEvidence.Attestation(
                place: found.place, header: header, payload: envelope.payload)
            if header.isAbout(judged.subject) {
                judged.attestations.append(attestation)
            } else {
                judged.refusals.append(
                    .init(
                        found.place, .otherSubject(header.predicateType, header.subject.compactMap(\.sha256)))
                )
            }
        } catch { judged.refusals.append(.init(found.place, .malformed(error.description))) }
    }

    private func judge(_ found: FoundEvidence.Simple, into judged: inout JudgedEvidence) {
        guard let signature = Base64.decode(found.signature) else {
            judged.refusals.append(.init(found.place, .foreign("a signature that is not base64")))
            return
        }
        guard key.isSignature(signature, of: found.payload) else {
            judged.refusals.append(.init(found.place, .foreign("not signed by this key")))
            return
        }
        do throws(CanonicalJSON.ReadError) {
            let payload = try SimpleSigningPayload(found.payload)
            if payload.manifest == judged.subject {
                judged.simpleSignatures.append(found.place)
            } else {
                judged.refusals.append(.init(found.place, .otherSubject(.signature, [payload.manifest])))
            }
        } catch { judged.refusals.append(.init(found.place, .malformed(error.description))) }
    }
}

/// Evidence after its signatures were checked.
package struct JudgedEvidence: Sendable {
    /// A statement of this key about the subject; its payload is what was signed.
    package struct Attestation: Sendable {
        package var place: String
        package var header: StatementHeader
        package var payload: [UInt8]

        package init(place: String, header: StatementHeader, payload: [UInt8]) {
            self.place = place
            self.header = header
            self.payload = payload
        }
    }

    /// Something that does not count, and why.
    package struct Refusal: Sendable, Equatable {
        package enum Reason: Sendable, Equatable {
            /// Somebody else's; it neither helps nor harms.
            case foreign(String)
            /// Its bytes are not what its descriptor names, or not there.
            case damaged(String)
            case malformed(String)
            /// It names this key, and the signature is not the key's.
            case badSignature
            /// Signed by this key, for another purpose than an in-toto statement.
            case payloadType(MediaType)
            /// Signed by this key, about something else.
            case otherSubject(PredicateType, [Digest])
        }

        package var place: String
        package var reason: Reason

        package init(_ place: String, _ reason: Reason) {
            self.place = place
            self.reason = reason
        }

        /// Whether the image is refused for it.
        package var isFatal: Bool { if case .foreign = reason { false } else { true } }
    }

    package let subject: Digest
    package var attestations: [Attestation] = []
    /// Places of good simple signatures.
    package var simpleSignatures: [String] = []
    package var refusals: [Refusal] = []

    package init(subject: Digest) { self.subject = subject }

    package func attestations(_ type: PredicateType) -> [Attestation] {
        attestations.filter { $0.header.predicateType == type }
    }
}

extension JudgedEvidence.Refusal: CustomStringConvertible {
    package var description: String {
        switch reason {
        case .foreign(let text), .damaged(let text), .malformed(let text): return "\(place): \(text)"
        case .badSignature: return "\(place): names this key, but the signature is not this key's"
        case .payloadType(let type):
            return "\(place): signs a payload of the type '\(type)', not an in-toto statement"
        case .otherSubject(let type, let digests):
            let others = digests.prefix(3).map(\.description).joined(separator: ", ")
            return "\(place): \(type == .signature ? "a signature" : "an attestation (\(type))") of \(others)"
        }
    }
}
