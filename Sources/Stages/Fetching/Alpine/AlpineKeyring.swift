// SPDX-License-Identifier: Apache-2.0

internal import Archives
internal import Vocabulary

/// The keys that a definition trusts: exactly these.
struct AlpineKeyring: Sendable {
    let keys: [AlpineKey]
    /// What was found out while they were gathered; told once a run.
    var diagnostics: [Diagnostic] = []

    var silent: AlpineKeyring { AlpineKeyring(keys: keys) }

    /// What the signatures of one file are worth.
    struct Judgement: Equatable {
        /// Of the trusted keys whose signatures hold, in the order of their signatures, each once.
        var signers: [String] = []
        /// Whether nothing better than SHA-1 vouches.
        var isWeak = true
        /// Names of the keys that are not trusted.
        var strangers: [String] = []
    }

    struct BadSignature: Error, Equatable {
        let key: String
        let algorithm: String
    }

    /// Signatures by keys that are not here, and of algorithms that are not read, are passed over. Deliberate: one by a
    /// key that is here must hold, even where another does; whoever can put a broken signature of a trusted key before
    /// the bytes has changed the file after it was signed.
    func judge(_ signatures: [ApkSignature], of bytes: [UInt8]) throws(BadSignature) -> Judgement {
        var judgement = Judgement()
        for signature in signatures {
            let known = keys.filter { $0.isCalled(signature.key) }
            guard let digest = SignatureDigest(algorithm: signature.algorithm), !known.isEmpty else {
                judgement.strangers.append(signature.key)
                continue
            }
            guard let key = known.first(where: { $0.verifies(signature.bytes, digest, of: bytes) }) else {
                throw BadSignature(key: signature.key, algorithm: signature.algorithm)
            }
            if digest != .sha1 { judgement.isWeak = false }
            if !judgement.signers.contains(key.signer) { judgement.signers.append(key.signer) }
        }
        return judgement
    }
}
