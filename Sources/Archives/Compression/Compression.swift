// SPDX-License-Identifier: Apache-2.0
package import Vocabulary

/// How a stream is compressed.
package enum Compression: String, Sendable, Hashable, Codable {
    case none, gzip, xz, zstd, bzip2

    /// Bytes that `sniff` needs to be sure.
    package static let sniffLength = 6

    /// What the first bytes of a stream say; `none` where they say nothing.
    package static func sniff(_ head: [UInt8]) -> Compression {
        if GzipCodec.magic(head) { return .gzip }
        if XzCodec.magic(head) { return .xz }
        if ZstdCodec.magic(head) { return .zstd }
        if BzipCodec.magic(head) { return .bzip2 }
        return .none
    }
}

/// What a decoder may use up before it stops with `ArchiveError.limitExceeded`.
package struct DecodingLimits: Sendable, Equatable {
    /// Output that is never called a bomb, however well it was compressed.
    package static let freeOutput: Int64 = 32 << 20

    /// Most bytes that come out.
    package var outputBytes: Int64
    /// Most bytes out for each byte in, once more than `freeOutput` came out. gzip cannot pass 1,032.
    package var ratio: Int64
    /// Most memory that a decoder may want: xz dictionaries, zstd windows (rounded down to a power of two).
    package var memory: Int64

    /// Generous for packages: xz -9 wants 65 MiB, zstd --ultra 128 MiB.
    package init(outputBytes: Int64 = 16 << 30, ratio: Int64 = 2_000, memory: Int64 = 192 << 20) {
        self.outputBytes = outputBytes
        self.ratio = ratio
        self.memory = memory
    }
}

/// Opens streaming decoders. (Not called `Decoder`, which would hide the standard library's.)
package enum Decompressor {
    /// The decoded bytes of `source`. Concatenated members, streams and frames are one stream, as the formats' own
    /// tools have it. The last read (which returns 0) has seen the end of the input: truncation, wrong checks and
    /// trailing bytes are found there at the latest. Reading throws `ArchiveError` or what `source` throws, and
    /// again if read again.
    package static func open(
        _ compression: Compression, of source: any ByteSource, limits: DecodingLimits = DecodingLimits()
    ) throws -> any ByteSource {
        switch compression {
        case .none: BoundedSource(source, limits: limits)
        case .gzip: MemberDecoder(try GzipCodec(), of: InputWindow(source), limits: limits)
        case .xz: MemberDecoder(XzCodec(memory: limits.memory), of: InputWindow(source), limits: limits)
        case .zstd:
            MemberDecoder(try ZstdCodec(memory: limits.memory), of: InputWindow(source), limits: limits)
        case .bzip2: MemberDecoder(BzipCodec(), of: InputWindow(source), limits: limits)
        }
    }

    /// The same for a stream whose compression its first bytes tell.
    package static func open(
        sniffing source: any ByteSource, limits: DecodingLimits = DecodingLimits()
    ) throws -> (compression: Compression, source: any ByteSource) {
        let window = InputWindow(source)
        let compression = Compression.sniff(Array(try window.peek(Compression.sniffLength)))
        return (compression, try open(compression, of: WindowSource(window), limits: limits))
    }
}

/// What is left in a window, as a source.
struct WindowSource: ByteSource {
    let window: InputWindow

    init(_ window: InputWindow) { self.window = window }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int { try window.read(into: buffer) }
}

/// Bytes as they are, no more than the limit.
private final class BoundedSource: ByteSource {
    private var source: any ByteSource
    private let limit: Int64
    private var seen: Int64 = 0

    init(_ source: any ByteSource, limits: DecodingLimits) {
        self.source = source
        limit = limits.outputBytes
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        let count = try source.read(into: buffer)
        seen += Int64(count)
        guard seen <= limit else { throw ArchiveError.limitExceeded(.plain, .outputBytes, allowed: limit) }
        return count
    }
}
