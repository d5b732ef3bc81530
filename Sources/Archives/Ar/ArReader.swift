// SPDX-License-Identifier: Apache-2.0
package import Vocabulary

/// A member of an ar archive.
package struct ArMember: Sendable, Equatable {
    package var name: String
    /// Bytes.
    package var size: Int64

    package init(name: String, size: Int64) {
        self.name = name
        self.size = size
    }
}

/// Reads the ar archives that Debian packages are (deb(5)): short names, GNU's `name/` or BSD's padded `name`.
/// A class, so that the current member's bytes can be handed on as a source while the reader keeps its place.
package final class ArReader: ByteSource {
    private static let magic = Array("!<arch>\n".utf8)
    private static let headerSize = 60

    private let window: InputWindow
    private var started = false
    private var remaining: Int64 = 0
    private var padded = false

    package init(_ source: any ByteSource) { window = InputWindow(source) }

    /// The next member, after what was not read of the last one was passed over; nil at the end. Throws
    /// `ArchiveError` or what the source throws.
    package func next() throws -> ArMember? {
        if !started {
            let head = try window.peek(Self.magic.count)
            guard head.count >= Self.magic.count else {
                throw ArchiveError.truncated(.ar, at: Int64(head.count))
            }
            guard head.starts(with: Self.magic) else {
                throw ArchiveError.malformed(.ar, reason: "no ar archive", at: 0)
            }
            window.take(Self.magic.count)
            started = true
        }
        guard try window.skip(remaining + (padded ? 1 : 0)) else {
            throw ArchiveError.truncated(.ar, at: window.offset)
        }
        (remaining, padded) = (0, false)
        let head = try window.peek(Self.headerSize)
        if head.isEmpty { return nil }
        guard head.count >= Self.headerSize else { throw ArchiveError.truncated(.ar, at: window.offset) }
        let member = try parse(.init(rebasing: head[..<Self.headerSize]))
        window.take(Self.headerSize)
        remaining = member.size
        padded = member.size & 1 == 1
        return member
    }

    /// Some of the current member's bytes; 0 at its end.
    package func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        guard remaining > 0, buffer.count > 0 else { return 0 }
        let room = UnsafeMutableRawBufferPointer(
            rebasing: buffer[..<Int(min(Int64(buffer.count), remaining))])
        let count = try window.read(into: room)
        guard count > 0 else { throw ArchiveError.truncated(.ar, at: window.offset) }
        remaining -= Int64(count)
        return count
    }

    private func parse(_ header: UnsafeRawBufferPointer) throws(ArchiveError) -> ArMember {
        func malformed(_ reason: String) -> ArchiveError {
            .malformed(.ar, reason: reason, at: window.offset)
        }
        guard header[58] == 0x60, header[59] == 0x0A else {
            throw malformed("a member header does not end as one")
        }
        guard let size = Self.decimal(header[48..<58]) else {
            throw malformed("a member's size is no number")
        }
        var name = header[0..<16].prefix { $0 != 0 }
        while name.last == UInt8(ascii: " ") { name.removeLast() }
        if name.first == UInt8(ascii: "/") || name.starts(with: "#1/".utf8) {
            throw .unsupported(.ar, feature: "long member names", at: window.offset)
        }
        if name.last == UInt8(ascii: "/") { name.removeLast() }
        guard !name.isEmpty, name.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "/") }) else {
            throw malformed("a member's name is not printable")
        }
        return ArMember(name: String(decoding: name, as: UTF8.self), size: size)
    }

    /// At most ten digits and padding, so there is no overflow.
    private static func decimal(_ field: Slice<UnsafeRawBufferPointer>) -> Int64? {
        var value: Int64 = 0
        let digits = field.prefix { $0 >= 0x30 && $0 <= 0x39 }
        guard !digits.isEmpty, field.dropFirst(digits.count).allSatisfy({ $0 == 0x20 }) else { return nil }
        for digit in digits { value = value * 10 + Int64(digit - 0x30) }
        return value
    }
}
