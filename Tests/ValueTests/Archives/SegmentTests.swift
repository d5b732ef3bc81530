// SPDX-License-Identifier: Apache-2.0
import Archives
import TestHouse
import Testing
import Vocabulary

@Suite struct SegmentTests {
    private func segment(_ bytes: [UInt8], piece: Int = 1 << 16) throws -> (
        bytes: [UInt8], summary: SegmentSummary
    ) {
        var encoder = SegmentEncoder()
        var sink = MemorySink()
        var start = 0
        while start < bytes.count {
            let end = min(start + piece, bytes.count)
            try bytes.withUnsafeBytes { try encoder.write(.init(rebasing: $0[start..<end]), to: &sink) }
            start = end
        }
        let summary = try encoder.finish(to: &sink)
        return (sink.bytes, summary)
    }

    private func join(_ parts: [[UInt8]]) throws -> [UInt8] {
        var join = GzipJoin()
        var gzip = GzipJoin.header()
        for part in parts {
            var encoder = SegmentEncoder()
            var sink = MemorySink()
            try part.withUnsafeBytes { try encoder.write($0, to: &sink) }
            let summary = try encoder.finish(to: &sink)
            #expect(summary.compressedSize == sink.bytes.count)
            join.add(summary)
            gzip += sink.bytes
        }
        gzip += join.trailer()
        #expect(join.compressedSize == gzip.count)
        return gzip
    }

    @Test(arguments: [
        [], [0], [1], [511], [1 << 20], [1 << 20, 1], [3_000_000, 0, 17, 1_048_577], [5, 5, 5],
    ])
    func joinedSegmentsAreOneMemberThatToolsRead(sizes: [Int]) throws {
        let parts = sizes.enumerated().map { sampleBytes($1, seed: UInt64($0)) }
        let gzip = try join(parts)
        #expect(try drain(try Decompressor.open(.gzip, of: MemorySource(gzip))) == parts.flatMap { $0 })
        let scratch = try Scratch()
        try scratch.write(gzip, to: "a.gz")
        try scratch.write(parts.flatMap { $0 }, to: "a")
        try scratch.sh("gzip -t a.gz && zcat a.gz | cmp - a")
        // Python's reader counts members: there must be one.
        try scratch.sh(
            "python3 -c 'import zlib;d=zlib.decompressobj(31);x=d.decompress(open(\"a.gz\",\"rb\").read());"
                + "assert d.eof and not d.unused_data and x==open(\"a\",\"rb\").read()'")
    }

    @Test func writesMayBeCutAnywhere() throws {
        let bytes = sampleBytes(2_500_000, seed: 7)
        let whole = try segment(bytes, piece: bytes.count)
        for piece in [999, 65_536, 1 << 20, (1 << 20) + 1] {
            let cut = try segment(bytes, piece: piece)
            #expect(cut.bytes == whole.bytes && cut.summary == whole.summary)
        }
    }

    /// Equal input must give equal blobs on every machine, so the encoder is pinned. A new libdeflate has a new
    /// identity, by which old segments are no longer used: add its digests here once it was measured
    /// (Documentation/decisions/001-gzip-encoder.md), and expect every image to get new blob digests, though the same
    /// diffIDs. The same identity with other digests is a bug: never change a line of this table.
    private static let golden = [
        "libdeflate-1.14-level6-chunk1048576": [
            "47d80f9ddfd202558c5b48075b8acf15688d295e8f4cb32da473af28a515e0b4",
            "c48fc67d6fc587af7d81cd08d5f6e274c7a6fc20440a3b109c9239f0450bb3bc",
        ]
    ]

    @Test func bytesArePinned() throws {
        let digests = try #require(
            Self.golden[SegmentEncoder.identity], "\(SegmentEncoder.identity) is new here")
        let inputs = [sampleBytes(2_500_000, seed: 11), [UInt8](repeating: 0, count: 1_024)]
        for (input, digest) in zip(inputs, digests) {
            let made = ContentHasher.digest(of: try segment(input).bytes).hex
            #expect(made == digest)
        }
    }

    @Test func whatCannotBeCompressedHardlyGrows() throws {
        var random = SmallRandom(seed: 5)
        let noise = (0..<2_000_003).map { _ in UInt8.random(in: 0...255, using: &random) }
        let gzip = try join([noise, noise])
        #expect(gzip.count < 2 * noise.count + 800)
        #expect(try drain(try Decompressor.open(.gzip, of: MemorySource(gzip))) == noise + noise)
    }

    /// Chunks of every size around the places where the encoder changes its mind: stored, fixed and dynamic blocks.
    @Test func chunksOfAllSizesJoin() throws {
        let bytes = sampleBytes(70_000, seed: 9)
        let sizes = Array(1...80) + Array(stride(from: 81, to: 70_000, by: 4_801))
        let parts = sizes.map { Array(bytes[($0 / 3)..<min($0 / 3 + $0, bytes.count)]) }
        let gzip = try join(parts)
        #expect(try drain(try Decompressor.open(.gzip, of: MemorySource(gzip))) == parts.flatMap { $0 })
    }
}
