// SPDX-License-Identifier: Apache-2.0

import Attesting
import TestHouse
import Testing
import Verifying
import Vocabulary

@Suite("Signing keys") struct SigningKeyTests {
    @Test("a key survives its files, and the public half verifies what the private one signed")
    func roundTrip() throws {
        let key = SigningKey.generate()
        let again = try SigningKey(pem: key.privatePEM)
        let verification = try VerificationKey(pem: key.publicPEM)
        #expect(again.hint == key.hint && verification.hint == key.hint)
        let signature = try again.sign([1, 2, 3])
        #expect(
            verification.isSignature(signature, of: [1, 2, 3]) && key.isSignature(signature, of: [1, 2, 3]))
        #expect(!verification.isSignature(signature, of: [1, 2, 4]))
        #expect(!verification.isSignature([], of: [1, 2, 3]))
        #expect(
            !(try VerificationKey(pem: SigningKey.generate().publicPEM)).isSignature(
                signature, of: [1, 2, 3]))
    }

    @Test(
        "openssl reads what is written, and its keys of either form are read",
        .enabled(if: Tool.exists("openssl"), "needs openssl"))
    func openssl() throws {
        let scratch = try Scratch()
        let key = SigningKey.generate()
        try scratch.write(key.privatePEM, to: "ours.key")
        try scratch.write(key.publicPEM, to: "ours.pub")
        try scratch.write([1, 2, 3], to: "data")
        try scratch.write(try key.sign([1, 2, 3]), to: "ours.sig")
        try scratch.sh("openssl dgst -sha256 -verify ours.pub -signature ours.sig data")
        try scratch.sh("openssl pkey -in ours.key -pubout | cmp - ours.pub")
        try scratch.sh(
            "openssl ecparam -genkey -name prime256v1 -out sec1.key; openssl pkey -in sec1.key -pubout -out sec1.pub"
        )
        try scratch.sh(
            "openssl pkcs8 -topk8 -nocrypt -in sec1.key -out pkcs8.key; openssl dgst -sha256 -sign sec1.key -out sec1.sig data"
        )
        let public_ = try VerificationKey(pem: scratch.read("sec1.pub"))
        #expect(try SigningKey(pem: scratch.read("sec1.key")).hint == public_.hint)
        #expect(try SigningKey(pem: scratch.read("pkcs8.key")).hint == public_.hint)
        #expect(public_.isSignature(try scratch.read("sec1.sig"), of: [1, 2, 3]))
        let hint = "openssl pkey -pubin -in sec1.pub -outform DER | openssl dgst -sha256 -binary | base64 -w0"
        #expect(String(decoding: try scratch.sh(hint), as: UTF8.self) == public_.hint)

        try scratch.sh(
            "openssl ecparam -genkey -noout -name secp384r1 | tee p384.key | openssl pkey -pubout -out p384.pub"
        )
        try scratch.sh("openssl pkcs8 -topk8 -passout pass:x -in sec1.key -out encrypted.key")
        try expectRefusal(
            "p384.key", .unreadableKey(what: "it", reason: "its PEM block does not hold one"), scratch)
        try expectRefusal("encrypted.key", .encryptedKey(what: "it"), scratch)
        let p384 = try scratch.read("p384.pub")
        #expect(throws: VerifyingError.self) { try VerificationKey(pem: p384) }
    }

    private func expectRefusal(_ file: String, _ error: AttestingError, _ scratch: Scratch) throws {
        let pem = try scratch.read(file)
        #expect(throws: error) { try SigningKey(pem: pem, what: "it") }
    }

    @Test("an empty key file is no key, and a private key is no public one")
    func refusals() throws {
        let key = SigningKey.generate()
        #expect(throws: AttestingError.emptyKey(what: "it")) {
            try SigningKey(pem: Array("\n \n".utf8), what: "it")
        }
        #expect(throws: VerifyingError.emptyKey(what: "it")) { try VerificationKey(pem: [], what: "it") }
        #expect(throws: VerifyingError.privateKey(what: "it")) {
            try VerificationKey(pem: key.privatePEM, what: "it")
        }
        #expect(throws: VerifyingError.self) { try VerificationKey(pem: key.publicPEM + key.publicPEM) }
        #expect(throws: AttestingError.self) { try SigningKey(pem: key.publicPEM) }
    }

    @Test("two thousand damaged key files are read or refused")
    func mutations() {
        let key = SigningKey.generate()
        for bytes in Mutations(
            of: key.privatePEM, tokens: ["-----BEGIN PRIVATE KEY-----", "\n"], count: 1000, seed: 13)
        {
            _ = try? SigningKey(pem: bytes)
        }
        for bytes in Mutations(
            of: key.publicPEM, tokens: ["-----END PUBLIC KEY-----", "\n"], count: 1000, seed: 17)
        {
            _ = try? VerificationKey(pem: bytes)
        }
    }
}
