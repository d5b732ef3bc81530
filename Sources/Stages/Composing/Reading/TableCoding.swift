// SPDX-License-Identifier: Apache-2.0
internal import Archives
internal import Vocabulary

/// The compact form in which tables lie in the cache: LEB128 numbers and length-prefixed bytes. A file that does not
/// read to its very end is damaged, and damaged means absent.
struct TableWriter {
    private(set) var bytes: [UInt8] = []

    mutating func number(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    mutating func signed(_ value: Int64) { number(UInt64(bitPattern: value << 1 ^ value >> 63)) }

    mutating func blob(_ value: some Collection<UInt8>) {
        number(UInt64(value.count))
        bytes.append(contentsOf: value)
    }

    mutating func text(_ value: String) { blob(value.utf8) }

    mutating func optional(_ value: String?) {
        number(value == nil ? 0 : 1)
        if let value { text(value) }
    }

    mutating func list(_ values: [String]) {
        number(UInt64(values.count))
        for value in values { text(value) }
    }
}

/// Reads what `TableWriter` wrote.
struct TableReader {
    /// The bytes are not a table.
    struct Damaged: Error {}

    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { position == bytes.count }

    mutating func number() throws(Damaged) -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 64, by: 7) {
            guard position < bytes.count else { throw Damaged() }
            let byte = bytes[position]
            position += 1
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
        }
        throw Damaged()
    }

    mutating func signed() throws(Damaged) -> Int64 {
        let value = try number()
        return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
    }

    mutating func count() throws(Damaged) -> Int {
        let value = try number()
        guard value <= UInt64(bytes.count - position) else { throw Damaged() }
        return Int(value)
    }

    mutating func blob() throws(Damaged) -> ArraySlice<UInt8> {
        let length = try count()
        defer { position += length }
        return bytes[position..<position + length]
    }

    mutating func text() throws(Damaged) -> String { String(decoding: try blob(), as: UTF8.self) }

    mutating func optional() throws(Damaged) -> String? { try number() == 0 ? nil : try text() }

    mutating func list() throws(Damaged) -> [String] {
        var values: [String] = []
        for _ in 0..<(try count()) { values.append(try text()) }
        return values
    }

    mutating func path() throws(Damaged) -> ImagePath {
        guard let path = ImagePath(try text()) else { throw Damaged() }
        return path
    }
}

extension PackageTable {
    /// Changes when equal packages no longer give equal tables: part of the table's key.
    static let formatVersion = 2

    func encode() -> [UInt8] {
        var writer = TableWriter()
        writer.number(UInt64(Self.formatVersion))
        writer.number(UInt64(control.count))
        for member in control {
            writer.text(member.name)
            writer.number(UInt64(member.mode))
            writer.blob(member.content)
        }
        writer.list(provides)
        writer.optional(checksum)
        writer.signed(newest)
        writer.number(UInt64(remarks.count))
        for remark in remarks {
            writer.text(remark.code)
            writer.text(remark.path.text)
        }
        writer.number(UInt64(captured.count))
        for (path, content) in captured.sorted(by: { $0.key < $1.key }) {
            writer.text(path.text)
            writer.blob(content)
        }
        writer.number(UInt64(entries.count))
        for entry in entries { entry.encode(to: &writer) }
        return writer.bytes
    }

    init(decoding bytes: [UInt8]) throws(TableReader.Damaged) {
        var reader = TableReader(bytes)
        guard try reader.number() == UInt64(Self.formatVersion) else { throw TableReader.Damaged() }
        self.init()
        for _ in 0..<(try reader.count()) {
            control.append(
                ControlMember(
                    name: try reader.text(), mode: UInt16(truncatingIfNeeded: try reader.number()),
                    content: Array(try reader.blob())))
        }
        provides = try reader.list()
        checksum = try reader.optional()
        newest = try reader.signed()
        for _ in 0..<(try reader.count()) {
            remarks.append(Remark(code: try reader.text(), path: try reader.path()))
        }
        for _ in 0..<(try reader.count()) {
            let path = try reader.path()
            captured[path] = Array(try reader.blob())
        }
        let count = try reader.count()
        entries.reserveCapacity(count)
        for _ in 0..<count { entries.append(try PackageEntry(from: &reader)) }
        guard reader.isAtEnd else { throw TableReader.Damaged() }
    }
}

extension PackageEntry {
    fileprivate func encode(to writer: inout TableWriter) {
        writer.text(path.text)
        writer.number(UInt64(kind.rawValue))
        writer.number(UInt64(mode))
        writer.number(UInt64(uid))
        writer.number(UInt64(gid))
        writer.signed(size)
        writer.signed(mtime)
        writer.blob(digest?.bytes ?? [])
        writer.optional(target)
        writer.blob(sha1)
        writer.number(UInt64(attributes.count))
        for (name, value) in attributes.sorted(by: { $0.key < $1.key }) {
            writer.text(name)
            writer.blob(value)
        }
        switch program {
        case nil: writer.number(0)
        case .script(let interpreter, let argument):
            writer.number(1)
            writer.text(interpreter)
            writer.optional(argument)
        case .elf(let facts):
            writer.number(2)
            writer.number(facts.is64Bit ? 1 : 0)
            writer.number(UInt64(facts.machine))
            writer.optional(facts.interpreter)
            writer.optional(facts.soname)
            writer.list(facts.needed)
            writer.list(facts.runPath)
            writer.number(UInt64(facts.flags))
        }
    }

    fileprivate init(from reader: inout TableReader) throws(TableReader.Damaged) {
        let path = try reader.path()
        guard let kind = Kind(rawValue: UInt8(truncatingIfNeeded: try reader.number())) else {
            throw TableReader.Damaged()
        }
        self.init(
            path: path, kind: kind, mode: UInt16(truncatingIfNeeded: try reader.number()),
            uid: UInt32(truncatingIfNeeded: try reader.number()),
            gid: UInt32(truncatingIfNeeded: try reader.number()),
            size: try reader.signed(), mtime: try reader.signed())
        let hash = try reader.blob()
        guard hash.isEmpty || hash.count == 32 else { throw TableReader.Damaged() }
        if !hash.isEmpty { digest = Digest(bytes: Array(hash)) }
        target = try reader.optional()
        sha1 = Array(try reader.blob())
        for _ in 0..<(try reader.count()) { attributes[try reader.text()] = Array(try reader.blob()) }
        switch try reader.number() {
        case 0: break
        case 1: program = .script(interpreter: try reader.text(), argument: try reader.optional())
        case 2:
            let is64Bit = try reader.number() == 1
            let machine = UInt16(truncatingIfNeeded: try reader.number())
            program = .elf(
                ELFFacts(
                    is64Bit: is64Bit, machine: machine, interpreter: try reader.optional(),
                    soname: try reader.optional(), needed: try reader.list(), runPath: try reader.list(),
                    flags: UInt32(truncatingIfNeeded: try reader.number())))
        default: throw TableReader.Damaged()
        }
    }
}
