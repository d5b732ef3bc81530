// SPDX-License-Identifier: Apache-2.0
import Archives
import TestHouse
import Testing
import Vocabulary

@Suite struct SegmentTests {
    private func segment(_ bytes: [UInt8], piece: Int = 1 << 16) throws -> (
        bytes: [UInt8], summary: SegmentSummary
    ) {
        var encoder = try SegmentEncoder()
        var sink = MemorySink()
        var start = 0
        while start < bytes.count {
            let end = min(start + piece, bytes.count)
            try bytes.withUnsafeBytes { try encoder.write(.init(rebasing: $0[start..<end]), to: &sink) }
            start = end
        }
        return (sink.bytes, try encoder.finish(to: &sink))
    }

    private func join(_ parts: [[UInt8]]) throws -> [UInt8] {
        var join = GzipJoin()
        var gzip = GzipJoin.header()
        for part in parts {
            var encoder = try SegmentEncoder()
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
}
