// SPDX-License-Identifier: Apache-2.0

import Archives
import TestHouse
import Testing
import Vocabulary

@testable import Fetching

/// What abuild, melange and apko signed, with the keys that they published.
@Suite(.enabled(if: SharedFixtures.areHere, "\(SharedFixtures.hint)")) struct FixtureSignatureTests {
    struct Signed: Sendable, CustomTestStringConvertible {
        let file: String
        let key: String
        var algorithm = "RSA256"
        var testDescription: String { file }
    }

    private static let signing = "apk/apk/signing/keys/chainguard-"
    static let indexes = [
        Signed(file: "apk/apko-cli/packages/x86_64/APKINDEX.tar.gz", key: "apk/apko-cli/melange.rsa.pub"),
        Signed(
            file: "apk/apko-cli/packages/aarch64/APKINDEX.tar.gz",
            key: "apk/apko-cli/packages/melange.rsa.pub"),
        Signed(
            file: "apk/apko-cli/private_packages/packages/x86_64/APKINDEX.tar.gz",
            key: "apk/apko-cli/private_packages/private_pkg_key.rsa.pub", algorithm: "RSA"),
        Signed(
            file: "apk/apko-cli/private_packages/packages/aarch64/APKINDEX.tar.gz",
            key: "apk/apko-cli/private_packages/private_pkg_key.rsa.pub", algorithm: "RSA"),
        Signed(
            file: "apk/apk/rsa256-signed/APKINDEX.tar.gz", key: "apk/apk/rsa256-signed/test-rsa256.rsa.pub"),
        Signed(
            file: "apk/apk/signing/APKINDEX.tar.gz",
            key: "\(signing)0106f58bac88057c2ff5c2829850df492717a876ed700443550353c7ab23f5a0.rsa.pub"),
        Signed(
            file: "apk/apk/signing/APKINDEX.tar.gz",
            key: "\(signing)60912bbc46bfc8ed6bda0b50db3a8a5f3c4344d6bc8549ec9b84d96140b475d1.rsa.pub"),
        Signed(
            file: "apk/apk/signing/APKINDEX.tar.gz",
            key: "\(signing)61cb6bccd1f584b007db7be51ebce2b0530a54cc5a94e7650b570d113d537cf3.rsa.pub"),
    ]
    static let packages =
        ["replayout", "pretend-baselayout", "custom-ca-certs-1", "custom-ca-certs-2"].flatMap { name in
            ["x86_64", "aarch64"].map {
                Signed(
                    file: "apk/apko-cli/packages/\($0)/\(name)-1.0.0-r0.apk",
                    key: "apk/apko-cli/melange.rsa.pub")
            }
        }
        + ["package-x", "package-y"].flatMap { name in
            ["x86_64", "aarch64"].map {
                Signed(
                    file: "apk/apko-cli/private_packages/packages/\($0)/\(name)-1.0.0-r0.apk",
                    key: "apk/apko-cli/private_packages/private_pkg_key.rsa.pub", algorithm: "RSA")
            }
        }

    private static func key(_ path: String, named name: String? = nil) throws -> AlpineKey {
        let own = String(path.split(separator: "/").last ?? "")
        return try AlpineKey(name: name ?? own, pem: try SharedFixtures.read(path))
    }

    private static func check(_ keys: [AlpineKey], _ bytes: [UInt8]) throws(FetchingError) -> [String] {
        let source = try AlpineSource(
            ApkBench.line("https://apk.example.org/os"), location: "https://apk.example.org/os", tag: nil,
            ordinal: 0)
        let check = AlpineIndexCheck(
            source: source, keyring: AlpineKeyring(keys: keys), allowUnsigned: false)
        let signers = try check.check(bytes, url: "https://apk.example.org/os/x86_64/APKINDEX.tar.gz").signers
        // As the loader does after that: the structure of what was signed.
        do { _ = try ApkIndexFile(bytes) } catch {
            throw .undecodable(repository: "", file: "", reason: "\(error)")
        }
        return signers
    }

    @Test(arguments: indexes) func verifiesWithItsKey(signed: Signed) throws {
        let bytes = try SharedFixtures.read(signed.file)
        let key = try Self.key(signed.key)
        let der = try Tool.sh(
            "openssl pkey -pubin -in '\(SharedFixtures.path(signed.key))' -outform DER | sha256sum", in: ".")
        #expect(String(decoding: der, as: UTF8.self).hasPrefix(key.fingerprint.hex))
        #expect(try Self.check([key], bytes) == ["\(key.name) (\(key.fingerprint))"])
        #expect(try ApkIndexFile(bytes).signatures.contains { $0.algorithm == signed.algorithm })
        // A key that was downloaded under a name without its suffix is the same key.
        let bare = try Self.key(signed.key, named: String(AlpineKey.stem(of: key.name)))
        #expect(try Self.check([bare], bytes).count == 1)
    }

    @Test(arguments: indexes) func notWithAnotherKeyOfItsName(signed: Signed) throws {
        let other = try Self.key(
            "keys/wolfi-signing.rsa.pub", named: String(signed.key.split(separator: "/").last ?? ""))
        #expect(throws: FetchingError.self) { try Self.check([other], try SharedFixtures.read(signed.file)) }
    }

    @Test(arguments: indexes) func notWithAnotherName(signed: Signed) throws {
        let renamed = try Self.key(signed.key, named: "renamed.rsa.pub")
        let error = #expect(throws: FetchingError.self) {
            try Self.check([renamed], try SharedFixtures.read(signed.file))
        }
        #expect(error?.description.contains("contents.keyring names 'renamed.rsa.pub'") == true)
    }

    /// Each eleventh byte, and every one near a member's beginning or end.
    private static func places(_ bytes: [UInt8], _ members: [Int]) -> [Int] {
        bytes.indices.filter { place in
            place % 11 == 0 || members.contains { abs($0 - place) <= 12 }
        }
    }

    /// gzip's own header of the signature's member says nothing that matters (a time, an
    /// operating system) and is signed by nobody: what is accepted there must hold the same signature.
    @Test(arguments: indexes) func notWithOneFlippedByte(signed: Signed) throws {
        let bytes = try SharedFixtures.read(signed.file)
        let keys = [try Self.key(signed.key)]
        let (signatures, rest) = try ApkIndexFile.signatures(of: bytes)
        let start = bytes.count - rest.count
        for place in Self.places(bytes, [0, start, bytes.count]) {
            var damaged = bytes
            damaged[place] ^= 1 << UInt8(place % 8)
            guard (try? Self.check(keys, damaged)) != nil else { continue }
            try #require(place < start, "byte \(place) of the signed member may be another")
            try #require(try ApkIndexFile.signatures(of: damaged).0 == signatures, "byte \(place)")
        }
    }

    @Test(arguments: indexes) func notWithItsMembersReordered(signed: Signed) throws {
        let bytes = try SharedFixtures.read(signed.file)
        let (_, index) = try ApkIndexFile.signatures(of: bytes)
        let reordered = index + bytes.dropLast(index.count)
        #expect(throws: FetchingError.self) { try Self.check([try Self.key(signed.key)], reordered) }
    }

    @Test(arguments: indexes) func notWithASecondIndexAppended(signed: Signed) throws {
        let bytes = try SharedFixtures.read(signed.file)
        let (_, index) = try ApkIndexFile.signatures(of: bytes)
        #expect(throws: FetchingError.self) { try Self.check([try Self.key(signed.key)], bytes + index) }
    }

    /// Three keys signed it; one broken signature of a key that is trusted is refused although two others hold.
    @Test func aBrokenSignatureIsNotOutvoted() throws {
        let bytes = try SharedFixtures.read("apk/apk/signing/APKINDEX.tar.gz")
        let keys = try Self.indexes.suffix(3).map { try Self.key($0.key) }
        #expect(try Self.check(keys, bytes).count == 3)
        let wrong = try Self.key("keys/wolfi-signing.rsa.pub", named: keys[1].name)
        #expect(try Self.check([keys[0], keys[2]], bytes).count == 2)
        #expect(throws: FetchingError.self) { try Self.check([keys[0], wrong, keys[2]], bytes) }
    }

    /// Its key is not among the fixtures, another one of Alpine's is.
    @Test func alpineIsNotSignedByAlpinesOtherKey() throws {
        let bytes = try SharedFixtures.read("apk/apk/alpine-316/APKINDEX.tar.gz")
        let other = try Self.key("apk/apk/alpine-316/alpine-devel@lists.alpinelinux.org-4a6a0840.rsa.pub")
        let error = #expect(throws: FetchingError.self) { try Self.check([other], bytes) }
        #expect(
            error?.description.contains("signed by 'alpine-devel@lists.alpinelinux.org-6165ee59.rsa.pub'")
                == true)
        let forged = try Self.key(
            "keys/wolfi-signing.rsa.pub", named: "alpine-devel@lists.alpinelinux.org-6165ee59.rsa.pub")
        let refused = #expect(throws: FetchingError.self) { try Self.check([forged], bytes) }
        #expect(refused?.description.contains("does not hold") == true)
    }

    @Test func theBuiltInKeyIsWolfis() throws {
        #expect(Array(WolfiKey.pem.utf8) == (try SharedFixtures.read("keys/wolfi-signing.rsa.pub")))
    }

    // MARK: Packages

    private static func chain(_ bytes: [UInt8], _ keys: [AlpineKey], checksum: String) throws {
        let reader = try ApkReader(MemorySource(bytes))
        let control = try reader.readControl()
        let objection = AlpineChain.objection(
            to: control, control.info.name, control.info.version, checksum)
        if let objection { throw AlpineKey.Flaw(reason: objection) }
        _ = try AlpineKeyring(keys: keys).judge(control.signatures, of: control.member.compressed)
        _ = try reader.finish()
    }

    @Test(arguments: packages) func packageHoldsWithItsKeyAndNotDamaged(signed: Signed) throws {
        let bytes = try SharedFixtures.read(signed.file)
        let control = try ApkReader(MemorySource(bytes)).readControl()
        let key = try Self.key(signed.key)
        let judged = try AlpineKeyring(keys: [key]).judge(control.signatures, of: control.member.compressed)
        #expect(judged.signers == [key.signer] && judged.isWeak == (signed.algorithm == "RSA"))
        try Self.chain(bytes, [key], checksum: control.checksum)
        let other = try Self.key("keys/wolfi-signing.rsa.pub", named: key.name)
        #expect(throws: AlpineKeyring.BadSignature.self) {
            try Self.chain(bytes, [other], checksum: control.checksum)
        }
        let members = [
            0, Int(control.member.range.lowerBound), Int(control.member.range.upperBound), bytes.count,
        ]
        for place in Self.places(bytes, members) {
            var damaged = bytes
            damaged[place] ^= 1 << UInt8(place % 8)
            guard (try? Self.chain(damaged, [key], checksum: control.checksum)) != nil else { continue }
            let again = try ApkReader(MemorySource(damaged)).readControl()
            try #require(
                place < Int(control.member.range.lowerBound)
                    && again.member.compressed == control.member.compressed,
                "byte \(place) may be another")
        }
    }

    @Test func packageDoesNotHoldWithAControlMemberOfAnother() throws {
        let folder = "apk/apko-cli/packages/x86_64"
        let (one, two) = (
            try SharedFixtures.read("\(folder)/replayout-1.0.0-r0.apk"),
            try SharedFixtures.read("\(folder)/pretend-baselayout-1.0.0-r0.apk")
        )
        let (mine, theirs) = (
            try ApkReader(MemorySource(one)).readControl(), try ApkReader(MemorySource(two)).readControl()
        )
        let key = try Self.key("apk/apko-cli/melange.rsa.pub")
        let head = Array(one[..<Int(mine.member.range.lowerBound)])
        let data = Array(one[Int(mine.member.range.upperBound)...])
        let spliced = head + theirs.member.compressed + data
        for checksum in [mine.checksum, theirs.checksum] {
            #expect(throws: (any Error).self) { try Self.chain(spliced, [key], checksum: checksum) }
            #expect(throws: (any Error).self) { try Self.chain(spliced, [], checksum: checksum) }
        }
    }
}
