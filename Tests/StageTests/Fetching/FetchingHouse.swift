// SPDX-License-Identifier: Apache-2.0

import Execution
import Fetching
import Storage
import TestHouse
import Testing
import Transport
import Vocabulary

/// What one test fetches with: a store and a cache of its own, a transport that does not wait between attempts, and a
/// clock that stands at noon of 2 March 2026.
struct FetchingHouse {
    let scratch: Scratch
    let store: ContentStore
    let cache: Cache
    let transport: HTTPTransport
    let workers = WorkerThreads(count: 2)
    let verifier: ClearsignedVerifier
    var now = Timestamp(seconds: 1_772_452_800)
    var apt = AptConfiguration(sources: [], trustedKeyrings: [])

    static func with<Value>(_ body: (FetchingHouse) async throws -> Value) async throws -> Value {
        var configuration = TransportConfiguration()
        configuration.attempts = 2
        configuration.idleTimeout = 1
        configuration.connectTimeout = 1
        configuration.sleep = { _ in }
        return try await HTTPTransport.with(configuration) { transport in
            let scratch = try Scratch()
            let cache = try Cache(at: HostPath("\(scratch.path)/cache"))
            return try await body(
                FetchingHouse(
                    scratch: scratch, store: cache.blobs, cache: cache, transport: transport,
                    verifier: try .find(scratch: HostPath(scratch.path))))
        }
    }

    var refresher: RepositoryRefresher {
        let (now, apt) = (now, apt)
        return RepositoryRefresher(
            transport: transport, store: store, cache: cache, verifier: verifier, workers: workers,
            apt: { () async throws(FetchingError) in apt }, clock: { now })
    }

    var fetcher: PackageFetcher { PackageFetcher(transport: transport, store: store, workers: workers) }

    static func line(_ url: String, suite: String = "trixie", signedBy: [String] = []) -> Located<
        RepositoryLine
    > {
        Located(
            .debian(url: url, suite: suite, components: ["main"], signedBy: signedBy),
            at: SourceLocation(file: "image.yaml", line: 4, column: 7))
    }

    static func system(_ suite: String) -> Located<RepositoryLine> {
        Located(
            .debianSystem(suite: suite, components: ["main"]),
            at: SourceLocation(file: "image.yaml", line: 4, column: 7))
    }

    /// Refreshes one repository, its keyring named by signed-by.
    func refresh(
        _ repository: LocalRepository, at url: String? = nil, architectures: [Architecture] = [.amd64],
        allowUnsigned: Bool = false
    ) async throws(FetchingError) -> RepositorySnapshot {
        try await refresher.refresh(
            [Self.line(url ?? repository.url, signedBy: [repository.keyring])], keyring: [],
            architectures: architectures, allowUnsigned: allowUnsigned)[0]
    }

    /// Why the repository is refused: the case's name and the sentence; nil where it is accepted.
    func refusal(
        _ repository: LocalRepository, at url: String? = nil, architectures: [Architecture] = [.amd64],
        allowUnsigned: Bool = false
    ) async -> (kind: String, sentence: String)? {
        do throws(FetchingError) {
            _ = try await refresh(
                repository, at: url, architectures: architectures, allowUnsigned: allowUnsigned)
            return nil
        } catch {
            return (error.kind, error.description)
        }
    }
}

extension FetchingError {
    /// The case's name.
    var kind: String {
        Mirror(reflecting: self).children.first?.label ?? (self == .cancelled ? "cancelled" : "")
    }
}

extension RepositorySnapshot {
    /// `name version`, sorted.
    var packages: [String] {
        indexes.flatMap { index in
            (0..<index.packages.count).map { index.packages.record(at: $0) }.map {
                "\($0.name.text) \($0.version)"
            }
        }.sorted()
    }

    /// A lock of everything that is in it.
    func lock(_ architecture: Architecture = .amd64) -> (ArchitectureLock, Witness) {
        var places: [String: [String]] = [:]
        var locked: [LockedPackage] = []
        for index in indexes where index.architecture == architecture {
            for record in (0..<index.packages.count).map({ index.packages.record(at: $0) }) {
                guard let digest = record.digest else { continue }
                places[digest.description] = ["\(witness.url)/\(record.filename)"]
                locked.append(
                    LockedPackage(
                        name: record.name, version: record.version, architecture: record.architecture,
                        role: .installed,
                        sourceName: record.sourceName, sourceVersion: record.sourceVersion, maintainer: nil,
                        homepage: nil, digest: digest, size: record.size, installedSize: nil,
                        requestedBy: [],
                        edges: []))
            }
        }
        return (
            ArchitectureLock(architecture: architecture, family: .debian, packages: locked, dropped: []),
            Witness(repositories: [witness], places: places)
        )
    }
}
