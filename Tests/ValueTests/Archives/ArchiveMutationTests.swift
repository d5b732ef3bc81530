// SPDX-License-Identifier: Apache-2.0
import Archives
import Glibc
import TestHouse
import Testing
import Vocabulary

/// Damaged archives, from real ones and fixed seeds: whatever comes, readers end with `ArchiveError` or an entry, stay
/// below their limits and never trap. `make fuzz` (SLIPWAY_FUZZ) tries a hundred times as many.
@Suite struct ArchiveMutationTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let script: String
        let read: @Sendable ([UInt8]) throws -> Void
        /// Mends tar checksums afterwards, so that damage gets past them.
        var mends = false
        var testDescription: String { name }
    }

    private static let limit: Int64 = 1 << 20
    private static let tree = """
        n=$(printf %0120d 0); mkdir -p t/d/$n; cd t; echo hello >f; ln f d/hard; ln -s ../f d/soft; mkfifo d/p
        printf x >d/$n/$n; ln -s $n d/long; ln d/$n/$n hard; head -c 3000 /dev/zero >zeros; cd ..
        """
    private static let dpkg = """
        mkdir -p p/DEBIAN p/usr; echo hello >p/usr/f
        printf 'Package: p\\nVersion: 1\\nArchitecture: all\\nMaintainer: A <a@example.org>\\nDescription: x\\n' \
            >p/DEBIAN/control
        """

    private static let apk = """
        printf 'pkgname = a\npkgver = 1\ndatahash = %0128d\n' 0 >.PKGINFO; printf x >.SIGN.RSA256.k.rsa.pub; seq 99 >f
        tar -b1 -czf d.gz f; sed -i "s/= 0.*/= $(sha256sum d.gz | cut -c-64)/" .PKGINFO
        { tar -b1 -cz .SIGN.RSA256.k.rsa.pub; tar -b1 -cz .PKGINFO; cat d.gz; } >out
        """
    private static let apkIndex = """
        printf 'P:a\nV:1\n\n' >APKINDEX; echo x >DESCRIPTION; printf x >.SIGN.RSA256.k.rsa.pub
        { tar -b1 -cz .SIGN.RSA256.k.rsa.pub; tar -b1 -cz DESCRIPTION APKINDEX; } >out
        """

    static let cases: [Case] = [
        Case(name: "tar gnu", script: "\(tree)\ntar --format=gnu -b1 -cf out -C t .", read: tar, mends: true),
        Case(
            name: "tar oldgnu", script: "\(tree)\ntar --format=oldgnu -b1 -cf out -C t .", read: tar,
            mends: true),
        Case(name: "tar pax", script: "\(tree)\ntar --format=pax -b1 -cf out -C t .", read: tar, mends: true),
        Case(
            name: "tar ustar",
            script: "\(tree)\ntar --format=ustar -b1 -cf out -C t f d/hard d/soft d/p zeros",
            read: tar, mends: true),
        Case(
            name: "tar v7", script: "\(tree)\ntar --format=v7 -b1 -cf out -C t f d/hard zeros", read: tar,
            mends: true),
        Case(name: "tar unmended", script: "\(tree)\ntar --format=pax -b1 -cf out -C t .", read: tar),
        Case(name: "deb xz", script: "\(dpkg)\ndpkg-deb --root-owner-group -Zxz -b p out", read: package),
        Case(name: "deb zstd", script: "\(dpkg)\ndpkg-deb --root-owner-group -Zzstd -b p out", read: package),
        Case(name: "deb gzip", script: "\(dpkg)\ndpkg-deb --root-owner-group -Zgzip -b p out", read: package),
        Case(name: "apk", script: apk, read: apkPackage),
        Case(name: "APKINDEX", script: apkIndex, read: { _ = try ApkIndexFile($0, limit: limit) }),
        Case(name: "gzip", script: "seq 2000 | gzip >out; echo x | gzip >>out", read: stream(.gzip)),
        Case(name: "xz", script: "seq 2000 | xz >out; echo x | xz >>out", read: stream(.xz)),
        Case(name: "zstd", script: "seq 2000 | zstd -q >out; echo x | zstd -q >>out", read: stream(.zstd)),
        Case(name: "ar", script: "echo ab >a; echo b >b; ar rcD out a b", read: ar),
    ]

    @Test(.timeLimit(.minutes(10)), arguments: cases)
    func damageIsSurvived(input: Case) throws {
        let scratch = try Scratch()
        try scratch.sh(input.script)
        let bytes = try scratch.read("out")
        try input.read(bytes)
        var refused = 0
        let rounds = getenv("SLIPWAY_FUZZ") == nil ? 1_000 : 100_000
        for seed in 0..<UInt64(rounds) {
            var random = SmallRandom(seed: seed)
            var damaged = Self.damage(bytes, &random)
            if input.mends { Self.mendChecksums(&damaged) }
            do {
                try input.read(damaged)
            } catch is ArchiveError {
                refused += 1
            }
        }
        // Damage that nothing notices (a time, a name) is allowed; if nothing were refused, nothing would be read.
        #expect(refused > rounds / 20)
    }

    /// One to four changes of the kinds that break parsers.
    private static func damage(_ original: [UInt8], _ random: inout SmallRandom) -> [UInt8] {
        var bytes = original
        let interesting: [UInt8] = [
            0, 0xFF, 0x80, 0x7F, 0x30, 0x37, 0x39, 0x20, 0x2F, 0x0A, 0x78, 0x67, 0x4C, 0x4B, 0x53,
        ]
        for _ in 0..<Int.random(in: 1...4, using: &random) where !bytes.isEmpty {
            let place = Int.random(in: 0..<bytes.count, using: &random)
            let length = min(Int.random(in: 1...16, using: &random), bytes.count - place)
            switch Int.random(in: 0..<8, using: &random) {
            case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            case 1: bytes[place] = interesting[Int.random(in: 0..<interesting.count, using: &random)]
            case 2: bytes.removeSubrange(place...)
            case 3: bytes.removeSubrange(place..<place + length)
            case 4: bytes.insert(contentsOf: bytes[place..<place + length], at: place)
            case 5:
                for index in place..<place + length {
                    bytes[index] = UInt8.random(in: 0...255, using: &random)
                }
            case 6:
                let value = interesting[Int.random(in: 0..<interesting.count, using: &random)]
                for index in place..<place + length { bytes[index] = value }
            default:
                // Another block's bytes at this block's place: headers where contents should be.
                let (from, to) = (
                    place / 512 * 512, Int.random(in: 0...bytes.count / 512, using: &random) * 512
                )
                let block = Array(bytes[from..<min(from + 512, bytes.count)])
                bytes.replaceSubrange(min(to, bytes.count)..<min(to + 512, bytes.count), with: block)
            }
        }
        return bytes
    }

    private static func mendChecksums(_ bytes: inout [UInt8]) {
        for start in stride(from: 0, to: bytes.count - 511, by: 512)
        where bytes[start + 257..<start + 262].elementsEqual("ustar".utf8) {
            bytes.replaceSubrange(start + 148..<start + 156, with: repeatElement(0x20, count: 8))
            let sum = bytes[start..<start + 512].reduce(0) { $0 + Int($1) }
            let digits = String(sum, radix: 8)
            let field = String(repeating: "0", count: 6 - digits.count) + digits + "\0 "
            bytes.replaceSubrange(start + 148..<start + 156, with: field.utf8)
        }
    }

    // MARK: Readers, with limits that they must keep

    private static let tarLimits = TarLimits(
        entries: 100, nameBytes: 512, extendedHeaderBytes: 4_096, totalBytes: limit)
    private static let decodingLimits = DecodingLimits(outputBytes: limit, ratio: 1_100, memory: 64 << 20)

    @Sendable private static func tar(_ bytes: [UInt8]) throws { try entries(of: MemorySource(bytes)) }

    private static func entries(of source: any ByteSource) throws {
        let reader = TarReader(source, limits: tarLimits)
        var total = 0
        var count = 0
        while let entry = try reader.next() {
            count += 1
            try #require(entry.path.utf8.count <= 3 * 512 && entry.size <= limit && entry.mode <= 0o7777)
            total += try drain(reader, piece: 8_192).count
        }
        try #require(count <= 100 && total <= limit)
    }

    @Sendable private static func package(_ bytes: [UInt8]) throws {
        let reader = ArReader(MemorySource(bytes))
        while let member = try reader.next() {
            guard member.name.contains(".tar") else { continue }
            try entries(of: try Decompressor.open(sniffing: reader, limits: decodingLimits).source)
        }
    }

    @Sendable private static func apkPackage(_ bytes: [UInt8]) throws {
        let reader = try ApkReader(
            MemorySource(bytes), limits: ApkLimits(signatures: limit, control: limit, data: limit))
        _ = try reader.readControl()
        try entries(of: try reader.openData())
        _ = try reader.finish()
    }

    private static func stream(_ compression: Compression) -> @Sendable ([UInt8]) throws -> Void {
        { bytes in
            let source = try Decompressor.open(compression, of: MemorySource(bytes), limits: decodingLimits)
            try #require(try drain(source, piece: 8_192).count <= limit)
        }
    }

    @Sendable private static func ar(_ bytes: [UInt8]) throws {
        let reader = ArReader(MemorySource(bytes))
        while try reader.next() != nil { try #require(try drain(reader, piece: 8_192).count <= bytes.count) }
    }
}
