// SPDX-License-Identifier: Apache-2.0

internal import Archives
internal import CryptoExtras
internal import Vocabulary

/// A public RSA key that may sign indexes and packages of the Alpine family.
struct AlpineKey: Sendable {
    /// Of its file, which signatures call it by: `wolfi-signing.rsa.pub`.
    let name: String
    /// SHA-256 of the key in DER (SubjectPublicKeyInfo).
    let fingerprint: Vocabulary.Digest
    private let key: _RSA.Signing.PublicKey

    struct Flaw: Error { let reason: String }

    /// Reads one key in PEM. Keys below 2,048 bits are refused.
    init(name: String, pem: [UInt8]) throws(Flaw) {
        guard let der = Self.der(String(decoding: pem, as: UTF8.self)) else {
            throw Flaw(reason: "it holds no public key in PEM ('-----BEGIN PUBLIC KEY-----')")
        }
        do {
            key = try _RSA.Signing.PublicKey(derRepresentation: der)
        } catch {
            throw Flaw(reason: "it holds no RSA key of 2048 bits or more")
        }
        self.name = name
        fingerprint = ContentHasher.digest(of: Array(key.derRepresentation))
    }

    /// As a witness names it.
    var signer: String { "\(name) (\(fingerprint))" }

    /// Whether a signature's key name means this key: the file name, with its suffix or without, as keys that were
    /// downloaded may have lost it.
    func isCalled(_ text: String) -> Bool { Self.stem(of: name) == Self.stem(of: text) }

    static func stem(of name: String) -> Substring {
        let suffix = ".rsa.pub"
        return name.hasSuffix(suffix) ? name.dropLast(suffix.count) : name[...]
    }

    /// PKCS #1 v1.5 over a digest of `bytes` (RFC 8017, 8.2.2).
    func verifies(_ signature: [UInt8], _ digest: SignatureDigest, of bytes: [UInt8]) -> Bool {
        let signature = _RSA.Signing.RSASignature(rawRepresentation: signature)
        let padding = _RSA.Signing.Padding.insecurePKCS1v1_5
        return switch digest {
        case .sha1: key.isValidSignature(signature, for: Insecure.SHA1.hash(data: bytes), padding: padding)
        case .sha256: key.isValidSignature(signature, for: SHA256.hash(data: bytes), padding: padding)
        case .sha512: key.isValidSignature(signature, for: SHA512.hash(data: bytes), padding: padding)
        }
    }

    private static func der(_ text: String) -> [UInt8]? {
        let lines = text.split(whereSeparator: \.isNewline).map { line in
            String(line.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
        }
        for kind in ["PUBLIC KEY", "RSA PUBLIC KEY"] {
            guard let start = lines.firstIndex(of: "-----BEGIN \(kind)-----"),
                let end = lines.firstIndex(of: "-----END \(kind)-----"), start < end
            else { continue }
            return Base64.decode(lines[(start + 1)..<end].joined())
        }
        return nil
    }
}

/// How a signature's algorithm hashes what it signs.
enum SignatureDigest: Sendable {
    case sha1, sha256, sha512

    /// `RSA`, `RSA256`, `RSA512`; nil for what is not read (`DSA`).
    init?(algorithm: String) {
        switch algorithm {
        case "RSA": self = .sha1
        case "RSA256": self = .sha256
        case "RSA512": self = .sha512
        default: return nil
        }
    }
}
