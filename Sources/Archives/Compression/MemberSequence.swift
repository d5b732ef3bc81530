// SPDX-License-Identifier: Apache-2.0
internal import Vocabulary

/// Drives a codec from member to member of its input and holds it to the limits.
final class MemberSequence<Codec: StreamCodec> {
    private let codec: Codec
    private let window: InputWindow
    private var limits: DecodingLimits
    private var members = 0
    private var produced: Int64 = 0
    /// Where the input stood when `produced` began to count.
    private var base: Int64 = 0
    /// Whether the end of the member that was entered last is still to come.
    private(set) var isInside = false
    /// Gets every compressed byte that is consumed.
    var observe: ((UnsafeRawBufferPointer) -> Void)?

    init(_ codec: Codec, of window: InputWindow, limits: DecodingLimits) {
        self.codec = codec
        self.window = window
        self.limits = limits
    }

    /// Of the first compressed byte that was not consumed yet.
    var offset: Int64 { window.offset }

    /// Counts from here on, against other limits.
    func restart(with limits: DecodingLimits) {
        self.limits = limits
        produced = 0
        base = window.offset
    }

    /// Starts the next member; false at the end of the input.
    func enter() throws -> Bool {
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
        isInside = true
        return true
    }

    /// Some decoded bytes of the member; 0 at its end (or for an empty buffer).
    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        // The C libraries count in 32 bits.
        let output = UnsafeMutableRawBufferPointer(rebasing: buffer[..<min(buffer.count, 1 << 30)])
        while isInside, !output.isEmpty {
            let input = try window.peek(1)
            let step = try codec.step(input, into: output, at: window.offset)
            if let observe { observe(UnsafeRawBufferPointer(rebasing: input[..<step.consumed])) }
            window.take(step.consumed)
            produced += Int64(step.produced)
            try checkLimits()
            if step.memberEnded { isInside = false }
            if step.produced > 0 { return step.produced }
            if step.consumed == 0, !step.memberEnded {
                throw input.isEmpty
                    ? ArchiveError.truncated(Codec.format, at: window.offset)
                    : ArchiveError.malformed(Codec.format, reason: "the decoder is stuck", at: window.offset)
            }
        }
        return 0
    }

    /// What is left of the input, as it stands.
    func passRest(_ body: (UnsafeRawBufferPointer) throws -> Void) throws {
        while true {
            let ready = try window.peek(1)
            if ready.isEmpty { return }
            try body(ready)
            window.take(ready.count)
        }
    }

    private func checkLimits() throws {
        guard produced <= limits.outputBytes else {
            throw ArchiveError.limitExceeded(Codec.format, .outputBytes, allowed: limits.outputBytes)
        }
        if produced > DecodingLimits.freeOutput, produced / max(limits.ratio, 1) > window.offset - base {
            throw ArchiveError.limitExceeded(Codec.format, .ratio, allowed: limits.ratio)
        }
    }
}
