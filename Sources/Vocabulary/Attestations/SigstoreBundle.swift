// SPDX-License-Identifier: Apache-2.0

/// A Sigstore bundle, version 0.3, around one DSSE envelope that a plain key signed
/// (protobuf-specs, sigstore_bundle.proto; JSON by proto3's rules).
package struct SigstoreBundle: Sendable, Equatable {
    package let envelope: SignedEnvelope
    /// Which key signed, as the bundle says: base64 of the SHA-256 of its SubjectPublicKeyInfo. A hint only.
    package let keyHint: String?

    package init(envelope: SignedEnvelope, keyHint: String?) {
        self.envelope = envelope
        self.keyHint = keyHint
    }

    /// Bytes of a bundle that are read at most.
    package static let sizeLimit = 16 << 20

    /// Why bytes are no bundle that can be checked with a key.
    package enum ReadError: Error, Equatable, CustomStringConvertible {
        case unreadable(CanonicalJSON.ReadError)
        case mediaType(String)
        case noEnvelope
        case signatureCount(Int)
        case badBase64(member: String)
        case keyless

        package var description: String {
            switch self {
            case .unreadable(let error): error.description
            case .mediaType(let type): "a bundle of the type '\(type)'; \(MediaType.sigstoreBundle) is read"
            case .noEnvelope: "a bundle without a DSSE envelope: it signs no statement"
            case .signatureCount(let count): "an envelope with \(count) signatures; exactly one is accepted"
            case .badBase64(let member): "\(member) of the bundle is not base64"
            case .keyless: "a bundle signed with a certificate; only bundles signed with a key are checked"
            }
        }
    }

    /// The bytes to publish. The envelope has no `keyid`: cosign refuses every value of it.
    package func encode() throws -> [UInt8] {
        try CanonicalJSON.encode(
            Wire(
                mediaType: MediaType.sigstoreBundle.rawValue,
                verificationMaterial: .init(
                    publicKey: .init(hint: keyHint), certificate: nil, x509CertificateChain: nil),
                dsseEnvelope: .init(
                    payload: Base64.encode(envelope.payload), payloadType: envelope.payloadType.rawValue,
                    signatures: [.init(sig: Base64.encode(envelope.signature))])))
    }

    /// Reads untrusted bytes. Strict about everything that is decided from, and lets unknown members pass.
    package init(_ bytes: [UInt8]) throws(ReadError) {
        let wire: Wire
        do throws(CanonicalJSON.ReadError) {
            wire = try CanonicalJSON.decode(from: bytes, what: "the bundle", limit: Self.sizeLimit)
        } catch { throw .unreadable(error) }
        guard
            wire.mediaType == MediaType.sigstoreBundle.rawValue
                || wire.mediaType == "application/vnd.dev.sigstore.bundle+json;version=0.3"
        else { throw .mediaType(String(wire.mediaType.prefix(100))) }
        guard let envelope = wire.dsseEnvelope else { throw .noEnvelope }
        guard envelope.signatures.count == 1 else { throw .signatureCount(envelope.signatures.count) }
        guard wire.verificationMaterial.certificate == nil,
            wire.verificationMaterial.x509CertificateChain == nil
        else { throw .keyless }
        guard let payload = Base64.decode(envelope.payload) else { throw .badBase64(member: "the payload") }
        guard let signature = Base64.decode(envelope.signatures[0].sig) else {
            throw .badBase64(member: "the signature")
        }
        self.init(
            envelope: SignedEnvelope(
                payload: payload, payloadType: MediaType(rawValue: envelope.payloadType), signature: signature
            ),
            keyHint: wire.verificationMaterial.publicKey?.hint)
    }

    private struct Wire: Codable {
        struct Material: Codable {
            var publicKey: PublicKey?
            var certificate: JSONValue?
            var x509CertificateChain: JSONValue?
        }
        struct PublicKey: Codable { var hint: String? }
        struct Envelope: Codable {
            var payload: String
            var payloadType: String
            var signatures: [Signature]
        }
        struct Signature: Codable { var sig: String }

        var mediaType: String
        var verificationMaterial: Material
        var dsseEnvelope: Envelope?
    }
}
