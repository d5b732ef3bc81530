// SPDX-License-Identifier: Apache-2.0

import Archives
import Fetching
import Storage
import TestHouse
import Testing
import Vocabulary

/// From an index's checksums to package files, and back.
@Suite struct AlpinePinTests {
    private static func file(_ bench: ApkBench, _ name: String) throws -> PackagePins.File {
        let bytes = try bench.read("repo/x86_64/\(name).apk")
        return .init(digest: ContentHasher.digest(of: bytes), size: Int64(bytes.count))
    }

    @Test func packagesAreFoundOnceAndRemembered() async throws {
        let bench = try ApkBench()
        let mirror = try BadMirror(serving: bench.directory)
        try await FetchingHouse.with { house in
            let snapshot = try await house.refresh(bench, at: mirror.url)
            let pins = try await house.fetcher.pin(
                snapshot.unpinned, keyring: [bench.key()], cache: house.cache)
            let expected = [try Self.file(bench, "hello-1.0-r0"), try Self.file(bench, "world-2.0-r1")]
            #expect(snapshot.unpinned.map { pins.files[$0.checksum] } == expected)
            #expect(expected.allSatisfy { house.store.size(of: $0.digest) == $0.size })
            try mirror.follow("apk absent")
            let again = try await house.fetcher.pin(snapshot.unpinned, keyring: [], cache: house.cache)
            #expect(again == pins)
            #expect(try mirror.requests().isEmpty)
            try mirror.follow("")
            try house.store.remove(expected[0].digest)
            #expect(try await house.fetcher.pin(snapshot.unpinned, keyring: [], cache: house.cache) == pins)
            #expect(try mirror.requests() == ["/x86_64/hello-1.0-r0.apk"])
        }
    }

