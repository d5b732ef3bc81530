// SPDX-License-Identifier: Apache-2.0

import Fetching
import Storage
import Synchronization
import TestHouse
import Testing
import Vocabulary

@Suite struct PackageFetcherTests {
    /// Nine packages of growing size behind a mirror.
    static func repository() throws -> LocalRepository {
        let repository = try LocalRepository()
        for number in 1...9 {
            // Text that does not compress to nothing: sizes grow with the number.
            let text = (0..<number * 40).map { ContentHasher.digest(of: "\($0)").hex }.joined(separator: "\n")
            try repository.add("p\(number)", "1", files: ["usr/share/p\(number)": text])
        }
        try repository.publish(["ARCHITECTURES": "amd64"])
        return repository
    }

    @Test func largestFirstSixAtOnceAndNothingTwice() async throws {
        let repository = try Self.repository()
        let mirror = try BadMirror(serving: repository.directory)
        try await FetchingHouse.with { house in
            let snapshot = try await house.refresh(repository, at: mirror.url)
            let (lock, witness) = snapshot.lock()
            try mirror.follow("")
            let reports = Mutex<[PackageFetcher.Progress]>([])
            let fetched = try await house.fetcher.fetch(lock, witness: witness, snapshots: [snapshot]) {
                progress in
                reports.withLock { $0.append(progress) }
            }
            #expect(fetched.items.map(\.package) == lock.packages)
            #expect(fetched.items.allSatisfy(\.chainVerified) && fetched.diagnostics.isEmpty)
            #expect(lock.packages.allSatisfy { house.store.size(of: $0.digest) == $0.size })
            let asked = try mirror.requests().map { $0.split(separator: "/").last?.prefix(2) ?? "" }
            #expect(asked.count == 9)
            // Requests overtake each other, but each is sent after all but five of the larger ones were answered.
            for (rank, name) in (1...9).reversed().map({ "p\($0)" }).enumerated() {
                let before = asked.prefix { $0 != name }
                #expect(before.count { $0 > name } >= rank - 5, "\(name) in \(asked)")
            }
            let last = reports.withLock { $0.max { $0.packages < $1.packages } }
            #expect(last?.packages == 9 && last?.packagesTotal == 9)
            #expect(reports.withLock { $0.map(\.bytes).max() } == lock.packages.reduce(0) { $0 + $1.size })
            // What the store has costs nothing.
            try mirror.follow("")
            _ = try await house.fetcher.fetch(lock, witness: witness, snapshots: [snapshot])
            #expect(try mirror.requests().isEmpty)
        }
    }

    static let faults: [(String, script: String, fails: String?)] = [
        ("busy once", ".deb status=503 ok", nil),
        ("cut off once", ".deb truncate=100 ok", nil),
        ("one byte less once", ".deb short ok", nil),
        ("cut off for ever", ".deb truncate=100", "ended after 100 of"),
        ("silence", ".deb stall=100", "did not answer in time"),
        ("a flipped bit", ".deb flip=200", "expected sha256:"),
        ("endless", ".deb oversize=3000000", "found more"),
        ("gone", ".deb absent", "it is not there"),
        ("redirected in a circle", ".deb loop", "redirects more than"),
    ]

    @Test(arguments: faults) func fault(_ name: String, script: String, fails: String?) async throws {
        let repository = try LocalRepository()
        try repository.add("alpha", "1.0-1")
        try repository.publish(["ARCHITECTURES": "amd64"])
        let mirror = try BadMirror(serving: repository.directory, script: script)
        try await FetchingHouse.with { house in
            let snapshot = try await house.refresh(repository, at: mirror.url)
            let (lock, witness) = snapshot.lock()
            do throws(FetchingError) {
                _ = try await house.fetcher.fetch(lock, witness: witness, snapshots: [snapshot])
                #expect(fails == nil, "\(name)")
            } catch {
                #expect(error.kind == "package")
                #expect(error.description.contains("alpha 1.0-1 could not be downloaded"), "\(error)")
                #expect(error.description.contains(fails ?? "?"), "\(name): \(error)")
                #expect(!house.store.contains(lock.packages[0].digest), "\(name)")
            }
        }
    }

    @Test func placesAreTriedInTheirOrder() async throws {
        let repository = try LocalRepository()
        try repository.add("alpha", "1.0-1")
        try repository.publish(["ARCHITECTURES": "amd64"])
        let mirror = try BadMirror(
            serving: repository.directory, script: "first.deb flip=100\nsecond.deb absent")
        try repository.sh("cp public/pool/main/alpha*.deb public/first.deb")
        try await FetchingHouse.with { house in
            let snapshot = try await house.refresh(repository, at: mirror.url)
            var (lock, witness) = snapshot.lock()
            let key = lock.packages[0].digest.description
            witness.places[key] =
                ["\(mirror.url)/first.deb", "\(mirror.url)/second.deb"] + (witness.places[key] ?? [])
            try mirror.follow("first.deb flip=100\nsecond.deb absent")
            _ = try await house.fetcher.fetch(lock, witness: witness, snapshots: [snapshot])
            #expect(
                try mirror.requests().map { $0.split(separator: "/").last } == [
                    "first.deb", "second.deb", "alpha_1.0-1_amd64.deb",
                ])
            lock.packages[0].digest = ContentHasher.digest(of: "another")
            let error = await #expect(throws: FetchingError.self) {
                try await house.fetcher.fetch(lock, witness: witness, snapshots: [snapshot])
            }
            #expect(error?.description.contains("the lock: it names no place for it") == true)
        }
    }

    @Test func packageThatNoSignedIndexNamesIsSaid() async throws {
        let repository = try LocalRepository()
        try repository.add("alpha", "1.0-1")
        try repository.add("beta", "1.0-1")
        try repository.publish(["ARCHITECTURES": "amd64"])
        try await FetchingHouse.with { house in
            let snapshot = try await house.refresh(repository)
            var (lock, witness) = snapshot.lock()
            lock.packages[0].version = "9.9"
            let fetched = try await house.fetcher.fetch(lock, witness: witness, snapshots: [snapshot])
            #expect(fetched.items.map(\.chainVerified) == [false, true])
            #expect(fetched.diagnostics.map(\.code.rawValue) == ["chain-not-checked"])
            #expect(fetched.diagnostics.first?.message.contains("1 of 2 packages (alpha)") == true)
            let unknown = try await house.fetcher.fetch(lock, witness: witness, snapshots: [])
            #expect(unknown.items.map(\.chainVerified) == [false, false])
        }
    }
}
