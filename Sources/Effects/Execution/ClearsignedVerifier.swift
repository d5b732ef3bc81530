// SPDX-License-Identifier: Apache-2.0

package import Vocabulary

/// A text whose signature held, and whose keys made it.
package struct SignedText: Sendable, Equatable {
    /// What the signature covers, as gpgv wrote it; what stood outside of the signed block is not in it.
    package let text: [UInt8]
    /// Fingerprints of the primary keys of the good signatures, in upper-case hex, sorted.
    package let signers: [String]

    package init(text: [UInt8], signers: [String]) {
        self.text = text
        self.signers = signers
    }
}

/// Checks clear-signed texts (Debian's InRelease) with gpgv. gpgv's status lines decide, never its exit code, and
/// only keys of exactly the named keyrings count.
package struct ClearsignedVerifier: Sendable {
    private static let keyringLimit = 32 << 20

    private let gpgv: Program
    private let scratch: HostPath
    private let textLimit: Int

    /// Uses gpgv of the system directories; `scratch` is where its short-lived files go.
    package static func find(
        scratch: HostPath = HostPath("/tmp"), textLimit: Int = 64 << 20
    ) throws(ExecutionError) -> ClearsignedVerifier {
        ClearsignedVerifier(
            gpgv: try Program.find("gpgv", debianPackage: "gpgv"), scratch: scratch, textLimit: textLimit)
    }

    init(gpgv: Program, scratch: HostPath, textLimit: Int) {
        self.gpgv = gpgv
        self.scratch = scratch
        self.textLimit = textLimit
    }

    /// The signed text, if at least one key of `keyrings` signed it well and no signature is bad. `what` names it in
    /// errors ("InRelease of https://deb.example.org trixie").
    package func verify(
        _ clearsigned: [UInt8], keyrings: [HostPath], what: String
    ) async throws(ExecutionError) -> SignedText {
        guard !keyrings.isEmpty else { throw .noKeyring(what: what) }
        guard clearsigned.count <= textLimit else {
            throw .badSignature(
                what: what, reason: "it is larger than \(textLimit) bytes", keyrings: keyrings)
        }
        let block: ArraySlice<UInt8>
        do throws(ClearsignedBlock.Flaw) {
            block = try ClearsignedBlock.find(in: clearsigned)
        } catch {
            throw .badSignature(what: what, reason: error.rawValue, keyrings: keyrings)
        }
        let directory = try ScratchDirectory(in: scratch)
        defer { withExtendedLifetime(directory) {} }
        var arguments = ["--homedir", directory.path.text, "--status-fd", "1", "--logger-fd", "2"]
        for (number, keyring) in keyrings.enumerated() {
            let copy = try directory.write(load(keyring, what: what), as: "keyring-\(number).gpg")
            arguments += ["--keyring", copy.text]
        }
        let text = directory.path / "text"
        let signed = try directory.write(Array(block), as: "signed")
        arguments += ["--output", text.text, "--", signed.text]
        let result = try await gpgv.run(arguments, outputLimit: 1 << 20, within: 60)
        guard (0...2).contains(result.exit) else {
            throw .failed(program: "gpgv", exit: result.exit, said: result.complaint)
        }
        let judgement = SignatureJudgement(statusLines: result.stdout)
        guard judgement.isAccepted else {
            throw .badSignature(what: what, reason: judgement.refusal, keyrings: keyrings)
        }
        guard let bytes = ScratchDirectory.read(text, limit: textLimit) else {
            throw .failed(program: "gpgv", exit: result.exit, said: "it wrote no text")
        }
        return SignedText(text: bytes, signers: judgement.signers)
    }

    /// A keyring in the binary form that gpgv reads; armored ones are unwrapped.
    private func load(_ path: HostPath, what: String) throws(ExecutionError) -> [UInt8] {
        guard let bytes = ScratchDirectory.read(path, limit: Self.keyringLimit) else {
            throw .keyring(path, reason: "it is not there, not readable or no file", what: what)
        }
        guard !bytes.isEmpty else { throw .keyring(path, reason: "it is empty", what: what) }
        let binary: [UInt8]
        if Armor.looksArmored(bytes) {
            guard let unwrapped = Armor.unwrap(bytes, kind: "PUBLIC KEY BLOCK") else {
                throw .keyring(path, reason: "its armor is damaged", what: what)
            }
            binary = unwrapped
        } else {
            binary = bytes
        }
        // A public-key packet (RFC 9580, 4.2), or GnuPG's keybox, whose first blob has a magic at byte 8.
        let isPackets = binary.first.map { [0x98, 0x99, 0x9A, 0xC6].contains($0) } ?? false
        let isKeybox = binary.count > 32 && binary[8..<12].elementsEqual("KBXf".utf8)
        guard isPackets || isKeybox else {
            throw .keyring(path, reason: "it holds no public key", what: what)
        }
        return binary
    }
}
