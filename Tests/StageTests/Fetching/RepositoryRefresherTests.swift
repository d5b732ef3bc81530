// SPDX-License-Identifier: Apache-2.0

import Fetching
import Storage
import TestHouse
import Testing
import Vocabulary

@Suite struct RepositoryRefresherTests {
    static func repository(_ settings: [String: String] = [:]) throws -> LocalRepository {
        let repository = try LocalRepository()
        try repository.add("alpha", "1.0-1", fields: ["Depends: beta (>= 2)"])
        try repository.add("beta", "2:2.0~rc1-1+b2", architecture: "all")
        try repository.add("gamma", "3", architecture: "arm64")
        try repository.publish(settings)
        return repository
    }

    @Test func witnessSaysWhatWasBelievedAndWhy() async throws {
        let repository = try Self.repository(["VALID_UNTIL": "2026-03-08 12:00:00 UTC", "CODENAME": "forky"])
        try await FetchingHouse.with { house in
            let snapshot = try await house.refresh(repository, architectures: [.amd64, .arm64])
            let witness = snapshot.witness
            #expect(
                snapshot.packages == [
                    "alpha 1.0-1", "beta 2:2.0~rc1-1+b2", "beta 2:2.0~rc1-1+b2", "gamma 3",
                ])
            #expect(witness.line == "deb [signed-by=\(repository.keyring)] \(repository.url) trixie main")
            #expect(witness.codename == "forky" && witness.suite == "trixie")
            #expect(witness.signedFiles[0].date?.description == "2026-03-01T12:00:00Z")
            #expect(witness.signedFiles[0].validUntil?.description == "2026-03-08T12:00:00Z")
            #expect(witness.signedFiles.map { $0.signers.map(\.count) } == [[40]])
            #expect(witness.relaxations.isEmpty && snapshot.diagnostics.isEmpty)
            #expect(
                witness.indexes.map(\.path) == [
                    "main/binary-amd64/Packages.xz", "main/binary-arm64/Packages.xz",
                ])
            #expect(witness.indexes[0].url.hasSuffix("/by-hash/SHA256/\(witness.indexes[0].digest.hex)"))
            // Evidence: the signed file and the indexes as they were downloaded.
            #expect(house.store.contains(witness.signedFiles[0].digest))
            #expect(witness.indexes.allSatisfy { house.store.size(of: $0.digest) == $0.size })
            #expect(
                try house.store.read(witness.signedFiles[0].digest)
                    == repository.sh("cat public/dists/trixie/InRelease"))
        }
    }

    @Test(arguments: ["gz", "xz", "plain", "gz xz"]) func compressions(_ formats: String) async throws {
        let repository = try Self.repository(["FORMATS": formats, "BY_HASH": "no"])
        try await FetchingHouse.with { house in
            let snapshot = try await house.refresh(repository)
            #expect(snapshot.packages == ["alpha 1.0-1", "beta 2:2.0~rc1-1+b2"])
            let wanted = formats == "gz" ? ".gz" : formats == "plain" ? "Packages" : ".xz"
            #expect(snapshot.witness.indexes[0].path.hasSuffix(wanted))
        }
    }

    @Test func mirrorWithoutTheNamesByHash() async throws {
        let repository = try Self.repository()
        try repository.sh("rm -r public/dists/trixie/main/binary-amd64/by-hash")
        try await FetchingHouse.with { house in
            let snapshot = try await house.refresh(repository)
            #expect(snapshot.packages.count == 2 && snapshot.diagnostics.isEmpty)
        }
    }

    @Test func architectureAndComponentThatAreNotThere() async throws {
        let repository = try Self.repository(["ARCHITECTURES": "amd64"])
        try await FetchingHouse.with { house in
            let refusal = await house.refusal(repository, architectures: [.amd64, .riscv64])
            #expect(refusal?.kind == "noIndex")
            #expect(refusal?.sentence.contains("the suite has the architectures amd64") == true)
            let line = Located(
                RepositoryLine.debian(
                    url: repository.url, suite: "trixie", components: ["contrib"],
                    signedBy: [repository.keyring]),
                at: SourceLocation(file: "f", line: 1, column: 1))
            let error = await #expect(throws: FetchingError.self) {
                try await house.refresher.refresh([line], keyring: [], architectures: [.amd64])
            }
            #expect(error?.description.contains("its components are main") == true)
        }
    }

    @Test func unchangedIndexIsNotDownloadedAgain() async throws {
        let repository = try Self.repository()
        let mirror = try BadMirror(serving: repository.directory)
        try await FetchingHouse.with { house in
            let first = try await house.refresh(repository, at: mirror.url)
            #expect(try mirror.requests().count == 2)
            try mirror.follow("")
            let second = try await house.refresh(repository, at: mirror.url)
            #expect(try mirror.requests() == ["/dists/trixie/InRelease"])
            #expect(first.indexes.map(\.packages) == second.indexes.map(\.packages))
            // Without the compact form the store's index is parsed again; without both it is downloaded.
            house.cache.discard("index", first.witness.indexes[0].digest)
            #expect(try await house.refresh(repository, at: mirror.url).packages == first.packages)
            #expect(try mirror.requests().count == 2)
            house.cache.discard("index", first.witness.indexes[0].digest)
            try house.store.remove(first.witness.indexes[0].digest)
            #expect(try await house.refresh(repository, at: mirror.url).packages == first.packages)
            #expect(try mirror.requests().count == 4)
        }
    }

    /// At its head the structure is broken, further on only a letter of a text is another.
    @Test(arguments: [0, 400]) func damagedCacheEntryIsMadeAgain(at place: Int) async throws {
        let repository = try Self.repository()
        try await FetchingHouse.with { house in
            let first = try await house.refresh(repository)
            let digest = first.witness.indexes[0].digest
            let entry = try #require(house.cache.entry("index", digest))
            try house.scratch.sh(
                "printf XXXXXXXX | dd of='\(entry)' bs=1 seek=\(place) conv=notrunc status=none")
            let second = try await house.refresh(repository)
            #expect(second.indexes.map(\.packages) == first.indexes.map(\.packages))
            #expect(house.cache.entry("index", digest) != nil)
        }
    }

    @Test func damagedBlobIsDroppedAndDownloadedAgain() async throws {
        let repository = try Self.repository()
        try await FetchingHouse.with { house in
            let first = try await house.refresh(repository)
            let digest = first.witness.indexes[0].digest
            house.cache.discard("index", digest)
            let path = house.store.path(of: digest)
            try house.scratch.sh(
                "chmod u+w '\(path)'; printf X | dd of='\(path)' bs=1 seek=20 conv=notrunc status=none")
            #expect(try await house.refresh(repository).packages == first.packages)
        }
    }

    @Test func manyRefreshesAtTheSameTime() async throws {
        let repository = try Self.repository()
        try await FetchingHouse.with { house in
            let refresher = house.refresher
            let line = FetchingHouse.line(repository.url, signedBy: [repository.keyring])
            let names = try await withThrowingTaskGroup(of: [String].self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        try await refresher.refresh([line], keyring: [], architectures: [.amd64])[0].packages
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(names == Array(repeating: ["alpha 1.0-1", "beta 2:2.0~rc1-1+b2"], count: 8))
        }
    }

    @Test func severalLinesInTheirOrderAndTheFirstFailureOfAll() async throws {
        let (one, two) = (try Self.repository(), try LocalRepository())
        try two.add("delta", "4")
        try two.publish(["SUITE": "sid"])
        try await FetchingHouse.with { house in
            let lines = [
                FetchingHouse.line(one.url, signedBy: [one.keyring]),
                FetchingHouse.line(two.url, suite: "sid"),
            ]
            let snapshots = try await house.refresher.refresh(
                lines, keyring: [.file(HostPath(two.keyring))], architectures: [.amd64])
            #expect(snapshots.map(\.ordinal) == [0, 1])
            #expect(snapshots.map(\.packages.count) == [2, 1])
            try one.sh("rm -r public/dists")
            try two.sh("rm -r public/dists")
            let error = await #expect(throws: FetchingError.self) {
                try await house.refresher.refresh(
                    lines, keyring: [.file(HostPath(two.keyring))], architectures: [.amd64])
            }
            #expect(error?.description.contains(one.url) == true)
        }
    }

    @Test func signedByIsRelativeToTheDefinition() async throws {
        let repository = try Self.repository()
        try await FetchingHouse.with { house in
            let line = Located(
                RepositoryLine.debian(
                    url: repository.url, suite: "trixie", components: ["main"], signedBy: ["archive.gpg"]),
                at: SourceLocation(file: "\(repository.root)/image.yaml", line: 1, column: 1))
            let snapshots = try await house.refresher.refresh(
                [line], keyring: [], architectures: [.amd64])
            #expect(snapshots.count == 1)
        }
    }

    @Test func pollSeesAnUpdateAndADeadMirror() async throws {
        let repository = try Self.repository()
        try await FetchingHouse.with { house in
            let witness = try await house.refresh(repository).witness
            #expect(try await house.refresher.changes(since: [witness]).changed.isEmpty)
            try repository.add("alpha", "1.1-1")
            try repository.publish(["DATE": "2026-03-01 13:00:00 UTC"])
            #expect(try await house.refresher.changes(since: [witness]).changed == [witness])
            #expect(try await house.refresh(repository).packages.contains("alpha 1.1-1"))
            try repository.sh("rm -r public/dists")
            let dead = try await house.refresher.changes(since: [witness])
            #expect(dead.changed.isEmpty && dead.failures.map(\.kind) == ["absent"])
        }
    }

    /// What the demo does to have an update: the same files under a newer version.
    @Test func reversionedPackageIsTheSameButForItsVersion() async throws {
        let repository = try LocalRepository()
        try repository.add("alpha", "1:1.0-1", fields: ["Depends: beta"], files: ["usr/bin/a": "#!/bin/true"])
        let file = "\(repository.directory)/pool/main/alpha_1.0-1_amd64.deb"
        let other = try repository.reversion(file, to: "1:1.0-1+update1")
        #expect(other == "\(repository.directory)/pool/main/alpha_1.0-1+update1_amd64.deb")
        let listing = try repository.sh("dpkg-deb -c '\(file)'; dpkg-deb -c '\(other)'")
        // But for the root folder's own time, which nobody reads.
        let lines = String(decoding: listing, as: UTF8.self).split(separator: "\n").filter {
            !$0.hasSuffix(" ./")
        }
        #expect(lines.count > 6 && lines.prefix(lines.count / 2).elementsEqual(lines.suffix(lines.count / 2)))
        try repository.publish()
        try await FetchingHouse.with { house in
            let snapshot = try await house.refresh(repository)
            #expect(snapshot.packages == ["alpha 1:1.0-1", "alpha 1:1.0-1+update1"])
        }
    }
}
