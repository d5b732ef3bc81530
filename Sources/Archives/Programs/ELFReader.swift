// SPDX-License-Identifier: Apache-2.0

/// Reads the little of an ELF file that says which libraries and which interpreter it needs. The file is untrusted:
/// every offset is checked, every count bounded, and what does not add up is no ELF file.
package struct ELFReader {
    static let limits = (headers: 512, sections: 16384, dynamic: 8192, needed: 4096, text: 4096)

    let bytes: UnsafeRawBufferPointer
    let is64Bit: Bool
    private let isBigEndian: Bool

    /// Nil for what is not ELF; otherwise what could be read of it.
    package static func facts(of bytes: UnsafeRawBufferPointer) -> ELFFacts? {
        guard let reader = ELFReader(bytes) else { return nil }
        return reader.facts()
    }

    init?(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count >= 52, bytes[0] == 0x7F, bytes[1] == 0x45, bytes[2] == 0x4C, bytes[3] == 0x46,
            bytes[4] == 1 || bytes[4] == 2, bytes[5] == 1 || bytes[5] == 2
        else { return nil }
        self.bytes = bytes
        is64Bit = bytes[4] == 2
        isBigEndian = bytes[5] == 2
    }

    struct Segment {
        var type: UInt64
        var flags: UInt64
        var offset: UInt64
        var address: UInt64
        var fileSize: UInt64
    }

    private func facts() -> ELFFacts? {
        guard let machine = integer(at: 18, 2), let segments = segments() else { return nil }
        var facts = ELFFacts(is64Bit: is64Bit, machine: UInt16(machine), interpreter: nil, soname: nil)
        facts.flags = UInt32(integer(at: is64Bit ? 48 : 36, 4) ?? 0)
        if let interpreter = segments.first(where: { $0.type == 3 }) {
            facts.interpreter = text(at: interpreter.offset)
        }
        guard let dynamic = segments.first(where: { $0.type == 2 }) else { return facts }
        read(dynamic, segments, into: &facts)
        return facts
    }

    func segments() -> [Segment]? {
        guard let table = integer(at: is64Bit ? 32 : 28, is64Bit ? 8 : 4),
            let stride = integer(at: is64Bit ? 54 : 42, 2), let count = integer(at: is64Bit ? 56 : 44, 2),
            count <= Self.limits.headers, count == 0 || stride >= (is64Bit ? 56 : 32)
        else { return nil }
        var segments: [Segment] = []
        for index in 0..<count {
            let (base, overflow) = table.addingReportingOverflow(index * stride)
            guard !overflow, let type = integer(at: base, 4),
                let flags = integer(at: base + (is64Bit ? 4 : 24), 4),
                let offset = integer(at: base + (is64Bit ? 8 : 4), is64Bit ? 8 : 4),
                let address = integer(at: base + (is64Bit ? 16 : 8), is64Bit ? 8 : 4),
                let fileSize = integer(at: base + (is64Bit ? 32 : 16), is64Bit ? 8 : 4)
            else { return nil }
            segments.append(
                Segment(type: type, flags: flags, offset: offset, address: address, fileSize: fileSize))
        }
        return segments
    }

    private func read(_ dynamic: Segment, _ segments: [Segment], into facts: inout ELFFacts) {
        var strings: UInt64?
        var names: [(tag: UInt64, offset: UInt64)] = []
        forEachEntry(of: dynamic) { tag, value in
            switch tag {
            case 5: strings = fileOffset(of: value, segments)
            case 1, 14, 15, 29: if names.count < Self.limits.needed { names.append((tag, value)) }
            default: break
            }
        }
        guard let strings else { return }
        var rpath: [String] = []
        for (tag, offset) in names {
            let (place, overflow) = strings.addingReportingOverflow(offset)
            guard !overflow, let name = text(at: place), !name.isEmpty else { continue }
            switch tag {
            case 1: facts.needed.append(name)
            case 14: facts.soname = name
            case 15: rpath = name.split(separator: ":").map(String.init)
            default: facts.runPath = name.split(separator: ":").map(String.init)
            }
        }
        if facts.runPath.isEmpty { facts.runPath = rpath }
    }

    /// Tags and values of a dynamic section, up to its end or the first that is not within the file.
    func forEachEntry(of dynamic: Segment, _ body: (_ tag: UInt64, _ value: UInt64) -> Void) {
        let width = is64Bit ? 8 : 4
        let count = min(dynamic.fileSize / UInt64(2 * width), UInt64(Self.limits.dynamic))
        for index in 0..<count {
            let (base, overflow) = dynamic.offset.addingReportingOverflow(index * UInt64(2 * width))
            guard !overflow, let tag = integer(at: base, width), tag != 0,
                let value = integer(at: base + UInt64(width), width)
            else { return }
            body(tag, value)
        }
    }

    func fileOffset(of address: UInt64, _ segments: [Segment]) -> UInt64? {
        for segment in segments where segment.type == 1 && address >= segment.address {
            let distance = address - segment.address
            guard distance < segment.fileSize else { continue }
            let (offset, overflow) = segment.offset.addingReportingOverflow(distance)
            return overflow ? nil : offset
        }
        return nil
    }

    func integer(at offset: UInt64, _ width: Int) -> UInt64? {
        guard offset <= UInt64(bytes.count), UInt64(bytes.count) - offset >= UInt64(width) else { return nil }
        var value: UInt64 = 0
        for index in 0..<width {
            let byte = UInt64(bytes[Int(offset) + (isBigEndian ? index : width - 1 - index)])
            value = value << 8 | byte
        }
        return value
    }

    /// The NUL-terminated text at an offset; nil where it does not end within bounds.
    func text(at offset: UInt64) -> String? {
        guard offset < UInt64(bytes.count) else { return nil }
        let start = Int(offset)
        let window = bytes[start..<min(bytes.count, start + Self.limits.text)]
        guard let end = window.firstIndex(of: 0) else { return nil }
        return String(decoding: bytes[start..<end], as: UTF8.self)
    }
}
