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

/// Drives a codec over all members of its input and holds it to the limits.
final class MemberDecoder<Codec: StreamCodec>: ByteSource {
    private let codec: Codec
    private let window: InputWindow
    private let limits: DecodingLimits
    private var produced: Int64 = 0
    private var members = 0
    private var insideMember = false
    private var finished = false
    private var failure: (any Error)?

    init(_ codec: Codec, of window: InputWindow, limits: DecodingLimits) {
        self.codec = codec
        self.window = window
        self.limits = limits
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        if let failure { throw failure }
        guard !finished, buffer.count > 0 else { return 0 }
        // The C libraries count in 32 bits.
        let output = UnsafeMutableRawBufferPointer(rebasing: buffer[..<min(buffer.count, 1 << 30)])
        do {
            return try decode(into: output)
        } catch {
            failure = error
            throw error
        }
    }

    private func decode(into output: UnsafeMutableRawBufferPointer) throws -> Int {
        while true {
            if !insideMember, try !enterMember() {
                finished = true
                return 0
            }
            let input = try window.peek(1)
            let step = try codec.step(input, into: output, at: window.offset)
            window.take(step.consumed)
            produced += Int64(step.produced)
            try checkLimits()
            if step.memberEnded { insideMember = false }
            if step.produced > 0 { return step.produced }
            if step.consumed == 0, !step.memberEnded {
                throw input.isEmpty
                    ? ArchiveError.truncated(Codec.format, at: window.offset)
                    : ArchiveError.malformed(Codec.format, reason: "the decoder is stuck", at: window.offset)
            }
        }
    }

    /// Starts the next member; false at the end of the input.
    private func enterMember() throws -> Bool {
        var head = try window.peek(8)
        if members > 0, Codec.padding > 0 {
            while head.count >= Codec.padding, head.prefix(Codec.padding).allSatisfy({ $0 == 0 }) {
                window.take(Codec.padding)
                head = try window.peek(8)
            }
        }
        if head.isEmpty {
            guard members > 0 else { throw ArchiveError.truncated(Codec.format, at: 0) }
            return false
        }
        guard Codec.magic(head) else {
            if head.count < Codec.magicBytes.count, Codec.magicBytes.starts(with: head) {
                throw ArchiveError.truncated(Codec.format, at: window.offset + Int64(head.count))
            }
            throw members > 0
                ? ArchiveError.trailingGarbage(Codec.format, at: window.offset)
                : ArchiveError.malformed(Codec.format, reason: "this is another format", at: 0)
        }
        try codec.start()
        members += 1
        insideMember = true
        return true
    }

    private func checkLimits() throws {
        guard produced <= limits.outputBytes else {
            throw ArchiveError.limitExceeded(Codec.format, .outputBytes, allowed: limits.outputBytes)
        }
        if produced > DecodingLimits.freeOutput, produced / max(limits.ratio, 1) > window.offset {
            throw ArchiveError.limitExceeded(Codec.format, .ratio, allowed: limits.ratio)
        }
    }
}
