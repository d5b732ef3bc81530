// SPDX-License-Identifier: Apache-2.0

internal import Archives
internal import Storage
internal import Vocabulary

/// Reads one Alpine line of `contents.repositories`: for each architecture a signed index. What a lock recorded is read
/// in `AlpineReader+Recorded.swift`.
struct AlpineReader: RepositoryReader {
    let refresher: RepositoryRefresher
    let source: AlpineSource
    let keyring: AlpineKeyring
    let allowUnsigned: Bool

    init(
        _ refresher: RepositoryRefresher, _ source: AlpineSource, _ keyring: AlpineKeyring,
        allowUnsigned: Bool
    ) {
        self.refresher = refresher
        self.source = source
        self.keyring = keyring
        self.allowUnsigned = allowUnsigned
    }

    func refresh(_ architectures: [Architecture]) async throws(FetchingError) -> RepositorySnapshot {
        let found = try await refresher.each(architectures) {
            _, architecture async throws(FetchingError) -> (index: AlpineIndex, wasChanging: Bool) in
            do throws(FetchingError) {
                return (try await read(architecture), false)
            } catch {
                // A file that is replaced while it is read is of two moments: then it is read once more.
                guard error.mayBeTorn else { throw error }
                return (try await read(architecture), true)
            }
        }
        var snapshot = try await snapshot(of: found.map(\.index))
        if found.contains(where: \.wasChanging) {
            snapshot.diagnostics.append(
                Diagnostic(
                    .note, .mirrorChanging,
                    "'\(source.line)': the mirror served an index that is not whole, and a good one when asked again",
                    at: source.place))
        }
        return snapshot
    }

    private func snapshot(of signed: [AlpineIndex]) async throws(FetchingError) -> RepositorySnapshot {
        let loaded = try await refresher.indexes.load(signed.map { $0.wanted(of: source.line) })
        var indexes: [RepositorySnapshot.Index] = []
        for (index, packages) in zip(signed, loaded) {
            guard let packages else { throw .absent(repository: source.line, file: index.url) }
            indexes.append(.init(architecture: index.architecture, packages: packages))
        }
        let isUnsigned = signed.contains { $0.judgement.signers.isEmpty }
        let witness = RepositoryWitness(
            line: source.line, url: source.url, suite: nil, codename: nil,
            signedFiles: signed.map { index in
                .init(
                    url: index.url, digest: index.digest, date: nil, validUntil: nil,
                    signers: index.judgement.signers)
            },
            indexes: signed.map { .init(path: $0.path, url: $0.url, digest: $0.digest, size: $0.size) },
            relaxations: isUnsigned ? [Relaxation.unsigned] : [])
        return RepositorySnapshot(
            ordinal: source.ordinal, family: .alpine, tag: source.tag, witness: witness, indexes: indexes,
            diagnostics: diagnostics(of: signed, isUnsigned: isUnsigned))
    }

    private func diagnostics(of signed: [AlpineIndex], isUnsigned: Bool) -> [Diagnostic] {
        var diagnostics = keyring.diagnostics
        if isUnsigned { diagnostics.append(.unsigned(source.line, at: source.place)) }
        if let weak = signed.first(where: { $0.judgement.isWeak && !$0.judgement.signers.isEmpty }) {
            diagnostics.append(
                Diagnostic(
                    .warning, .weakSignature,
                    "'\(source.line)' is signed with RSA over SHA-1 alone (\(weak.judgement.signers.joined(separator: ", "))), "
                        + "for which collisions can be made; ask its owner for a signature of the kind RSA256",
                    at: source.place))
        }
        return diagnostics
    }

    /// Reads, checks and keeps one index.
    private func read(_ architecture: Architecture) async throws(FetchingError) -> AlpineIndex {
        let url = source.indexURL(for: architecture)
        let bytes: [UInt8]
        do throws(RepositoryFiles.Failure) {
            bytes = try await refresher.signedFiles.read(url, limit: AlpineIndex.limit)
        } catch {
            if case RepositoryFiles.Failure.absent = error {
                throw .noArchitecture(repository: source.line, architecture: architecture, file: url)
            }
            throw error.about(url, of: source.line)
        }
        let check = AlpineIndexCheck(source: source, keyring: keyring, allowUnsigned: allowUnsigned)
        let judgement: AlpineKeyring.Judgement
        do throws(FetchingError) {
            judgement = try check.check(bytes, url: url)
        } catch {
            refresher.signedFiles.forget(url)
            throw error
        }
        do throws(StorageError) {
            return AlpineIndex(
                architecture: architecture, url: url, digest: try refresher.store.write(bytes),
                size: Int64(bytes.count), judgement: judgement)
        } catch {
            throw .storage(.init(error))
        }
    }
}

extension FetchingError {
    /// True for what a file looks like that was read while somebody replaced it.
    fileprivate var mayBeTorn: Bool {
        switch self {
        case .unverified, .undecodable, .mismatch: true
        default: false
        }
    }
}

extension Diagnostic.Code {
    static let weakSignature = Self(rawValue: "weak-signature")
}
