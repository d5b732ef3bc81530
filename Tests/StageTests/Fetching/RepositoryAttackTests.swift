// SPDX-License-Identifier: Apache-2.0

import Fetching
import Storage
import TestHouse
import Testing
import Vocabulary

/// What somebody could do who sits between the repository and us, or who runs the mirror: each is refused with a
/// sentence that names the repository, the file and the next step, and nothing of it is used.
@Suite struct RepositoryAttackTests {
    struct Attack: CustomTestStringConvertible {
        let name: String
        /// Run in the suite's folder after publishing.
        var script = ""
        var settings: [String: String] = [:]
        let kind: String
        let says: String
        var testDescription: String { name }
    }

    static let resign = "gpg --homedir ../../../gnupg --batch --quiet --yes --clearsign -o InRelease Release"

    static let attacks: [Attack] = [
        Attack(
            name: "signature removed", script: "rm InRelease", kind: "unverified",
            says: "--allow-unsigned accepts"),
        Attack(
            name: "everything removed", script: "rm InRelease Release", kind: "absent", says: "suite's name"),
        Attack(
            name: "signed text changed", script: "sed -i 's/^Label: Local/Label: LocaI/' InRelease",
            kind: "unverified",
            says: "is not trusted"),
        Attack(
            name: "unsigned text in the place of the signed one", script: "cp Release InRelease",
            kind: "unverified",
            says: "no clear-signed text"),
        Attack(
            name: "signature cut off", script: "head -c -60 InRelease > x; mv x InRelease",
            kind: "unverified",
            says: "is not trusted"),
        Attack(
            name: "two signed texts in one file", script: "cat InRelease InRelease > x; mv x InRelease",
            kind: "unverified", says: "more than one signed text"),
        Attack(
            name: "stale mirror that holds updates back",
            settings: ["VALID_UNTIL": "2026-03-02 11:59:59 UTC"],
            kind: "expired", says: "valid until 2026-03-02T11:59:59Z"),
        Attack(
            name: "release from the future", settings: ["DATE": "2026-03-02 12:01:00 UTC"],
            kind: "fromTheFuture",
            says: "Set this machine's clock"),
        Attack(
            name: "another suite under this one's name", settings: ["SUITE": "bookworm"], kind: "wrongSuite",
            says: "is for suite 'bookworm'"),
        Attack(
            name: "index changed",
            script:
                "find . -name 'Packages.xz' -o -path '*by-hash/SHA256/*' -type f | while read f; do printf X | dd of=$f bs=1 seek=40 conv=notrunc status=none; done",
            kind: "mismatch", says: "The mirror is being updated, is broken, or was tampered with"),
        Attack(
            name: "index longer than the release says",
            script:
                "find . -name 'Packages.xz' -o -path '*by-hash/SHA256/*' -type f | while read f; do echo >> $f; done",
            kind: "mismatch", says: "expected"),
        Attack(
            name: "index cut off",
            script:
                "find . -name 'Packages.xz' -o -path '*by-hash/SHA256/*' -type f | while read f; do truncate -s -5 $f; done",
            kind: "mismatch", says: "expected"),
        Attack(
            name: "index of an earlier release, signed but replayed",
            script:
                "cp main/binary-arm64/Packages.xz main/binary-amd64/Packages.xz; rm -r main/binary-amd64/by-hash",
            kind: "mismatch", says: "not what the signed release names"),
        Attack(
            name: "index removed", script: "rm -r main/binary-amd64", kind: "absent", says: "there is no"),
        Attack(
            name: "xz bomb, signed",
            script: """
                rm -r main/binary-amd64/by-hash; head -c 96M /dev/zero | xz -9 > main/binary-amd64/Packages.xz
                set -- $(sha256sum main/binary-amd64/Packages.xz) $(stat -c %s main/binary-amd64/Packages.xz)
                sed -i "s|^ [0-9a-f]* [0-9]* main/binary-amd64/Packages.xz| $1 $3 main/binary-amd64/Packages.xz|" Release
                \(resign)
                """, kind: "undecodable", says: "Packages.xz cannot be used"),
        Attack(
            name: "xz whose content is not the one that the release lists",
            script: """
                rm -r main/binary-amd64/by-hash; xzcat main/binary-amd64/Packages.xz | tr a b | xz > x
                mv x main/binary-amd64/Packages.xz
                set -- $(sha256sum main/binary-amd64/Packages.xz) $(stat -c %s main/binary-amd64/Packages.xz)
                sed -i "s|^ [0-9a-f]* [0-9]* main/binary-amd64/Packages.xz| $1 $3 main/binary-amd64/Packages.xz|" Release
                \(resign)
                """, kind: "mismatch", says: "decompressed"),
        Attack(
            name: "signed nonsense for an index",
            script: """
                rm -r main/binary-amd64/by-hash; echo nonsense | xz > main/binary-amd64/Packages.xz
                set -- $(sha256sum main/binary-amd64/Packages.xz) $(stat -c %s main/binary-amd64/Packages.xz)
                sed -i "/binary-amd64.Packages$/d;s|^ [0-9a-f]* [0-9]* main/binary-amd64/Packages.xz| $1 $3 main/binary-amd64/Packages.xz|" Release
                \(resign)
                """, kind: "undecodable", says: "is no field: 'nonsense'"),
        Attack(
            name: "signed release without a date", script: "sed -i /^Date/d Release; \(resign)",
            kind: "malformedRelease", says: "it has no field Date"),
        Attack(
            name: "signed release without hashes", script: "sed -i '/^SHA256/,$d' Release; \(resign)",
            kind: "malformedRelease", says: "it has no field SHA256"),
    ]