    @Test func anEarlierLockIsEnough() async throws {
        let bench = try ApkBench()
        try await FetchingHouse.with { house in
            let snapshot = try await house.refresh(bench)
            var known = PackagePins()
            for package in snapshot.unpinned {
                known.files[package.checksum] = .init(
                    digest: ContentHasher.digest(of: package.name.text), size: package.size)
            }
            try bench.sh("rm repo/x86_64/*.apk")
            #expect(
                try await house.fetcher.pin(snapshot.unpinned, known: known, keyring: [], cache: house.cache)
                    == known)
            // One of another size is of another file.
            let hello = snapshot.unpinned[0].checksum
            known.files[hello]?.size += 1
            let error = await #expect(throws: FetchingError.self) {
                try await house.fetcher.pin(snapshot.unpinned, known: known, keyring: [], cache: house.cache)
            }
            #expect(error?.kind == "package")
        }
    }

    /// What a mirror could serve under a package's name; each of them of the right length, or of another.
    static let attacks: [(String, script: String, sentence: String)] = [
        ("absent", "rm $f", "it is not there"),
        ("truncated", "head -c 100 hello-1.0-r0.apk >$f", "expected"),
        ("longer", "echo >>$f", "expected"),
        ("another package", "cp world-2.0-r1.apk $f; pad", "the index names Q1"),
        (
            "another version of it",
            "rm -rf tree; mkdir -p tree/usr; apk hello 0.9-r0; cp hello-0.9-r0.apk $f; pad",
            "the index names Q1"
        ),
        (
            "control member of another", "cat world.c hello.d >$f; pad", "the index names Q1"
        ),
        ("data of another", "cat hello.c world.d >$f; pad", "its .PKGINFO names the data"),
        ("a flipped bit in the data", "flip $(( $(wc -c <hello.c) + 30 ))", "its .PKGINFO names the data"),
        (
            "a flipped bit in the control member", "flip 60",
            "expected the package that the signed index names"
        ),
        ("members reordered", "cat hello.d hello.c >$f", "is no file and stands among the control files"),
        ("no archive", "head -c $(wc -c <hello-1.0-r0.apk) /dev/zero >$f", "this is another format"),
    ]
    private static let padding = """
        f=repo/x86_64/hello-1.0-r0.apk
        size=$(wc -c <hello-1.0-r0.apk)
        # pad: the file gets the length that the index gives
        pad() { truncate -s $size $f; }
        flip() { cp hello-1.0-r0.apk $f; printf '\\377' | dd of=$f bs=1 seek=$1 conv=notrunc status=none; }
        """

    @Test(arguments: attacks)
    func whatIsNotTheIndexesPackageIsRefused(_ name: String, script: String, sentence: String) async throws {
        let bench = try ApkBench()
        try await FetchingHouse.with { house in
            let snapshot = try await house.refresh(bench)
            try bench.sh("\(Self.padding)\n\(script)")
            let error = await #expect(throws: FetchingError.self) {
                try await house.fetcher.pin(snapshot.unpinned, keyring: [bench.key()], cache: house.cache)
            }
            #expect(error?.kind == "package", "\(name)")
            #expect(error?.description.contains(sentence) == true, "\(name): \(error?.description ?? "")")
            // Nothing of it stays, and the right file is taken when it comes.
            try bench.sh("cp hello-1.0-r0.apk repo/x86_64")
            let pins = try await house.fetcher.pin(snapshot.unpinned, keyring: [], cache: house.cache)
            #expect(pins.files.count == 2)
        }
    }

    @Test(arguments: [
        ("by the trusted key", "signature \(ApkBench.mainKey) RSA256 hello.c", nil),
        ("by a stranger", "signature other RSA256 hello.c", nil),
        ("by a stranger, of something else", "signature other RSA256 world.c", nil),
        (
            "by the trusted key, of another package", "signature \(ApkBench.mainKey) RSA256 world.c",
            "own signature (RSA256)"
        ),
    ])
    func aPackagesOwnSignature(_ name: String, sign: String, sentence: String?) async throws {
        let bench = try ApkBench(
            """
            \(sign); member .SIGN.* >hello.s; cat hello.s hello-1.0-r0.apk >repo/x86_64/hello-1.0-r0.apk
            : >records; record hello 1.0-r0 >>records; record world 2.0-r1 >>records
            publish \(ApkBench.mainKey):RSA256
            """)
        try await FetchingHouse.with { house in
            let snapshot = try await house.refresh(bench)
            do throws(FetchingError) {
                let pins = try await house.fetcher.pin(
                    snapshot.unpinned, keyring: [bench.key()], cache: house.cache)
                #expect(sentence == nil && pins.files.count == 2)
            } catch {
                #expect(sentence.map { error.description.contains($0) } == true, "\(name): \(error)")
            }
        }
    }

    @Test func brokenMirrors() async throws {
        let bench = try ApkBench()
        for (script, works) in [
            ("apk truncate=100 ok", true), ("apk truncate=100", false), ("apk stall=100 ok", true),
            ("hello-1.0-r0.apk flip=150", false), ("apk oversize=100", false), ("apk status=503 ok", true),
            ("apk reset ok", true), ("apk short", false),
        ] {
            let mirror = try BadMirror(serving: bench.directory, script: script)
            try await FetchingHouse.with { house in
                let snapshot = try await house.refresh(bench, at: mirror.url)
                do throws(FetchingError) {
                    _ = try await house.fetcher.pin(snapshot.unpinned, keyring: [], cache: house.cache)
                    #expect(works, "\(script)")
                } catch {
                    #expect(!works && error.kind == "package", "\(script): \(error)")
                }
            }
        }
    }

    // MARK: The chain of a lock

    @Test func chainsAreVerifiedDownToTheControlMember() async throws {
        let bench = try ApkBench()
        try await FetchingHouse.with { house in
            let snapshot = try await house.refresh(bench)
            let pins = try await house.fetcher.pin(snapshot.unpinned, keyring: [], cache: house.cache)
            let (lock, witness) = snapshot.lock(pins)
            let fetched = try await house.fetcher.fetch(lock, witness: witness, snapshots: [snapshot])
            #expect(fetched.items.map(\.chainVerified) == [true, true] && fetched.diagnostics.isEmpty)

            // A lock that somebody changed: the index's checksum beside another package's file.
            var forged = lock
            let other = lock.packages[1]
            forged.packages[0].digest = other.digest
            forged.packages[0].size = lock.packages[0].size
            let items = FetchedPackages(
                architecture: .amd64,
                items: forged.packages.map { .init(package: $0, chainVerified: false) }, diagnostics: [])
            let error = #expect(throws: FetchingError.self) {
                try PackageFetcher.check(items, against: [snapshot], in: house.store)
            }
            #expect(error?.kind == "wrongPackage")

            // A package that no index names any more.
            forged = lock
            forged.packages[0].checksum = "Q1AAAAAAAAAAAAAAAAAAAAAAAAAAA="
            let gone = try await house.fetcher.fetch(forged, witness: witness, snapshots: [snapshot])
            #expect(gone.items.map(\.chainVerified) == [false, true])
            #expect(gone.diagnostics.map(\.code.rawValue) == ["chain-not-checked"])
        }
    }
}
