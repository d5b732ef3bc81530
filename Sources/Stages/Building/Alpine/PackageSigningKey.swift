// SPDX-License-Identifier: Apache-2.0

internal import Archives
internal import CryptoExtras
internal import FoundationEssentials
internal import Vocabulary

/// A private RSA key with the name by which repositories know the public one. Its signatures are PKCS #1 v1.5, the only
/// padding that readers of packages know, and so the same every time.
package struct PackageSigningKey: Sendable {
    /// How a signature is made.
    package enum Scheme: String, Sendable {
        /// SHA-256: apk-tools since 2.7.0, apko and Slipway read it.
        case rsa256 = "RSA256"
        /// SHA-1: what abuild still makes, and the only one that apk-tools before 2.7.0 reads.
        case rsaSHA1 = "RSA"
    }

    /// The file name of the public key, which is how readers find it: `slipway.rsa.pub`.
    package let name: String
    private let key: _RSA.Signing.PrivateKey

    /// A new key from the system's random source. Throws `signingFailed` where that fails.
    package static func generate(bits: Int = 4096, name: String) throws(BuildingError) -> PackageSigningKey {
        do {
            return PackageSigningKey(
                name: name, key: try _RSA.Signing.PrivateKey(keySize: .init(bitCount: bits)))
        } catch { throw .signingFailed("no key was made: \(error)") }
    }

    /// Reads PEM: PKCS #1 (`RSA PRIVATE KEY`) or PKCS #8 (`PRIVATE KEY`), 2048 bits and more.
    /// - Parameter what: names the file in errors.
    package init(pem: [UInt8], name: String, what: String) throws(BuildingError) {
        let text = String(decoding: pem, as: UTF8.self)
        guard !text.contains("-----BEGIN ENCRYPTED"), !text.contains("Proc-Type: 4,ENCRYPTED") else {
            throw .unreadableKey(what: what, reason: "it is encrypted; give it unencrypted")
        }
        do {
            key = try _RSA.Signing.PrivateKey(pemRepresentation: text)
        } catch {
            throw .unreadableKey(
                what: what, reason: "expected PEM with RSA PRIVATE KEY or PRIVATE KEY, of at least 2048 bits")
        }
        self.name = name
    }

    private init(name: String, key: _RSA.Signing.PrivateKey) {
        self.name = name
        self.key = key
    }

    /// PKCS #1, as abuild and melange write and read it.
    package var privatePEM: [UInt8] { Self.closed(key.pemRepresentation) }
    /// SubjectPublicKeyInfo: what stands in `/etc/apk/keys`.
    package var publicPEM: [UInt8] { Self.closed(key.publicKey.pemRepresentation) }

    private static func closed(_ pem: String) -> [UInt8] {
        Array(pem.utf8) + (pem.hasSuffix("\n") ? [] : [0x0A])
    }

    /// Throws `signingFailed` where the library does.
    package func sign(_ bytes: [UInt8], _ scheme: Scheme) throws(BuildingError) -> [UInt8] {
        do {
            let signature =
                switch scheme {
                case .rsa256: try key.signature(for: SHA256.hash(data: bytes), padding: .insecurePKCS1v1_5)
                case .rsaSHA1:
                    try key.signature(for: Insecure.SHA1.hash(data: bytes), padding: .insecurePKCS1v1_5)
                }
            return Array(signature.rawRepresentation)
        } catch { throw .signingFailed("\(error)") }
    }
}

extension PackageSigningKey {
    /// Whether one of the signatures is this key's and holds. For an index that may be continued, and for nothing else:
    /// what others made is verified against keyrings.
    func hasSigned(_ bytes: [UInt8], _ signatures: [ApkSignature]) -> Bool {
        signatures.contains { signature in
            // RSA with PKCS #1 v1.5 says the same thing every time, so that making it again verifies it.
            signature.key == name
                && Scheme(rawValue: signature.algorithm).flatMap { try? sign(bytes, $0) } == signature.bytes
        }
    }
}
