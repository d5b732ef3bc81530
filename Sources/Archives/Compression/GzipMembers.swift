// SPDX-License-Identifier: Apache-2.0
package import Vocabulary

/// Reads concatenated gzip members (RFC 1952, 2.2) one at a time, for formats that give each of them a meaning and
/// hash or sign its compressed bytes. A class, so that the current member can be handed on as a source.
package final class GzipMembers: ByteSource {
    private let members: MemberSequence<GzipCodec>
    private var failure: (any Error)?
    /// Of the current member's first compressed byte.
    package private(set) var start: Int64 = 0
    /// Of the first compressed byte that was not read: the current member's end, once `read` gave 0.
    package var end: Int64 { members.offset }

    /// Nothing is read yet. Throws `ArchiveError` where zlib has no memory.
    package init(_ source: any ByteSource) throws {
        members = MemberSequence(try GzipCodec(), of: InputWindow(source), limits: DecodingLimits())
    }

    /// Goes on to the next member, after what was not read of the current one was decoded and checked; false at the
    /// end of the source. `limits` hold for the new member alone; `observe` is shown its compressed bytes, header and
    /// checksum included, piece by piece as they are read. Throws `ArchiveError` (other bytes than a member's count as
    /// trailing garbage) or what the source throws, and again if asked again.
    package func next(
        limits: DecodingLimits = DecodingLimits(),
        observing observe: ((UnsafeRawBufferPointer) -> Void)? = nil
    ) throws -> Bool {
        try remembering {
            try drain()
            members.observe = observe
            members.restart(with: limits)
            start = members.offset
            return try members.enter()
        }
    }

    /// Some of the current member's decoded bytes; 0 at its end, whose checksum was compared then.
    package func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        try remembering { try members.read(into: buffer) }
    }

    /// Hands on everything behind the current member as it stands, not decoded, up to the end of the source.
    package func forEachPieceOfRest(_ body: (UnsafeRawBufferPointer) throws -> Void) throws {
        try remembering {
            try drain()
            members.observe = nil
            start = members.offset
            try members.passRest(body)
        }
    }

    private func drain() throws {
        if members.isInside { try forEachPiece { _ in } }
    }

    private func remembering<Value>(_ body: () throws -> Value) throws -> Value {
        if let failure { throw failure }
        do {
            return try body()
        } catch {
            failure = error
            throw error
        }
    }
}
