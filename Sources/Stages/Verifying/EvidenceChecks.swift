// SPDX-License-Identifier: Apache-2.0

package import Vocabulary

/// The checks that need nothing but the judged evidence of one manifest or index.
package struct EvidenceChecks: Sendable {
    let judged: JudgedEvidence
    let keyHint: String

    package init(_ judged: JudgedEvidence, key: VerificationKey) {
        self.judged = judged
        self.keyHint = key.hint
    }

    /// A signature is cosign's signature statement or a simple signature, by this key, about this digest. Nothing
    /// else is one: an attestation says something about an image, it does not release it.
    package var signature: Verdict.Check {
        let good = judged.attestations(.signature).map(\.place) + judged.simpleSignatures
        let expected = "a signature by the key \(keyHint)"
        guard good.isEmpty else { return check("signature", true, expected, good.joined(separator: "; ")) }
        let others = judged.attestations.map {
            "\($0.place): an attestation (\($0.header.predicateType)), which is no signature"
        }
        let all = others + judged.refusals.map(\.description)
        return check(
            "signature", false, expected,
            all.isEmpty ? "none: the image is not signed" : all.joined(separator: "; "))
    }

    /// Everything that claims to be this key's is whole, in-toto, and about this digest.
    package var attestations: Verdict.Check {
        let fatal = judged.refusals.filter(\.isFatal)
        let foreign = judged.refusals.count - fatal.count
        let found =
            "\(judged.attestations.count) by this key\(foreign > 0 ? ", \(foreign) of others, which count for nothing" : "")"
        return check(
            "attestations", fatal.isEmpty,
            "every attestation that names this key is good and about this digest",
            fatal.isEmpty ? found : fatal.map(\.description).joined(separator: "; "))
    }

    /// The presence of one predicate type; nil where there is one to look into.
    func missing(_ name: String, _ type: PredicateType) -> Verdict.Check? {
        guard judged.attestations(type).isEmpty else { return nil }
        let others = judged.refusals.map(\.description)
        return check(
            name, false, "an attestation (\(type)) by this key",
            others.isEmpty ? "none" : "none; \(others.joined(separator: "; "))")
    }

    func check(_ name: String, _ passed: Bool, _ expected: String, _ found: String) -> Verdict.Check {
        Verdict.Check(
            name, subject: judged.subject, outcome: passed ? .passed : .failed, expected: expected,
            found: found)
    }
}