    @Test(arguments: attacks) func refused(_ attack: Attack) async throws {
        let repository = try LocalRepository()
        try repository.add("alpha", "1.0-1")
        try repository.publish(attack.settings)
        if let suite = attack.settings["SUITE"] {
            try repository.sh("mv public/dists/\(suite) public/dists/trixie")
        }
        try repository.sh("cd public/dists/trixie; \(attack.script.isEmpty ? ":" : attack.script)")
        try await FetchingHouse.with { house in
            let refusal = await house.refusal(repository)
            #expect(refusal?.kind == attack.kind, "\(refusal?.sentence ?? "accepted")")
            let sentence = refusal?.sentence ?? ""
            #expect(sentence.contains(attack.says), "\(sentence)")
            #expect(
                sentence.contains("deb [signed-by=") && sentence.contains(repository.directory), "\(sentence)"
            )
            // Nothing that was refused is left for a later run to believe.
            let kinds = try house.cache.usage().map(\.kind)
            #expect(kinds.allSatisfy { $0 == "blobs" })
        }
    }

    @Test func unsignedTextBeforeTheSignedBlockIsNotRead() async throws {
        let repository = try LocalRepository()
        try repository.add("alpha", "1.0-1")
        try repository.publish()
        try repository.sh(
            """
            cd public/dists/trixie
            sed 's/^Codename: .*/Codename: evil/; s/^ [0-9a-f]\\{8\\}/ 00000000/' Release > x
            echo >> x; cat InRelease >> x; mv x InRelease
            """)
        try await FetchingHouse.with { house in
            let snapshot = try await house.refresh(repository)
            #expect(snapshot.witness.codename == "trixie")
            #expect(snapshot.packages == ["alpha 1.0-1"])
        }
    }

    @Test func signedByAnotherKeyThanTheLineNames() async throws {
        let (repository, other) = (try LocalRepository(), try LocalRepository())
        try repository.publish(["KEY": "\(other.root)/gnupg"])
        try await FetchingHouse.with { house in
            let refusal = await house.refusal(repository)
            #expect(refusal?.kind == "unverified")
            #expect(refusal?.sentence.contains(repository.keyring) == true, "\(refusal?.sentence ?? "")")
        }
    }

    @Test(arguments: [
        ("empty keyring", ": > archive.gpg", "it is empty"),
        ("no such keyring", "rm archive.gpg", "it is not there"),
        ("text for a keyring", "echo hello > archive.gpg", "it holds no public key"),
    ]) func keyring(_ name: String, _ script: String, _ says: String) async throws {
        let repository = try LocalRepository()
        try repository.publish()
        try repository.sh(script)
        try await FetchingHouse.with { house in
            let refusal = await house.refusal(repository)
            #expect(refusal?.kind == "unverified", "\(name)")
            #expect(refusal?.sentence.contains(says) == true, "\(name): \(refusal?.sentence ?? "")")
        }
    }

    @Test func noKeyringAtAll() async throws {
        let repository = try LocalRepository()
        try repository.publish()
        try await FetchingHouse.with { house in
            let error = await #expect(throws: FetchingError.self) {
                try await house.refresher.refresh(
                    [FetchingHouse.line(repository.url)], keyring: [], architectures: [.amd64])
            }
            #expect(error?.kind == "noKeyring")
        }
    }

    @Test func unsignedIsAcceptedOnlyWhereItIsAllowedAndIsLoud() async throws {
        let repository = try LocalRepository()
        try repository.add("alpha", "1.0-1")
        try repository.publish(["SIGN": "no"])
        try await FetchingHouse.with { house in
            #expect(await house.refusal(repository)?.kind == "unverified")
            let snapshot = try await house.refresh(repository, allowUnsigned: true)
            #expect(snapshot.packages == ["alpha 1.0-1"])
            #expect(snapshot.witness.isUnsigned)
            #expect(snapshot.witness.relaxations == ["unsigned, accepted by --allow-unsigned"])
            #expect(snapshot.diagnostics.map(\.code.rawValue) == ["repository-unsigned"])
            #expect(snapshot.diagnostics.first?.message.contains("NOT SIGNED") == true)
        }
    }

    @Test func allowingUnsignedDoesNotAllowABadSignature() async throws {
        let repository = try LocalRepository()
        try repository.publish()
        try repository.sh("sed -i 's/^Label: Local/Label: LocaI/' public/dists/trixie/InRelease")
        try await FetchingHouse.with { house in
            #expect(await house.refusal(repository, allowUnsigned: true)?.kind == "unverified")
        }
    }
}
