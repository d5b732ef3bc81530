// SPDX-License-Identifier: Apache-2.0

internal import CZlib
internal import Vocabulary

/// Reads zip files: stored and deflated entries, folders and symbolic links, in the order of the directory. Each content is held
/// against its length and CRC.
package final class ZipReader: EntryReader {
    /// What zip files begin with; an empty one is nothing to unpack.
    package static func magic(_ head: [UInt8]) -> Bool { head.starts(with: [0x50, 0x4B, 0x03, 0x04]) }

    private let bytes: [UInt8]
    private let members: [ZipMember]
    private var position = 0
    private var content: ZipContent?

    /// - Throws: `ArchiveError` for a directory that is damaged or promises more than the limits.
    package init(_ bytes: [UInt8], limits: ZipLimits = ZipLimits()) throws(ArchiveError) {
        self.bytes = bytes
        members = try ZipDirectory(bytes, limits: limits).members
    }

    package func next() throws -> TarEntry? {
        // What was not read is checked too.
        try content?.forEachPiece { _ in }
        content = nil
        guard position < members.count else { return nil }
        let member = members[position]
        position += 1
        let content = try ZipContent(member, of: bytes)
        var entry = member.entry
        switch entry.kind {
        case .symlink:
            guard entry.size <= 4096 else {
                throw ArchiveError.limitExceeded(.zip, .nameBytes, allowed: 4096)
            }
            var target = MemorySink()
            try content.forEachPiece { target.write($0) }
            guard let text = String(validating: target.bytes, as: UTF8.self), !text.isEmpty,
                !target.bytes.contains(0)
            else {
                throw ArchiveError.malformed(
                    .zip, reason: "a symbolic link leads nowhere", at: Int64(member.data.lowerBound))
            }
            (entry.linkTarget, entry.size) = (text, 0)
        case .directory:
            guard entry.size == 0 else {
                throw ArchiveError.malformed(
                    .zip, reason: "a folder has content", at: Int64(member.data.lowerBound))
            }
        default: self.content = content
        }
        return entry
    }

    /// Some of the current entry's content; 0 at its end.
    package func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        try content?.read(into: buffer) ?? 0
    }
}

/// The content of one entry on its way out.
private final class ZipContent: ByteSource {
    private let bytes: [UInt8]
    private let member: ZipMember
    private let stream: UnsafeMutablePointer<z_stream>
    private var place: Int
    private var produced: Int64 = 0
    private var checksum: UInt
    private var isFinished = false

    init(_ member: ZipMember, of bytes: [UInt8]) throws(ArchiveError) {
        self.member = member
        self.bytes = bytes
        place = member.data.lowerBound
        checksum = crc32(0, nil, 0)
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        // Negative: deflate without any header.
        let code = inflateInit2_(stream, -15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard code == Z_OK else { throw .codecFailed(.zip, code: Int(code)) }
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        guard !isFinished, !buffer.isEmpty else { return 0 }
        let room = UnsafeMutableRawBufferPointer(rebasing: buffer[..<min(buffer.count, 1 << 30)])
        let count = member.method == 0 ? copy(into: room) : try inflate(into: room)
        produced += Int64(count)
        guard produced <= member.entry.size else {
            throw malformed("an entry has more than \(member.entry.size) bytes")
        }
        checksum = crc32(checksum, room.baseAddress?.assumingMemoryBound(to: Bytef.self), UInt32(count))
        if count == 0 { try finish() }
        return count
    }

    private func copy(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        let count = min(buffer.count, member.data.upperBound - place)
        bytes.withUnsafeBytes { buffer.copyMemory(from: .init(rebasing: $0[place..<(place + count)])) }
        place += count
        return count
    }

    /// 0 at the end of the deflate stream.
    private func inflate(into buffer: UnsafeMutableRawBufferPointer) throws(ArchiveError) -> Int {
        let (code, count) = bytes.withUnsafeBytes { bytes -> (Int32, Int) in
            let input = bytes[place..<min(member.data.upperBound, place + (1 << 30))]
            stream.pointee.next_in = UnsafeMutablePointer(
                mutating: UnsafeRawBufferPointer(rebasing: input).baseAddress?.assumingMemoryBound(
                    to: Bytef.self))
            stream.pointee.avail_in = UInt32(input.count)
            stream.pointee.next_out = buffer.baseAddress?.assumingMemoryBound(to: Bytef.self)
            stream.pointee.avail_out = UInt32(buffer.count)
            let code = CZlib.inflate(stream, Z_NO_FLUSH)
            place += input.count - Int(stream.pointee.avail_in)
            return (code, buffer.count - Int(stream.pointee.avail_out))
        }
        switch code {
        case Z_OK where count > 0, Z_STREAM_END: return count
        case Z_OK, Z_BUF_ERROR: throw .truncated(.zip, at: Int64(place))
        case Z_DATA_ERROR: throw malformed(stream.pointee.msg.map { String(cString: $0) } ?? "not deflate")
        default: throw .codecFailed(.zip, code: Int(code))
        }
    }

    private func finish() throws(ArchiveError) {
        isFinished = true
        guard produced == member.entry.size else {
            throw malformed("an entry has \(produced) bytes and not \(member.entry.size)")
        }
        guard place == member.data.upperBound else { throw malformed("an entry's data end too early") }
        guard UInt32(truncatingIfNeeded: checksum) == member.checksum else {
            throw .checksumMismatch(.zip, at: Int64(place))
        }
    }

    private func malformed(_ reason: String) -> ArchiveError {
        .malformed(.zip, reason: reason, at: Int64(place))
    }
}
