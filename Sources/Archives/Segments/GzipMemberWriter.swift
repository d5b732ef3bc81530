// SPDX-License-Identifier: Apache-2.0
package import Vocabulary

/// Compresses what it is given into one gzip member, with the same compressor and the same header as layers: equal
/// bytes give equal members. Call `finish` at the end, or the member has none.
package struct GzipMemberWriter<Sink: ByteSink>: ByteSink {
    package private(set) var sink: Sink
    private var encoder = SegmentEncoder()
    private var hasBegun = false

    package init(_ sink: Sink) { self.sink = sink }

    package mutating func write(_ bytes: UnsafeRawBufferPointer) throws {
        try begin()
        try encoder.write(bytes, to: &sink)
    }

    /// Ends the member; another one begins with the next write.
    package mutating func finish() throws {
        try begin()
        var join = GzipJoin()
        join.add(try encoder.finish(to: &sink))
        try sink.write(join.trailer())
        hasBegun = false
    }

    private mutating func begin() throws {
        guard !hasBegun else { return }
        try sink.write(GzipJoin.header())
        hasBegun = true
    }
}

extension GzipMemberWriter where Sink == MemorySink {
    /// Small things in one go.
    package static func member(of bytes: [UInt8]) throws -> [UInt8] {
        var writer = GzipMemberWriter(MemorySink())
        try writer.write(bytes)
        try writer.finish()
        return writer.sink.bytes
    }
}
