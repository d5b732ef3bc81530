// SPDX-License-Identifier: Apache-2.0

internal import Archives
internal import Storage
internal import Vocabulary

/// An Alpine repository as a lock's witness has it: signed indexes by their digests.
extension AlpineReader {
    func recorded(
        _ repository: RepositoryWitness, downloading: Bool
    ) async throws(FetchingError) -> Result<RepositorySnapshot, RecordedGap> {
        guard !keyring.keys.isEmpty || (allowUnsigned && repository.isUnsigned) else {
            return .failure(RecordedGap(reason: "no key is at hand to check its signature with"))
        }
        var signed: [AlpineIndex] = []
        for index in repository.indexes {
            guard let architecture = AlpineSource.architecture(of: index.path),
                let file = repository.signedFiles.first(where: { $0.digest == index.digest })
            else {
                throw .mismatch(
                    repository: source.line, file: index.path, expected: "an index that was signed",
                    found: "\(index.digest) in the lock")
            }
            if downloading { try await bring(index) }
            guard let bytes = try? refresher.store.read(index.digest, limit: AlpineIndex.limit) else {
                return .failure(RecordedGap(reason: "its index \(index.path) is not at hand"))
            }
            let check = AlpineIndexCheck(
                source: source, keyring: keyring, allowUnsigned: allowUnsigned && file.signers.isEmpty)
            signed.append(
                AlpineIndex(
                    architecture: architecture, url: index.url, digest: index.digest,
                    size: Int64(bytes.count), judgement: try check.check(bytes, url: index.url)))
        }
        var indexes: [RepositorySnapshot.Index] = []
        for (index, packages) in zip(
            signed, try await refresher.indexes.load(signed.map { $0.wanted(of: source.line) }))
        {
            guard let packages else {
                return .failure(RecordedGap(reason: "its index \(index.path) is not at hand"))
            }
            indexes.append(.init(architecture: index.architecture, packages: packages))
        }
        return .success(
            RepositorySnapshot(
                ordinal: source.ordinal, family: .alpine, tag: source.tag, witness: repository,
                indexes: indexes, diagnostics: []))
    }

    /// Asks the place that is recorded for the index of its digest. A mirror that has moved on has done nothing wrong.
    private func bring(_ index: RepositoryWitness.Index) async throws(FetchingError) {
        guard !refresher.store.contains(index.digest) else { return }
        do throws(RepositoryFiles.Failure) {
            try await refresher.files.download(
                index.url, index.digest, size: index.size, promises: false, into: refresher.store)
        } catch {
            switch error {
            case .absent, .mismatch, .unreachable: return
            case .storage, .cancelled: throw error.about(index.url, of: source.line)
            }
        }
    }
}
