// SPDX-License-Identifier: Apache-2.0
package import Vocabulary

/// Writes the ar archives that Debian packages are (deb(5)): short names, root's, mode 100644.
package struct ArWriter<Sink: ByteSink> {
    package private(set) var sink: Sink
    private var padding = false

    /// Writes the magic at once. Throws what the sink throws.
    package init(_ sink: Sink) throws {
        self.sink = sink
        try self.sink.write(Array("!<arch>\n".utf8))
    }

    /// Begins a member; exactly `member.size` bytes are to follow by `write`.
    /// - Parameter mtime: seconds since 1970.
    /// - Throws: `ArchiveError.unwritable` for a name that is no short one; what the sink throws.
    package mutating func append(_ member: ArMember, mtime: Int64) throws {
        guard (1...15).contains(member.name.utf8.count),
            member.name.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "/") }),
            (0...999_999_999_999).contains(mtime), (0...9_999_999_999).contains(member.size)
        else { throw ArchiveError.unwritable(path: member.name, reason: "an ar archive has no place for it") }
        if padding { try sink.write([0x0A]) }
        func field(_ text: String, _ width: Int) -> [UInt8] {
            Array(text.utf8) + [UInt8](repeating: 0x20, count: width - text.utf8.count)
        }
        try sink.write(
            field(member.name, 16) + field("\(mtime)", 12) + field("0", 6) + field("0", 6)
                + field("100644", 8) + field("\(member.size)", 10) + [0x60, 0x0A])
        padding = member.size & 1 == 1
    }

    /// Some of the current member's bytes.
    package mutating func write(_ bytes: UnsafeRawBufferPointer) throws { try sink.write(bytes) }

    /// Pads the last member.
    package mutating func finish() throws {
        if padding { try sink.write([0x0A]) }
        padding = false
    }
}
