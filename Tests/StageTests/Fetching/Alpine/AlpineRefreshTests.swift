// SPDX-License-Identifier: Apache-2.0

import Fetching
import Storage
import TestHouse
import Testing
import Vocabulary

@Suite struct AlpineRefreshTests {
    private static let main = ApkBench.mainKey

    @Test(arguments: ["file", "folder", "http", "slash"])
    func readsASignedRepository(kind: String) async throws {
        let bench = try ApkBench()
        let mirror = kind == "http" ? try BadMirror(serving: bench.directory) : nil
        let location =
            switch kind {
            case "file": bench.url
            case "folder": bench.directory
            case "slash": "\(bench.url)/"
            default: mirror?.url ?? ""
            }
        try await FetchingHouse.with { house in
            let snapshot = try await house.refresh(bench, at: location)
            #expect(snapshot.packages == ["hello 1.0-r0", "world 2.0-r1"])
            #expect(snapshot.family == .alpine && snapshot.diagnostics.isEmpty)
            let witness = snapshot.witness
            #expect(witness.line == location && witness.suite == nil && witness.relaxations.isEmpty)
            #expect(witness.url == mirror?.url ?? bench.url)
            let bytes = try bench.read("repo/x86_64/APKINDEX.tar.gz")
            let digest = ContentHasher.digest(of: bytes)
            let url = "\(witness.url)/x86_64/APKINDEX.tar.gz"
            #expect(
                witness.indexes == [
                    .init(path: "x86_64/APKINDEX.tar.gz", url: url, digest: digest, size: Int64(bytes.count))
                ])
            let file = try #require(witness.signedFiles.first)
            #expect(file.url == url && file.digest == digest && file.date == nil && file.validUntil == nil)
            #expect(file.signers.count == 1 && file.signers[0].hasPrefix("\(Self.main).rsa.pub (sha256:"))
            #expect(try house.store.read(digest) == bytes)
        }
    }

    static let signed: [(String, publish: String, keys: [String], sentence: String?)] = [
        ("RSA512", "publish second:RSA512", ["second"], nil),
        ("two signatures, one key known", "publish other:RSA256 second:RSA256", ["second"], nil),
        ("one key, two algorithms", "publish second:RSA second:RSA256", ["second"], nil),
        ("more keys than signatures", "publish second:RSA256", ["other", "second"], nil),
        ("unknown key", "publish other:RSA256", ["second"], "signed by 'other.rsa.pub'"),
        ("unsigned", "publish", ["second"], "it is not signed; --allow-unsigned accepts that"),
        ("no key at all", "publish second:RSA256", [], "no key is named"),
        (
            "another key's signature under a trusted name",
            "publish other:RSA256; mv .SIGN.RSA256.other.rsa.pub .SIGN.RSA256.second.rsa.pub; "
                + "{ member .SIGN.RSA256.second.rsa.pub; cat index.gz; } >repo/x86_64/APKINDEX.tar.gz",
            ["second"], "the signature (RSA256) by 'second.rsa.pub' does not hold"
        ),
        (
            "a broken signature beside a good one",
            "publish second:RSA256 other:RSA256; echo x >.SIGN.RSA256.other.rsa.pub; "
                + "{ member .SIGN.*; cat index.gz; } >repo/x86_64/APKINDEX.tar.gz",
            ["second", "other"], "by 'other.rsa.pub' does not hold"
        ),
        (
            "a signature of another kind",
            "publish second:RSA256; mv .SIGN.RSA256.second.rsa.pub .SIGN.DSA.second.rsa.pub; "
                + "{ member .SIGN.*; cat index.gz; } >repo/x86_64/APKINDEX.tar.gz",
            ["second"], "is not trusted"
        ),
        (
            "signature of an index of before",
            "publish second:RSA256; cp index.s old; echo >>records; publish second:RSA256; "
                + "cat old index.gz >repo/x86_64/APKINDEX.tar.gz",
            ["second"], "does not hold"
        ),
        (
            "signed, and no gzip behind the signature",
            "publish second:RSA256; rm .SIGN.*; echo nothing >index.gz; signature second RSA256 index.gz; "
                + "{ member .SIGN.*; cat index.gz; } >repo/x86_64/APKINDEX.tar.gz",
            ["second"], "cannot be used"
        ),
        (
            "signed, with two members",
            "index; cat index.gz index.gz >two; signature second RSA256 two; "
                + "{ member .SIGN.*; cat two; } >repo/x86_64/APKINDEX.tar.gz",
            ["second"], "something stands after the end"
        ),
        (
            "no index", "rm -f repo/x86_64/APKINDEX.tar.gz", ["second"],
            "there are no packages for amd64: no file://"
        ),
    ]

    @Test(arguments: signed)
    func signatures(_ name: String, publish: String, keys: [String], sentence: String?) async throws {
        let bench = try ApkBench(publish)
        try await FetchingHouse.with { house in
            let refusal = await house.refusal(bench, keys: keys.map { bench.key($0) })
            #expect((refusal == nil) == (sentence == nil), "\(name): \(refusal?.sentence ?? "accepted")")
            if let sentence {
                #expect(refusal?.sentence.contains(sentence) == true, "\(refusal?.sentence ?? "")")
            }
        }
    }

    @Test func sha1IsWarnedAboutOnce() async throws {
        let bench = try ApkBench("publish second:RSA; cp -r repo/x86_64 repo/aarch64")
        try await FetchingHouse.with { house in
            let snapshot = try await house.refresh(
                bench, keys: [bench.key("second")], architectures: [.amd64, .arm64])
            #expect(snapshot.diagnostics.map(\.code.rawValue) == ["weak-signature"])
            #expect(snapshot.indexes.map(\.architecture) == [.amd64, .arm64])
        }
    }

    @Test func unsignedIsLoudAndRecorded() async throws {
        let bench = try ApkBench("publish")
        try await FetchingHouse.with { house in
            for keys in [[], [bench.key()]] {
                let snapshot = try await house.refresh(bench, keys: keys, allowUnsigned: true)
                #expect(snapshot.witness.isUnsigned)
                #expect(snapshot.witness.relaxations == ["unsigned, accepted by --allow-unsigned"])
                #expect(snapshot.diagnostics.map(\.code.rawValue) == ["repository-unsigned"])
            }
            // What is signed must hold all the same.
            try bench.sh("publish other:RSA256")
            #expect(await house.refusal(bench, allowUnsigned: true)?.kind == "unverified")
        }
    }

    @Test func aMissingArchitectureIsNamed() async throws {
        let bench = try ApkBench()
        try await FetchingHouse.with { house in
            let refusal = await house.refusal(bench, architectures: [.amd64, .riscv64])
            #expect(refusal?.kind == "noArchitecture")
            #expect(refusal?.sentence.contains("no packages for riscv64") == true)
            #expect(refusal?.sentence.contains("Take riscv64 out of 'archs'") == true)
        }
    }

    @Test func passwordsInALineAreRefusedWithoutRepeatingThem() async throws {
        let bench = try ApkBench()
        try await FetchingHouse.with { house in
            let refusal = await house.refusal(bench, at: "https://me:hunter2@apk.example.org/os")
            #expect(refusal?.kind == "passwordInLine")
            #expect(refusal?.sentence.contains("HTTP_AUTH=basic:apk.example.org:USER:PASSWORD") == true)
            #expect(refusal?.sentence.contains("hunter2") == false)
        }
    }

    @Test func familiesAreReadLineByLine() async throws {
        let bench = try ApkBench()
        let debian = try LocalRepository()
        try debian.add("alpha", "1.0-1")
        try debian.publish()
        try await FetchingHouse.with { house in
            let snapshots = try await house.refresher.refresh(
                [
                    ApkBench.line(bench.url, tag: "edge"),
                    FetchingHouse.line(debian.url, signedBy: [debian.keyring]),
                ], keyring: [bench.key()], architectures: [.amd64])
            #expect(snapshots.map(\.family) == [.alpine, .debian])
            #expect(snapshots.map(\.tag) == ["edge", nil] && snapshots.map(\.ordinal) == [0, 1])
            #expect(snapshots[0].witness.line == "@edge \(bench.url)")
        }
    }

    // MARK: Keys

    @Test func keysAreDownloadedOnceAndKept() async throws {
        let bench = try ApkBench(
            "publish second:RSA256; mkdir repo/keys; cp second.rsa.pub repo/keys/second.rsa.pub")
        let mirror = try BadMirror(serving: bench.directory)
        let key = KeyringEntry.url("\(mirror.url)/keys/second.rsa.pub")
        try await FetchingHouse.with { house in
            let first = try await house.refresh(bench, keys: [key])
            #expect(first.diagnostics.map(\.code.rawValue) == ["key-downloaded"])
            #expect(first.diagnostics[0].message.contains("sha256:"))
            #expect(try await house.refresh(bench, keys: [key]).diagnostics.isEmpty)
            #expect(try mirror.requests() == ["/keys/second.rsa.pub"])
            let kept = try #require(house.refresher.keptKey(key))
            #expect(try house.store.read(kept) == bench.read("second.rsa.pub"))
        }
    }

    static let badKeys: [(String, script: String, kind: String)] = [
        ("absent", "", "keyAbsent"),
        ("empty", ": >key.rsa.pub", "badKey"),
        ("a private key", "cp second.rsa key.rsa.pub", "badKey"),
        ("a short key", "openssl genrsa 1024 | openssl rsa -pubout >key.rsa.pub", "badKey"),
        (
            "an elliptic key", "openssl ecparam -name prime256v1 -genkey | openssl ec -pubout >key.rsa.pub",
            "badKey"
        ),
        ("too large", "head -c 100000 /dev/zero >key.rsa.pub", "badKey"),
        ("a folder", "mkdir key.rsa.pub", "badKey"),
    ]

    @Test(arguments: badKeys) func keysThatCannotBeUsed(_ name: String, script: String, kind: String)
        async throws
    {
        let bench = try ApkBench()
        try bench.sh("{ \(script.isEmpty ? ":" : script); } 2>/dev/null")
        try await FetchingHouse.with { house in
            let refusal = await house.refusal(bench, keys: [bench.key(), bench.key("key")])
            #expect(refusal?.kind == kind, "\(name): \(refusal?.sentence ?? "accepted")")
            #expect(refusal?.sentence.contains("key.rsa.pub") == true)
        }
    }

    @Test func wolfisKeyNeedsNoFile() async throws {
        let bench = try ApkBench()
        let wolfi = KeyringEntry.file(HostPath("\(bench.root)/wolfi-signing.rsa.pub"))
        try await FetchingHouse.with { house in
            let snapshot = try await house.refresh(bench, keys: [wolfi, bench.key()])
            #expect(snapshot.diagnostics.map(\.code.rawValue) == ["key-built-in"])
            #expect(house.refresher.keptKey(wolfi).map { house.store.contains($0) } == true)
            // A file of that name is another key, and is what counts.
            try bench.sh("cp second.rsa.pub wolfi-signing.rsa.pub")
            #expect(try await house.refresh(bench, keys: [wolfi, bench.key()]).diagnostics.isEmpty)
        }
    }
}
