// SPDX-License-Identifier: Apache-2.0

internal import Execution
internal import Storage
internal import Vocabulary

/// A release file whose signature, suite and dates were checked.
struct VerifiedRelease: Sendable {
    let release: DebianRelease
    /// Of the file as it was downloaded, signature included.
    let digest: Digest
    let url: String
    /// Empty only where an unsigned repository was allowed.
    let signers: [String]
    let outcome: ReleaseCheck.Outcome
}

/// Gets and checks one repository's release file, and keeps it in the store: it is evidence.
struct ReleaseLoader: Sendable {
    /// InRelease of Debian's largest suites has 0.2 MB.
    static let limit = 16 << 20

    let files: RepositoryFiles
    let store: ContentStore
    let verifier: ClearsignedVerifier
    let now: Timestamp

    /// Whether an unsigned repository is acceptable does not touch a signed one: a bad signature is never accepted,
    /// and a keyring that is named is always used.
    func load(_ source: RepositorySource, allowUnsigned: Bool) async throws(FetchingError) -> VerifiedRelease
    {
        guard !source.keyrings.isEmpty else {
            guard allowUnsigned else { throw .noKeyring(repository: source.line) }
            return try await loadUnsigned(source)
        }
        let bytes: [UInt8]
        do throws(RepositoryFiles.Failure) {
            bytes = try await files.read(source.releaseURL, limit: Self.limit)
        } catch .absent {
            if allowUnsigned { return try await loadUnsigned(source) }
            throw await missing(source)
        } catch {
            throw error.about(source.releaseURL, of: source.line)
        }
        return try await verify(bytes, url: source.releaseURL, of: source)
    }

    /// Checks a release file that is at hand.
    func verify(
        _ bytes: [UInt8], url: String, of source: RepositorySource
    ) async throws(FetchingError) -> VerifiedRelease {
        let signed: SignedText
        do throws(ExecutionError) {
            signed = try await verifier.verify(bytes, keyrings: source.keyrings, what: url)
        } catch .cancelled {
            throw .cancelled
        } catch {
            throw .unverified(repository: source.line, file: url, reason: error.description)
        }
        return try finish(bytes, text: signed.text, signers: signed.signers, url: url, source)
    }

    private func loadUnsigned(_ source: RepositorySource) async throws(FetchingError) -> VerifiedRelease {
        let url = source.unsignedReleaseURL
        let bytes: [UInt8]
        do throws(RepositoryFiles.Failure) {
            bytes = try await files.read(url, limit: Self.limit)
        } catch {
            throw error.about(url, of: source.line)
        }
        return try finish(bytes, text: bytes, signers: [], url: url, source)
    }

    private func finish(
        _ bytes: [UInt8], text: [UInt8], signers: [String], url: String, _ source: RepositorySource
    ) throws(FetchingError) -> VerifiedRelease {
        let release = try Self.parse(text, url: url, of: source.line)
        var outcome = try source.check(now: now, file: url).check(release, at: source.place)
        if signers.isEmpty {
            outcome.relaxations.append(Relaxation.unsigned)
            outcome.diagnostics.append(.unsigned(source.line, at: source.place))
        }
        do throws(StorageError) {
            return VerifiedRelease(
                release: release, digest: try store.write(bytes), url: url, signers: signers, outcome: outcome
            )
        } catch {
            throw .storage(.init(error))
        }
    }

    static func parse(_ text: [UInt8], url: String, of line: String) throws(FetchingError) -> DebianRelease {
        do throws(DebianRelease.Flaw) {
            return try DebianRelease(parsing: text)
        } catch {
            throw .malformedRelease(repository: line, file: url, reason: error.reason)
        }
    }

    /// There is no InRelease: says whether there would be an unsigned Release.
    private func missing(_ source: RepositorySource) async -> FetchingError {
        do throws(RepositoryFiles.Failure) {
            _ = try await files.read(source.unsignedReleaseURL, limit: Self.limit)
            return .unverified(
                repository: source.line, file: source.unsignedReleaseURL,
                reason:
                    "it is not signed, there is no InRelease beside it; --allow-unsigned accepts that for one run"
            )
        } catch {
            return .absent(repository: source.line, file: source.releaseURL)
        }
    }
}
