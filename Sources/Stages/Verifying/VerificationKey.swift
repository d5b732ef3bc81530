// SPDX-License-Identifier: Apache-2.0

internal import Crypto
internal import FoundationEssentials
internal import Vocabulary

/// The public ECDSA key on P-256 by which an image is verified.
package struct VerificationKey: Sendable {
    private let key: P256.Signing.PublicKey

    /// Reads PEM (`PUBLIC KEY`, SubjectPublicKeyInfo), exactly one block.
    /// - Parameter what: names the file in errors.
    package init(pem: [UInt8], what: String = "the key file") throws(VerifyingError) {
        guard pem.contains(where: { $0 > 0x20 }) else { throw .emptyKey(what: what) }
        guard pem.count <= 64 << 10 else {
            throw .unreadableKey(what: what, reason: "it has \(pem.count) bytes")
        }
        let lines = String(decoding: pem, as: UTF8.self).split(whereSeparator: \.isNewline)
        guard !lines.contains(where: { $0.hasPrefix("-----BEGIN") && $0.hasSuffix("PRIVATE KEY-----") })
        else {
            throw .privateKey(what: what)
        }
        let begins = lines.indices.filter { lines[$0].hasPrefix("-----BEGIN") }
        guard begins.count == 1, lines[begins[0]] == "-----BEGIN PUBLIC KEY-----" else {
            throw .unreadableKey(
                what: what, reason: "it holds \(begins.count) PEM blocks, and one is expected")
        }
        do {
            key = try P256.Signing.PublicKey(pemRepresentation: lines[begins[0]...].joined(separator: "\n"))
        } catch {
            throw .unreadableKey(what: what, reason: "its PEM block does not hold one")
        }
    }

    /// The name of the key in bundles: base64 of the SHA-256 of its SubjectPublicKeyInfo.
    package var hint: String { Base64.encode(ContentHasher.digest(of: Array(key.derRepresentation)).bytes) }

    /// Whether the signature (ASN.1 DER, over SHA-256) of these bytes was made by this key's owner.
    package func isSignature(_ signature: [UInt8], of bytes: [UInt8]) -> Bool {
        guard let value = try? P256.Signing.ECDSASignature(derRepresentation: signature) else { return false }
        return key.isValidSignature(value, for: bytes)
    }
}
