// SPDX-License-Identifier: Apache-2.0
internal import Vocabulary

/// A C library's streaming decoder for one member (gzip), stream (xz) or frame (zstd) at a time.
protocol StreamCodec: AnyObject {
    static var format: ArchiveError.Format { get }
    /// What most members start with.
    static var magicBytes: [UInt8] { get }
    /// True for the first bytes of a member.
    static func magic(_ head: some Collection<UInt8>) -> Bool
    /// Zero bytes between members come in groups of this many; 0 where there may be none.
    static var padding: Int { get }
    /// Makes ready for a member.
    func start() throws(ArchiveError)
    /// Decodes some; `offset` is that of the input's first byte, for errors. An empty input means its end.
    func step(
        _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer, at offset: Int64
    ) throws(ArchiveError) -> CodecStep
}

struct CodecStep {
    var consumed: Int
    var produced: Int
    var memberEnded: Bool
}

/// The decoded bytes of all members of its input, as one stream.
final class MemberDecoder<Codec: StreamCodec>: ByteSource {
    private let members: MemberSequence<Codec>
    private var finished = false
    private var failure: (any Error)?

    init(_ codec: Codec, of window: InputWindow, limits: DecodingLimits) {
        members = MemberSequence(codec, of: window, limits: limits)
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        if let failure { throw failure }
        guard !finished, buffer.count > 0 else { return 0 }
        do {
            while true {
                if !members.isInside, try !members.enter() {
                    finished = true
                    return 0
                }
                let count = try members.read(into: buffer)
                if count > 0 { return count }
            }
        } catch {
            failure = error
            throw error
        }
    }
}
