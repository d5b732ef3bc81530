// SPDX-License-Identifier: Apache-2.0

internal import Crypto
internal import FoundationEssentials
internal import Vocabulary

/// A private ECDSA key on P-256, the one curve that every verifier of bundles and of simple signatures takes.
package struct SigningKey: Sendable {
    private let key: P256.Signing.PrivateKey

    private init(_ key: P256.Signing.PrivateKey) { self.key = key }

    /// A new key from the system's random source.
    package static func generate() -> SigningKey { SigningKey(P256.Signing.PrivateKey()) }

    /// Reads PEM: PKCS#8 (`PRIVATE KEY`) or SEC 1 (`EC PRIVATE KEY`, with or without `EC PARAMETERS` before it).
    /// - Parameter what: names the file in errors.
    package init(pem: [UInt8], what: String = "the key file") throws(AttestingError) {
        guard pem.contains(where: { $0 > 0x20 }) else { throw .emptyKey(what: what) }
        guard pem.count <= 64 << 10 else {
            throw .unreadableKey(what: what, reason: "it has \(pem.count) bytes")
        }
        let text = String(decoding: pem, as: UTF8.self)
        guard !text.contains("-----BEGIN ENCRYPTED"), !text.contains("Proc-Type: 4,ENCRYPTED") else {
            throw .encryptedKey(what: what)
        }
        guard let block = Self.block(of: text) else {
            throw .unreadableKey(what: what, reason: "it holds no PEM block of a private key")
        }
        do {
            key = try P256.Signing.PrivateKey(pemRepresentation: block)
        } catch {
            throw .unreadableKey(what: what, reason: "its PEM block does not hold one")
        }
    }

    /// The first block that is a private key, without what stands around it.
    private static func block(of text: String) -> String? {
        var lines: [Substring] = []
        var end: Substring?
        for line in text.split(whereSeparator: \.isNewline) {
            if let mark = end {
                lines.append(line)
                if line == mark { return lines.joined(separator: "\n") }
            } else if line == "-----BEGIN PRIVATE KEY-----" || line == "-----BEGIN EC PRIVATE KEY-----" {
                lines.append(line)
                end = "-----END" + line.dropFirst("-----BEGIN".count)
            }
        }
        return nil
    }

    /// PKCS#8, unencrypted, with a final line break: the content of `slipway.key`.
    package var privatePEM: [UInt8] { Array(key.pemRepresentation.utf8) + [0x0A] }
    /// SubjectPublicKeyInfo, with a final line break: the content of `slipway.pub`.
    package var publicPEM: [UInt8] { Array(key.publicKey.pemRepresentation.utf8) + [0x0A] }
    /// The name of the key in bundles: base64 of the SHA-256 of its SubjectPublicKeyInfo.
    package var hint: String {
        Base64.encode(ContentHasher.digest(of: Array(key.publicKey.derRepresentation)).bytes)
    }

    /// ECDSA over SHA-256, as ASN.1 DER. Signatures are random by nature.
    package func sign(_ bytes: [UInt8]) throws(AttestingError) -> [UInt8] {
        do {
            return Array(try key.signature(for: bytes).derRepresentation)
        } catch { throw .signingFailed("\(error)") }
    }

    /// Whether this key made the signature.
    package func isSignature(_ signature: [UInt8], of bytes: [UInt8]) -> Bool {
        guard let value = try? P256.Signing.ECDSASignature(derRepresentation: signature) else { return false }
        return key.publicKey.isValidSignature(value, for: bytes)
    }

    /// Signs a statement as a Sigstore bundle.
    package func bundle(signing payload: [UInt8]) throws(AttestingError) -> [UInt8] {
        let signature = try sign(SignedEnvelope.signedBytes(of: payload, type: .inTotoStatement))
        let envelope = SignedEnvelope(payload: payload, payloadType: .inTotoStatement, signature: signature)
        do {
            return try SigstoreBundle(envelope: envelope, keyHint: hint).encode()
        } catch { throw .encoding("\(error)") }
    }
}
