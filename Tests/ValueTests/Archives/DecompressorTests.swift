// SPDX-License-Identifier: Apache-2.0
import Archives
import TestHouse
import Testing
import Vocabulary

/// One stream made by a real tool.
struct CompressedSample: Sendable, CustomTestStringConvertible {
    let compression: Compression
    /// A shell command from `plain` to `packed`.
    let command: String
    var testDescription: String { command }

    static let all = [
        CompressedSample(compression: .gzip, command: "gzip -c plain"),
        CompressedSample(compression: .gzip, command: "gzip -1 -n <plain"),
        CompressedSample(
            compression: .gzip, command: "head -c 70001 plain | gzip; tail -c +70002 plain | gzip"),
        CompressedSample(compression: .xz, command: "xz -c plain"),
        CompressedSample(compression: .xz, command: "xz -0 -T2 --block-size=65536 -c plain"),
        CompressedSample(compression: .xz, command: "xz --check=sha256 -c plain"),
        CompressedSample(compression: .xz, command: "xz --check=none -c plain"),
        CompressedSample(compression: .xz, command: "xz --check=crc32 --x86 --lzma2 -c plain"),
        CompressedSample(
            compression: .xz,
            command: "head -c 9 plain | xz; head -c 8 /dev/zero; tail -c +10 plain | xz; head -c 4 /dev/zero"),
        CompressedSample(compression: .zstd, command: "zstd -q -c plain"),
        CompressedSample(compression: .zstd, command: "zstd -q -19 --no-check -c plain"),
        CompressedSample(compression: .zstd, command: "zstd -q --long=24 -c <plain"),
        CompressedSample(
            compression: .zstd,
            command:
                "head -c 5 plain | zstd -q; printf 'Q\\052\\115\\030\\003\\000\\000\\000abc'; tail -c +6 plain | zstd -q"
        ),
        CompressedSample(compression: .none, command: "cat plain"),
    ]

    func make(_ plain: [UInt8]) throws -> [UInt8] {
        let scratch = try Scratch()
        try scratch.write(plain, to: "plain")
        try scratch.sh("{ \(command); } >packed")
        return try scratch.read("packed")
    }

    func open(_ bytes: [UInt8], limits: DecodingLimits = DecodingLimits()) throws -> any ByteSource {
        try Decompressor.open(compression, of: MemorySource(bytes), limits: limits)
    }
}

@Suite struct DecompressorTests {
    static let plain = sampleBytes(300_000, seed: 1)

