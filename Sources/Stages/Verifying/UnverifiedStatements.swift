// SPDX-License-Identifier: Apache-2.0

package import Vocabulary

extension FoundEvidence {
    /// Statements of one type about one digest as they stand there: nobody's word, for showing and never for deciding.
    package func unverified(_ type: PredicateType, about subject: Digest) -> [JudgedEvidence.Attestation] {
        bundles.compactMap { found in
            guard let bundle = try? SigstoreBundle(found.bytes),
                bundle.envelope.payloadType == .inTotoStatement,
                let header = try? StatementHeader(payload: bundle.envelope.payload),
                header.predicateType == type, header.isAbout(subject)
            else { return nil }
            return JudgedEvidence.Attestation(
                place: found.place, header: header, payload: bundle.envelope.payload)
        }
    }
}
