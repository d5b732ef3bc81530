// SPDX-License-Identifier: Apache-2.0
package import Vocabulary

/// What a tar reader accepts before it stops with `ArchiveError.limitExceeded`.
package struct TarLimits: Sendable, Equatable {
    /// Headers of all kinds.
    package var entries: Int64
    /// Bytes of a path or a link target.
    package var nameBytes: Int
    /// Bytes of one extended header.
    package var extendedHeaderBytes: Int
    /// Bytes of the whole archive, contents and headers.
    package var totalBytes: Int64
    /// An archive ends with two zero blocks. False for what may not: APK's parts and Slipway's own segments.
    package var requiresEndMarker: Bool

    package init(
        entries: Int64 = 1_000_000, nameBytes: Int = 4_096, extendedHeaderBytes: Int = 1 << 20,
        totalBytes: Int64 = 16 << 30, requiresEndMarker: Bool = true
    ) {
        self.entries = entries
        self.nameBytes = nameBytes
        self.extendedHeaderBytes = extendedHeaderBytes
        self.totalBytes = totalBytes
        self.requiresEndMarker = requiresEndMarker
    }
}

/// Reads v7, ustar, GNU (long names, base 256) and pax archives. What readers of the field disagree about is refused,
/// so that nobody sees another archive than Slipway does: sparse files, a lone zero block, bytes after the end, both
/// a GNU and a pax name, contents of entries that have none, global headers that are more than a comment.
/// A class, so that the current entry's bytes can be handed on as a source while the reader keeps its place.
package final class TarReader: ByteSource {
    private let window: InputWindow
    private let limits: TarLimits
    private var headers: Int64 = 0
    private var remaining: Int64 = 0
    private var padding: Int64 = 0
    private var ended = false

    package init(_ source: any ByteSource, limits: TarLimits = TarLimits()) {
        window = InputWindow(source)
        self.limits = limits
    }

    /// The next entry, after what was not read of the last one was passed over. Nil at the end, when all of the
    /// source was read, so that a decoder before this reader has checked everything. Throws `ArchiveError` or what
    /// the source throws.
    package func next() throws -> TarEntry? {
        guard !ended else { return nil }
        guard try window.skip(remaining), try window.skip(padding) else { throw truncated() }
        (remaining, padding) = (0, 0)
        var extensions = Extensions()
        while let header = try nextHeader() {
            switch header.typeFlag {
            case UInt8(ascii: "x"):
                guard extensions.local == nil else { throw malformed("two extended headers in a row") }
                extensions.local = try PaxRecords(try body(header), at: window.offset)
            case UInt8(ascii: "g"):
                let global = try PaxRecords(try body(header), at: window.offset)
                guard global.isEmpty else {
                    throw ArchiveError.unsupported(
                        .tar, feature: "a global header that changes entries", at: window.offset)
                }
            case UInt8(ascii: "L"):
                guard extensions.longName == nil else { throw malformed("two long names in a row") }
                extensions.longName = try longName(header)
            case UInt8(ascii: "K"):
                guard extensions.longLink == nil else { throw malformed("two long link targets in a row") }
                extensions.longLink = try longName(header)
            default: return try begin(header, extensions)
            }
        }
        guard extensions.isEmpty else { throw truncated() }
        try drain()
        ended = true
        return nil
    }

    /// Some of the current entry's content; 0 at its end.
    package func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        guard remaining > 0, buffer.count > 0 else { return 0 }
        let room = UnsafeMutableRawBufferPointer(
            rebasing: buffer[..<Int(min(Int64(buffer.count), remaining))])
        let count = try window.read(into: room)
        guard count > 0 else { throw truncated() }
        remaining -= Int64(count)
        return count
    }

    private func begin(_ header: TarHeader, _ extensions: Extensions) throws(ArchiveError) -> TarEntry {
        let entry = try TarEntry(header, extensions, limits: limits, at: window.offset - 512)
        remaining = entry.size
        padding = TarFormat.padding(entry.size)
        guard entry.size <= limits.totalBytes - min(window.offset, limits.totalBytes) else {
            throw tooMuch(.totalBytes)
        }
        return entry
    }

    /// Nil at the end marker, or at the end of the source where none is required.
    private func nextHeader() throws -> TarHeader? {
        let ready = try window.peek(TarFormat.blockSize)
        if ready.isEmpty, !limits.requiresEndMarker { return nil }
        guard ready.count >= TarFormat.blockSize else { throw truncated() }
        let block = UnsafeRawBufferPointer(rebasing: ready[..<TarFormat.blockSize])
        if block.allSatisfy({ $0 == 0 }) {
            try endMarker()
            return nil
        }
        headers += 1
        guard headers <= limits.entries else { throw tooMuch(.entries) }
        guard window.offset <= limits.totalBytes else { throw tooMuch(.totalBytes) }
        let header = try TarHeader(block, at: window.offset)
        window.take(TarFormat.blockSize)
        return header
    }

    private func endMarker() throws {
        let pair = try window.peek(2 * TarFormat.blockSize)
        guard pair.count >= 2 * TarFormat.blockSize else {
            guard pair.count == TarFormat.blockSize, !limits.requiresEndMarker else { throw truncated() }
            return
        }
        guard pair[TarFormat.blockSize..<2 * TarFormat.blockSize].allSatisfy({ $0 == 0 }) else {
            throw malformed("a lone zero block")
        }
    }

    /// Tars are padded with zeros to their record size; anything else after the end is refused.
    private func drain() throws {
        while true {
            let ready = try window.peek(1)
            if ready.isEmpty { return }
            guard ready.allSatisfy({ $0 == 0 }) else {
                throw ArchiveError.trailingGarbage(.tar, at: window.offset)
            }
            window.take(ready.count)
            guard window.offset <= limits.totalBytes else { throw tooMuch(.totalBytes) }
        }
    }

    /// The bytes of an extended header or a long name, with their padding passed over.
    private func body(_ header: TarHeader) throws -> [UInt8] {
        guard header.size >= 0, header.size <= Int64(limits.extendedHeaderBytes) else {
            throw tooMuch(.extendedHeaderBytes)
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Int(header.size))
        while bytes.count < Int(header.size) {
            let ready = try window.peek(1)
            guard !ready.isEmpty else { throw truncated() }
            let count = min(ready.count, Int(header.size) - bytes.count)
            bytes.append(contentsOf: ready[..<count])
            window.take(count)
        }
        guard try window.skip(TarFormat.padding(header.size)) else { throw truncated() }
        return bytes
    }

    private func longName(_ header: TarHeader) throws -> [UInt8] {
        // GNU counts the closing NUL.
        guard header.size <= Int64(limits.nameBytes) + 1 else { throw tooMuch(.nameBytes) }
        let name = try body(header).prefix { $0 != 0 }
        guard !name.isEmpty else { throw malformed("an empty long name") }
        return Array(name)
    }

    private func truncated() -> ArchiveError { .truncated(.tar, at: window.offset) }

    private func malformed(_ reason: String) -> ArchiveError {
        .malformed(.tar, reason: reason, at: window.offset)
    }

    private func tooMuch(_ limit: ArchiveError.Limit) -> ArchiveError {
        let allowed =
            switch limit {
            case .entries: limits.entries
            case .nameBytes: Int64(limits.nameBytes)
            case .extendedHeaderBytes: Int64(limits.extendedHeaderBytes)
            default: limits.totalBytes
            }
        return .limitExceeded(.tar, limit, allowed: allowed)
    }
}

/// What stands before an entry's own header.
struct Extensions {
    var local: PaxRecords?
    var longName: [UInt8]?
    var longLink: [UInt8]?

    var isEmpty: Bool { local == nil && longName == nil && longLink == nil }
}