    @Test(arguments: CompressedSample.all)
    func decodesWhatTheToolMade(sample: CompressedSample) throws {
        let packed = try sample.make(Self.plain)
        #expect(Compression.sniff(Array(packed.prefix(Compression.sniffLength))) == sample.compression)
        for piece in [1, 4_099, 1 << 17, 1 << 20] {
            let source = Trickle(packed, piece: piece)
            #expect(
                try drain(try Decompressor.open(sample.compression, of: source), piece: piece) == Self.plain)
        }
        let (sniffed, source) = try Decompressor.open(sniffing: MemorySource(packed))
        #expect(sniffed == sample.compression)
        #expect(try drain(source) == Self.plain)
    }

    @Test(arguments: CompressedSample.all.filter { $0.compression != .none })
    func everyTruncationIsFound(sample: CompressedSample) throws {
        let packed = try sample.make(Array(Self.plain.prefix(20_000 + 70_100)))
        let ends =
            Array(0..<40) + Array(stride(from: 41, to: packed.count - 40, by: 1_733))
            + Array(packed.count - 40..<packed.count)
        // A cut between members, or within xz's padding, leaves a whole stream.
        var whole = 0
        for end in ends {
            do {
                _ = try drain(try sample.open(Array(packed[..<end])))
                whole += 1
            } catch ArchiveError.truncated {} catch ArchiveError.trailingGarbage {}
        }
        #expect(whole <= 2)
    }

    @Test(arguments: CompressedSample.all.filter { $0.compression != .none })
    func bytesAfterTheEndAreRefused(sample: CompressedSample) throws {
        let packed = try sample.make([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
        for garbage in [[7], Array("more than eight bytes".utf8), [0], [0, 0, 0]] as [[UInt8]] {
            #expect(throws: ArchiveError.trailingGarbage(try format(sample), at: Int64(packed.count))) {
                _ = try drain(try sample.open(packed + garbage))
            }
        }
    }

    private func format(_ sample: CompressedSample) throws -> ArchiveError.Format {
        try #require(ArchiveError.Format(rawValue: sample.compression.rawValue))
    }

    @Test func wrongChecksAreFound() throws {
        func damaged(_ sample: CompressedSample, fromEnd: Int) throws -> [UInt8] {
            var packed = try sample.make(Self.plain)
            packed[packed.count - fromEnd] ^= 1
            return packed
        }
        for fromEnd in [1, 8] {
            let bytes = try damaged(CompressedSample.all[0], fromEnd: fromEnd)
            let error = #expect(throws: ArchiveError.self) {
                _ = try drain(try Decompressor.open(.gzip, of: MemorySource(bytes)))
            }
            guard case .checksumMismatch(.gzip, _) = error else { Issue.record("\(error as Any)"); return }
        }
        let zstd = try damaged(CompressedSample(compression: .zstd, command: "zstd -q -c plain"), fromEnd: 1)
        let error = #expect(throws: ArchiveError.self) {
            _ = try drain(try Decompressor.open(.zstd, of: MemorySource(zstd)))
        }
        guard case .checksumMismatch(.zstd, _) = error else { Issue.record("\(error as Any)"); return }
        // The block's check stands before index and footer.
        let xz = try damaged(
            CompressedSample(compression: .xz, command: "xz --check=crc32 -c plain"), fromEnd: 30)
        #expect(throws: ArchiveError.self) { _ = try drain(try Decompressor.open(.xz, of: MemorySource(xz))) }
    }

    @Test(arguments: [
        CompressedSample(compression: .gzip, command: "head -c 300M /dev/zero | gzip -1"),
        CompressedSample(compression: .xz, command: "head -c 300M /dev/zero | xz -0"),
        CompressedSample(compression: .zstd, command: "head -c 300M /dev/zero | zstd -q -1"),
    ])
    func bombsStopEarly(sample: CompressedSample) throws {
        let bomb = try sample.make([])
        let format = try format(sample)
        let byRatio = try sample.open(bomb, limits: DecodingLimits(ratio: 100))
        #expect(throws: ArchiveError.limitExceeded(format, .ratio, allowed: 100)) {
            _ = try count(byRatio, stopAt: 40 << 20)
        }
        let bySize = try sample.open(bomb, limits: DecodingLimits(outputBytes: 1 << 20))
        #expect(throws: ArchiveError.limitExceeded(format, .outputBytes, allowed: 1 << 20)) {
            _ = try count(bySize, stopAt: 2 << 20)
        }
        // Once failed, always failed.
        #expect(throws: ArchiveError.limitExceeded(format, .outputBytes, allowed: 1 << 20)) {
            _ = try drain(bySize)
        }
    }

    /// Bytes that come out, up to about `limit`.
    private func count(_ source: any ByteSource, stopAt limit: Int) throws -> Int {
        var source = source
        var total = 0
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)
        defer { buffer.deallocate() }
        while total < limit {
            let count = try source.read(into: buffer)
            if count == 0 { break }
            total += count
        }
        return total
    }

    @Test(arguments: [
        CompressedSample(compression: .xz, command: "xz -9 -c plain"),
        CompressedSample(compression: .zstd, command: "zstd -q --ultra -22 --long=27 -c <plain"),
    ])
    func memoryIsLimited(sample: CompressedSample) throws {
        let packed = try sample.make(Array(repeating: Self.plain, count: 4).flatMap { $0 })
        let format = try format(sample)
        #expect(throws: ArchiveError.limitExceeded(format, .memory, allowed: 8 << 20)) {
            _ = try drain(try sample.open(packed, limits: DecodingLimits(memory: 8 << 20)))
        }
        _ = try drain(try sample.open(packed))
    }

    @Test func anotherFormatIsNamed() throws {
        #expect(throws: ArchiveError.malformed(.xz, reason: "this is another format", at: 0)) {
            _ = try drain(try Decompressor.open(.xz, of: MemorySource([0x1F, 0x8B, 8, 0])))
        }
        #expect(throws: ArchiveError.truncated(.gzip, at: 0)) {
            _ = try drain(try Decompressor.open(.gzip, of: MemorySource([])))
        }
        #expect(throws: ArchiveError.limitExceeded(.plain, .outputBytes, allowed: 9)) {
            _ = try drain(
                try Decompressor.open(
                    .none, of: MemorySource(Array(0..<10)), limits: DecodingLimits(outputBytes: 9)))
        }
    }
}
