// SPDX-License-Identifier: Apache-2.0

/// A DSSE envelope (secure-systems-lab/dsse 1.0.2) as Sigstore uses it: one payload, exactly one signature.
package struct SignedEnvelope: Sendable, Equatable {
    /// As it was signed; never parsed before the signature was checked, and never parsed from anything else after.
    package let payload: [UInt8]
    package let payloadType: MediaType
    /// ASN.1 DER for ECDSA.
    package let signature: [UInt8]

    package init(payload: [UInt8], payloadType: MediaType, signature: [UInt8]) {
        self.payload = payload
        self.payloadType = payloadType
        self.signature = signature
    }

    /// What the signature is made over (protocol.md, "Signature Definition"): type and payload with their lengths,
    /// so that neither can be taken for the other.
    package static func signedBytes(of payload: [UInt8], type: MediaType) -> [UInt8] {
        let name = type.rawValue.utf8
        return Array("DSSEv1 \(name.count) ".utf8) + name + Array(" \(payload.count) ".utf8) + payload
    }

    package var signedBytes: [UInt8] { Self.signedBytes(of: payload, type: payloadType) }
}
