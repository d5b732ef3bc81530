// SPDX-License-Identifier: Apache-2.0

/// The fixed 512 bytes before each entry, read field by field.
struct TarHeader {
    enum Dialect { case v7, ustar, gnu, star }

    var dialect: Dialect
    var typeFlag: UInt8
    var name: [UInt8]
    var linkName: [UInt8]
    var mode: Int64
    var uid: Int64
    var gid: Int64
    var size: Int64
    var mtime: Int64
    var userName: [UInt8]
    var groupName: [UInt8]
    var devMajor: Int64
    var devMinor: Int64

    /// Reads a block that is not all zero; `offset` is its place, for errors.
    init(_ block: UnsafeRawBufferPointer, at offset: Int64) throws(ArchiveError) {
        func number(_ field: Range<Int>, _ what: String) throws(ArchiveError) -> Int64 {
            guard let value = Self.number(.init(rebasing: block[field])) else {
                throw .malformed(.tar, reason: "the \(what) is no number", at: offset)
            }
            return value
        }
        func text(_ field: Range<Int>) -> [UInt8] { Array(block[field].prefix { $0 != 0 }) }

        let sums = TarFormat.checksum(block)
        let stored = try number(TarFormat.checksum, "checksum")
        guard stored == sums.unsigned || stored == sums.signed else {
            throw .checksumMismatch(.tar, at: offset)
        }
        dialect = Self.dialect(block)
        typeFlag = block[TarFormat.typeFlag]
        name = text(TarFormat.name)
        linkName = text(TarFormat.linkName)
        mode = try number(TarFormat.mode, "mode")
        uid = try number(TarFormat.uid, "user id")
        gid = try number(TarFormat.gid, "group id")
        size = try number(TarFormat.size, "size")
        mtime = try number(TarFormat.mtime, "time")
        (userName, groupName, devMajor, devMinor) = ([], [], 0, 0)
        guard dialect != .v7 else { return }
        userName = text(TarFormat.userName)
        groupName = text(TarFormat.groupName)
        devMajor = try number(TarFormat.devMajor, "device number")
        devMinor = try number(TarFormat.devMinor, "device number")
        // GNU keeps other things where ustar has the prefix, star a part of it.
        guard dialect != .gnu else { return }
        let prefix = text(dialect == .star ? 345..<476 : TarFormat.prefix)
        if !prefix.isEmpty { name = prefix + [UInt8(ascii: "/")] + name }
    }

    private static func dialect(_ block: UnsafeRawBufferPointer) -> Dialect {
        if block[TarFormat.magic].elementsEqual("ustar\0".utf8) {
            return block[508..<512].elementsEqual("tar\0".utf8) ? .star : .ustar
        }
        return block[257..<265].elementsEqual("ustar  \0".utf8) ? .gnu : .v7
    }

    /// Octal digits between spaces and NULs, an empty field being 0; or base 256, marked by the first bit, two's
    /// complement (GNU, star). Nil for anything else and for what 64 bits do not hold.
    static func number(_ field: UnsafeRawBufferPointer) -> Int64? {
        guard let first = field.first else { return nil }
        if first & 0x80 != 0 { return base256(field) }
        func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0 }
        let body = field.drop(while: isBlank)
        let digits = body.prefix { $0 >= 0x30 && $0 <= 0x37 }
        guard digits.count <= 20, body.dropFirst(digits.count).allSatisfy(isBlank) else { return nil }
        return digits.reduce(Int64(0)) { $0 << 3 | Int64($1 - 0x30) }
    }

    private static func base256(_ field: UnsafeRawBufferPointer) -> Int64? {
        // The marker is the top bit; the next one is the sign.
        let negative = field[0] & 0x40 != 0
        let fill: UInt8 = negative ? 0xFF : 0
        var bytes = Array(field)
        bytes[0] = negative ? bytes[0] | 0x80 : bytes[0] & 0x7F
        let (extra, low) = (bytes.dropLast(8), bytes.suffix(8))
        guard extra.allSatisfy({ $0 == fill }) else { return nil }
        let value = low.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        let signed = Int64(bitPattern: value)
        return (signed < 0) == negative ? signed : nil
    }
}
