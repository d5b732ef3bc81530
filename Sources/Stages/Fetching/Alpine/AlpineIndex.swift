// SPDX-License-Identifier: Apache-2.0

internal import Archives
internal import Storage
internal import Vocabulary

/// One architecture's signed index, its signature checked.
struct AlpineIndex: Sendable {
    /// Compressed.
    static let limit = SignedFiles.limit

    let architecture: Architecture
    let url: String
    /// Of the file, signature included.
    let digest: Digest
    let size: Int64
    let judgement: AlpineKeyring.Judgement

    var path: String { "\(architecture.alpineName)/\(ApkIndexFile.name)" }

    /// The index as something to load from the store.
    func wanted(of repository: String) -> IndexLoader.Wanted<PackageIndex> {
        IndexLoader.Wanted(
            repository: repository, file: url, digest: digest, size: size, places: [],
            parse: { blob in
                let file = try ApkIndexFile(blob.readAll(limit: Self.limit))
                try Task.checkCancellation()
                return try AlpineIndexParser.parse(file.index)
            })
    }
}

/// Checks the signatures of an index's bytes. Pure.
struct AlpineIndexCheck: Sendable {
    let source: AlpineSource
    let keyring: AlpineKeyring
    let allowUnsigned: Bool

    /// Throws where nobody who is trusted signed these bytes. An unsigned index passes only with --allow-unsigned, and
    /// then a signature that is there must hold all the same: a keyring that is named is always used.
    func check(_ bytes: [UInt8], url: String) throws(FetchingError) -> AlpineKeyring.Judgement {
        if keyring.keys.isEmpty {
            guard allowUnsigned else { throw .noKey(repository: source.line) }
            return .init()
        }
        let signatures: [ApkSignature]
        let signed: [UInt8]
        do {
            (signatures, signed) = try ApkIndexFile.signatures(of: bytes)
        } catch {
            throw .undecodable(repository: source.line, file: url, reason: "\(error)")
        }
        if signatures.isEmpty, allowUnsigned { return .init() }
        let judgement: AlpineKeyring.Judgement
        do throws(AlpineKeyring.BadSignature) {
            judgement = try keyring.judge(signatures, of: signed)
        } catch {
            throw refusal(url, "the signature (\(error.algorithm)) by '\(error.key)' does not hold")
        }
        guard judgement.signers.isEmpty else { return judgement }
        let trusted = keyring.keys.map { "'\($0.name)'" }.joined(separator: ", ")
        guard !judgement.strangers.isEmpty else {
            throw refusal(url, "it is not signed; --allow-unsigned accepts that for one run")
        }
        let strangers = judgement.strangers.map { "'\($0)'" }.joined(separator: ", ")
        throw refusal(url, "it is signed by \(strangers), and contents.keyring names \(trusted)")
    }

    private func refusal(_ url: String, _ reason: String) -> FetchingError {
        .unverified(repository: source.line, file: url, reason: reason)
    }
}
