// SPDX-License-Identifier: Apache-2.0

import Fetching
import Storage
import TestHouse
import Testing
import Vocabulary

/// Building from a lock: the chain from the signature to the packages is walked again without any refresh.
@Suite struct RecordedRepositoryTests {
    static func repository() throws -> LocalRepository {
        let repository = try LocalRepository()
        try repository.add("alpha", "1.0-1")
        try repository.publish(["VALID_UNTIL": "2026-03-03 12:00:00 UTC"])
        return repository
    }

    static func line(_ repository: LocalRepository) -> Located<RepositoryLine> {
        FetchingHouse.line(repository.url, signedBy: [repository.keyring])
    }

    @Test func chainHoldsYearsLaterWithTheMirrorDead() async throws {
        let repository = try Self.repository()
        try await FetchingHouse.with { house in
            let (lock, witness) = try await house.refresh(repository).lock()
            try repository.sh("rm -r public/dists")
            var later = house
            later.now = Timestamp(seconds: house.now.seconds + 100_000_000)
            let recorded = try await later.refresher.recorded(
                witness, lines: [Self.line(repository)], keyring: [])
            #expect(recorded.diagnostics.isEmpty)
            let fetched = try await later.fetcher.fetch(lock, witness: witness, snapshots: recorded.snapshots)
            #expect(fetched.items.map(\.chainVerified) == [true])
        }
    }

    @Test func whatIsNotAtHandIsSaid() async throws {
        let repository = try Self.repository()
        try await FetchingHouse.with { house in
            let (_, witness) = try await house.refresh(repository).lock()
            let line = Self.line(repository)
            func gap(_ lines: [Located<RepositoryLine>], downloading: Bool = false) async throws -> String {
                let recorded = try await house.refresher.recorded(
                    witness, lines: lines, keyring: [], downloading: downloading)
                return recorded.snapshots.isEmpty ? recorded.diagnostics.map(\.message).joined() : "held"
            }
            #expect(try await gap([]).contains("no keyring is at hand"))
            let nowhere = try await house.refresher.recorded(
                witness, lines: [line], keyring: [], allowUnsigned: true, locating: { _ in nil })
            #expect(nowhere.snapshots.isEmpty)
            #expect(nowhere.diagnostics.first?.message.contains("no keyring is at hand") == true)
            house.cache.discard("index", witness.repositories[0].indexes[0].digest)
            try house.store.remove(witness.repositories[0].indexes[0].digest)
            #expect(try await gap([line]).contains("Packages.xz is not at hand"))
            #expect(try await gap([line], downloading: true) == "held")
            house.cache.discard("index", witness.repositories[0].indexes[0].digest)
            try house.store.remove(witness.repositories[0].indexes[0].digest)
            try repository.sh("rm -r public/dists")
            #expect(try await gap([line], downloading: true).contains("no longer served"))
            try house.store.remove(witness.repositories[0].signedFiles[0].digest)
            #expect(try await gap([line]).contains("release file"))
        }
    }

    @Test func lockThatNamesAnotherIndexThanWasSigned() async throws {
        let repository = try Self.repository()
        try await FetchingHouse.with { house in
            var (_, witness) = try await house.refresh(repository).lock()
            witness.repositories[0].indexes[0].digest = try house.store.write(Array("forged".utf8))
            let error = await #expect(throws: FetchingError.self) {
                try await house.refresher.recorded(witness, lines: [Self.line(repository)], keyring: [])
            }
            #expect(error?.kind == "mismatch")
        }
    }

    @Test func lockThatNamesAReleaseOfAnotherKey() async throws {
        let (repository, other) = (try Self.repository(), try Self.repository())
        try await FetchingHouse.with { house in
            var (_, witness) = try await house.refresh(repository).lock()
            witness.repositories[0].signedFiles[0].digest = try await house.refresh(other).witness
                .signedFiles[0].digest
            let error = await #expect(throws: FetchingError.self) {
                try await house.refresher.recorded(witness, lines: [Self.line(repository)], keyring: [])
            }
            #expect(error?.kind == "unverified")
        }
    }
}
