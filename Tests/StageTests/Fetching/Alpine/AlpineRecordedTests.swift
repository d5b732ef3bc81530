// SPDX-License-Identifier: Apache-2.0

import Fetching
import Storage
import TestHouse
import Testing
import Vocabulary

/// What a lock's witness is worth later, and how a watch costs little.
@Suite struct AlpineRecordedTests {
    private static func witness(_ repositories: [RepositoryWitness]) -> Witness {
        Witness(repositories: repositories, places: [:])
    }

    @Test func aRecordedIndexIsCheckedAgainWithoutItsRepository() async throws {
        let bench = try ApkBench()
        try await FetchingHouse.with { house in
            let witness = Self.witness([try await house.refresh(bench).witness])
            let line = ApkBench.line(bench.url)
            try bench.sh("rm -r repo")
            let recorded = try await house.refresher.recorded(witness, lines: [line], keyring: [bench.key()])
            #expect(recorded.diagnostics.isEmpty)
            #expect(recorded.snapshots.map(\.packages) == [["hello 1.0-r0", "world 2.0-r1"]])
            #expect(recorded.snapshots[0].witness == witness.repositories[0])

            func gap(_ keys: [KeyringEntry], _ lines: [Located<RepositoryLine>]) async throws -> String {
                let recorded = try await house.refresher.recorded(
                    witness, lines: lines, keyring: keys, downloading: true)
                return recorded.snapshots.isEmpty ? recorded.diagnostics.map(\.message).joined() : "held"
            }
            #expect(try await gap([], [line]).contains("no key is at hand"))
            #expect(try await gap([bench.key("gone")], [line]).contains("no key is at hand"))
            #expect(
                try await gap([.url("http://127.0.0.1:1/a.rsa.pub")], [line]).contains("no key is at hand"))
            #expect(try await gap([bench.key()], []).contains("the definition does not name it"))
            let error = await #expect(throws: FetchingError.self) {
                try await gap([bench.key("second")], [line])
            }
            #expect(error?.kind == "unverified")
            try house.store.remove(witness.repositories[0].indexes[0].digest)
            #expect(try await gap([bench.key()], [line]).contains("x86_64/APKINDEX.tar.gz is not at hand"))
        }
    }

    @Test func theKeyMayHaveMoved() async throws {
        let bench = try ApkBench()
        try await FetchingHouse.with { house in
            let witness = Self.witness([try await house.refresh(bench).witness])
            let named = bench.key()
            try bench.sh("mkdir evidence; mv \(ApkBench.mainKey).rsa.pub evidence/by-digest")
            let there = HostPath("\(bench.root)/evidence/by-digest")
            let recorded = try await house.refresher.recorded(
                witness, lines: [ApkBench.line(bench.url)], keyring: [named],
                locating: { $0 == named ? there : nil })
            #expect(recorded.snapshots.count == 1)
        }
    }

    @Test func aRecordedIndexIsAskedForByItsDigest() async throws {
        let bench = try ApkBench()
        try await FetchingHouse.with { house in
            let witness = Self.witness([try await house.refresh(bench).witness])
            let index = witness.repositories[0].indexes[0].digest
            func recorded() async throws(FetchingError) -> Int {
                house.cache.discard("index", index)
                try? house.store.remove(index)
                return try await house.refresher.recorded(
                    witness, lines: [ApkBench.line(bench.url)], keyring: [bench.key()], downloading: true
                ).snapshots.count
            }
            #expect(try await recorded() == 1)
            try bench.sh("echo >>records; publish \(ApkBench.mainKey):RSA256")
            #expect(try await recorded() == 0)
        }
    }

    @Test func aLockThatNamesAnIndexNobodySigned() async throws {
        let bench = try ApkBench()
        try await FetchingHouse.with { house in
            var witness = Self.witness([try await house.refresh(bench).witness])
            witness.repositories[0].indexes[0].digest = try house.store.write(try bench.read("index.gz"))
            var error = await #expect(throws: FetchingError.self) {
                try await house.refresher.recorded(
                    witness, lines: [ApkBench.line(bench.url)], keyring: [bench.key()])
            }
            #expect(error?.kind == "mismatch")
            witness.repositories[0].signedFiles[0].digest = witness.repositories[0].indexes[0].digest
            error = await #expect(throws: FetchingError.self) {
                try await house.refresher.recorded(
                    witness, lines: [ApkBench.line(bench.url)], keyring: [bench.key()], allowUnsigned: true)
            }
            #expect(error?.kind == "unverified")
        }
    }

    /// Appendix C 13: an unsigned repository and its lock.
    @Test func anUnsignedRepositorysLock() async throws {
        let bench = try ApkBench("publish")
        try await FetchingHouse.with { house in
            let witness = Self.witness([
                try await house.refresh(bench, keys: [], allowUnsigned: true).witness
            ])
            let line = ApkBench.line(bench.url)
            let refused = try await house.refresher.recorded(witness, lines: [line], keyring: [])
            #expect(refused.snapshots.isEmpty && refused.diagnostics.count == 1)
            let allowed = try await house.refresher.recorded(
                witness, lines: [line], keyring: [], allowUnsigned: true)
            #expect(allowed.snapshots.count == 1)
        }
    }

    @Test func watchingSeesWhichRepositoryChanged() async throws {
        let (one, two) = (try ApkBench(), try ApkBench())
        try await FetchingHouse.with { house in
            let witnesses = [
                try await house.refresh(one).witness, try await house.refresh(two).witness,
            ]
            #expect(try await house.refresher.changes(since: witnesses).changed.isEmpty)
            let first = try await house.refresh(two)
            try two.sh(
                "rm -rf tree; mkdir -p tree/usr; apk hello 1.1-r0; cp hello-1.1-r0.apk repo/x86_64; record hello 1.1-r0 >>records\n"
                    + "publish \(ApkBench.mainKey):RSA256")
            #expect(try await house.refresher.changes(since: witnesses).changed == [witnesses[1]])
            let names = await house.refresher.changedNames(
                in: [try await house.refresh(two)], since: [first.witness])
            #expect(names == ["hello"])
        }
    }

    /// An unchanged index costs one question where the server names what it serves, and is believed only as far as its
    /// signature.
    @Test func unchangedIndexesAreNotDownloadedAgain() async throws {
        let bench = try ApkBench()
        let index = try bench.read("repo/x86_64/APKINDEX.tar.gz")
        let server = try ScriptedServer { request in
            request.headers["if-none-match"] == "\"one\""
                ? [.answer(304, ["ETag: \"one\""])] : [.answer(200, ["ETag: \"one\""], index)]
        }
        try await FetchingHouse.with { house in
            let first = try await house.refresh(bench, at: server.url)
            let second = try await house.refresh(bench, at: server.url)
            #expect(first.witness == second.witness)
            #expect(try await house.refresher.changes(since: [first.witness]).changed.isEmpty)
            #expect(server.requests.map { $0.headers["if-none-match"] } == [nil, "\"one\"", "\"one\""])
            // What is kept under the name was damaged: the whole is asked for.
            try house.store.remove(first.witness.indexes[0].digest)
            _ = try await house.refresh(bench, at: server.url)
            #expect(server.requests.last?.headers["if-none-match"] == nil)
        }
    }

    static let faults: [(String, script: String, kind: String?)] = [
        ("busy once", "APKINDEX.tar.gz status=503 ok", nil),
        ("cut off once", "APKINDEX.tar.gz truncate=300 ok", nil),
        ("cut off for ever", "APKINDEX.tar.gz truncate=300", "unreachable"),
        ("silence once", "APKINDEX.tar.gz stall=300 ok", nil),
        ("a flipped bit once: mirror in flux", "APKINDEX.tar.gz flip=520 ok", nil),
        ("a flipped bit in the index", "APKINDEX.tar.gz flip=520", "unverified"),
        ("one byte less", "APKINDEX.tar.gz short", "unverified"),
        ("gone", "APKINDEX.tar.gz absent", "noArchitecture"),
        ("forbidden", "APKINDEX.tar.gz status=403", "unreachable"),
        ("wants a password", "APKINDEX.tar.gz status=401", "unreachable"),
        ("an index of before", "APKINDEX.tar.gz old=unsigned ok", nil),
        ("unsigned for ever", "APKINDEX.tar.gz old=unsigned", "unverified"),
    ]

    @Test(arguments: faults) func fault(_ name: String, script: String, kind: String?) async throws {
        let bench = try ApkBench()
        try bench.sh("cp index.gz repo/unsigned")
        let mirror = try BadMirror(serving: bench.directory, script: script)
        try await FetchingHouse.with { house in
            let refusal = await house.refusal(bench, at: mirror.url)
            #expect(refusal?.kind == kind, "\(name): \(refusal?.sentence ?? "accepted")")
            if let refusal {
                #expect(refusal.sentence.contains("\(mirror.url)/x86_64/"), "\(refusal.sentence)")
            }
        }
    }
}
