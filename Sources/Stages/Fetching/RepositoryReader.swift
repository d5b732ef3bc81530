// SPDX-License-Identifier: Apache-2.0

internal import Storage
internal import Vocabulary

/// Reads one line of `contents.repositories` as its family has it.
protocol RepositoryReader: Sendable {
    /// The repository as it stands now, for these architectures.
    func refresh(_ architectures: [Architecture]) async throws(FetchingError) -> RepositorySnapshot

    /// The repository as a lock recorded it, its signature checked again. Where `downloading`, what is not at hand is
    /// asked for by its digest from the recorded places. Throws where something is at hand and wrong.
    func recorded(
        _ repository: RepositoryWitness, downloading: Bool
    ) async throws(FetchingError) -> Result<RepositorySnapshot, RecordedGap>
}

/// What of a recorded repository is not at hand; the reason goes on the words "'LINE': ".
struct RecordedGap: Error { let reason: String }

/// What all readers of a run have in common.
struct ReadingOptions: Sendable {
    let keyring: [KeyringEntry]
    let allowUnsigned: Bool
    /// Where a keyring that is named is now; nil where it is nowhere.
    var locating: @Sendable (KeyringEntry) -> HostPath? = { $0.file }
    /// Whether keys that cannot be had are left out, instead of ending the run.
    var isRecorded = false
}

extension RepositoryRefresher {
    /// The reader of each line. This is the one place of the stage where the family is chosen.
    func readers(
        of lines: [Located<RepositoryLine>], _ options: ReadingOptions
    ) async throws(FetchingError) -> [any RepositoryReader] {
        var machine: AptConfiguration??
        var keys: AlpineKeyring?
        var readers: [any RepositoryReader] = []
        for (ordinal, line) in lines.enumerated() {
            switch line.value {
            case .debian:
                readers.append(DebianReader(self, line, ordinal, options, apt: nil))
            case .debianSystem:
                let apt: AptConfiguration?
                if let machine { apt = machine } else { apt = try await self.apt(options) }
                machine = .some(apt)
                readers.append(DebianReader(self, line, ordinal, options, apt: apt))
            case .alpine(let location, let tag):
                let keyring: AlpineKeyring
                if let keys { keyring = keys.silent } else { keyring = try await alpineKeys(options) }
                keys = keyring
                let source = try AlpineSource(line, location: location, tag: tag, ordinal: ordinal)
                readers.append(AlpineReader(self, source, keyring, allowUnsigned: options.allowUnsigned))
            }
        }
        return readers
    }
}
