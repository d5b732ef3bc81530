// SPDX-License-Identifier: Apache-2.0

/// Makes an index from records in any order. Texts are copied into one buffer of strings; those that repeat
/// (maintainers, source names, versions) are usually kept once.
package struct PackageIndexBuilder {
    /// A place among the strings.
    struct Reference: Equatable {
        var offset: UInt32 = 0
        var length: UInt32 = 0
    }

    struct Entry {
        var texts = [17 of Reference](repeating: Reference())
        var size: UInt64 = 0
        var installedSize: UInt64 = .max
        /// All zero where the index names no SHA-256.
        var digest = [4 of UInt64](repeating: 0)
        var providerPriority: UInt32 = 0
        var multiArch = PackageRecord.MultiArch.no
        var priority = PackageRecord.Priority.none
        var isEssential = false
        /// 0, or the letter of a field that must be understood and is not.
        var unknownField: UInt8 = 0
    }

    private struct Provide {
        var name: Reference
        var version: Reference
        var record: UInt32
    }

    private var strings: [UInt8] = []
    private var entries: [Entry] = []
    private var provides: [Provide] = []
    /// Direct-mapped: a text that was stored lately is found again, one that was displaced is stored once more.
    private var recent: [Reference]
    private static let recentCount = 1 << 14

    package init() { recent = Array(repeating: Reference(), count: Self.recentCount) }

    var count: Int { entries.count }
    var stringBytes: Int { strings.count }
    var provideCount: Int { provides.count }

    mutating func reserve(strings bytes: Int, records: Int) {
        strings.reserveCapacity(bytes)
        entries.reserveCapacity(records)
    }

    mutating func append(_ entry: Entry) { entries.append(entry) }

    /// Adds a provide of the entry that is appended next.
    mutating func provide(_ name: UnsafeRawBufferPointer, version: UnsafeRawBufferPointer) {
        provides.append(
            Provide(
                name: share(name), version: share(version), record: UInt32(truncatingIfNeeded: entries.count))
        )
    }

    /// Copies a text.
    mutating func store(_ text: UnsafeRawBufferPointer) -> Reference {
        guard !text.isEmpty else { return Reference() }
        let reference = Reference(
            offset: UInt32(truncatingIfNeeded: strings.count), length: UInt32(truncatingIfNeeded: text.count))
        strings.append(contentsOf: text)
        return reference
    }

    /// Copies a text that probably stands in other records too.
    mutating func share(_ text: UnsafeRawBufferPointer) -> Reference {
        guard !text.isEmpty else { return Reference() }
        let slot = Self.hash(text) & (Self.recentCount - 1)
        let known = recent[slot]
        if Int(known.length) == text.count {
            let equal = strings.withUnsafeBytes { compareBytes($0.text(known), text) == 0 }
            if equal { return known }
        }
        let reference = store(text)
        recent[slot] = reference
        return reference
    }

    /// Eight bytes a step; quality matters little, a collision only stores a text twice.
    private static func hash(_ text: UnsafeRawBufferPointer) -> Int {
        var value = UInt64(truncatingIfNeeded: text.count) &* 0x9E37_79B9_7F4A_7C15
        var at = 0
        while at + 8 <= text.count {
            value = (value ^ text.loadUnaligned(fromByteOffset: at, as: UInt64.self)) &* 0x9E37_79B9_7F4A_7C15
            value ^= value >> 29
            at += 8
        }
        while at < text.count {
            value = (value ^ UInt64(text[at])) &* 0x9E37_79B9_7F4A_7C15
            at += 1
        }
        return Int(truncatingIfNeeded: value >> 40)
    }

    /// Sorts and writes everything out.
    package func finish() -> PackageIndex {
        let order = strings.withUnsafeBytes { sortedRecords($0) }
        let firsts = strings.withUnsafeBytes { firstOfEachName(order, $0) }
        let layout = PackageIndexLayout(
            records: entries.count, names: firsts.count, provides: provides.count, strings: strings.count)
        let bytes = [UInt8](unsafeUninitializedCapacity: layout.total) { buffer, initialized in
            let out = UnsafeMutableRawBufferPointer(buffer)
            writeHeader(layout, to: out)
            writeRecords(order, layout, to: out)
            for (entry, first) in (firsts + [entries.count]).enumerated() {
                out.put(UInt32(truncatingIfNeeded: first), at: layout.namesStart + entry * 4)
            }
            writeProvides(order, layout, to: out)
            UnsafeMutableRawBufferPointer(rebasing: out[layout.stringsStart...]).copyBytes(from: strings)
            initialized = layout.total
        }
        return PackageIndex(built: bytes, layout: layout)
    }

    /// By name, then in the order in which they came.
    private func sortedRecords(_ strings: UnsafeRawBufferPointer) -> [Int] {
        var order = Array(0..<entries.count)
        let names = entries.map { $0.texts[PackageRecord.Text.name.rawValue] }
        order.sort { left, right in
            let order = compareBytes(strings.text(names[left]), strings.text(names[right]))
            return order != 0 ? order < 0 : left < right
        }
        return order
    }

    private func firstOfEachName(_ order: [Int], _ strings: UnsafeRawBufferPointer) -> [Int] {
        let slot = PackageRecord.Text.name.rawValue
        return order.indices.filter { position in
            position == 0
                || compareBytes(
                    strings.text(entries[order[position]].texts[slot]),
                    strings.text(entries[order[position - 1]].texts[slot])) != 0
        }
    }

    private func writeHeader(_ layout: PackageIndexLayout, to out: UnsafeMutableRawBufferPointer) {
        out.copyBytes(from: PackageIndexLayout.magic)
        out.put(UInt32(truncatingIfNeeded: layout.records), at: 8)
        out.put(UInt32(truncatingIfNeeded: layout.names), at: 12)
        out.put(UInt32(truncatingIfNeeded: layout.provides), at: 16)
        out.put(UInt32(truncatingIfNeeded: layout.strings), at: 20)
        out.put(UInt64(0), at: 24)
    }

    private func writeRecords(
        _ order: [Int], _ layout: PackageIndexLayout, to out: UnsafeMutableRawBufferPointer
    ) {
        var at = layout.recordsStart
        for position in order {
            let entry = entries[position]
            for text in 0..<PackageRecord.Text.allCases.count {
                out.put(entry.texts[text], at: at + text * 8)
            }
            out.put(entry.size, at: at + PackageRecord.Offset.size)
            out.put(entry.installedSize, at: at + PackageRecord.Offset.installedSize)
            for word in 0..<4 {
                out.storeBytes(
                    of: entry.digest[word], toByteOffset: at + PackageRecord.Offset.digest + word * 8,
                    as: UInt64.self)
            }
            out.put(entry.providerPriority, at: at + PackageRecord.Offset.providerPriority)
            out.put(UInt32(0), at: at + PackageRecord.Offset.multiArch)
            out[at + PackageRecord.Offset.multiArch] = entry.multiArch.rawValue
            out[at + PackageRecord.Offset.priority] = entry.priority.rawValue
            out[at + PackageRecord.Offset.essential] = entry.isEssential ? 1 : 0
            out[at + PackageRecord.Offset.unknownField] = entry.unknownField
            at += PackageIndexLayout.recordSize
        }
    }

    /// By provided name, then by the record's place.
    private func writeProvides(
        _ order: [Int], _ layout: PackageIndexLayout, to out: UnsafeMutableRawBufferPointer
    ) {
        var places = [UInt32](repeating: 0, count: entries.count)
        for (place, entry) in order.enumerated() { places[entry] = UInt32(truncatingIfNeeded: place) }
        let sorted = strings.withUnsafeBytes { buffer in
            provides.sorted { left, right in
                let order =
                    left.name == right.name
                    ? 0 : compareBytes(buffer.text(left.name), buffer.text(right.name))
                return order != 0 ? order < 0 : places[Int(left.record)] < places[Int(right.record)]
            }
        }
        var at = layout.providesStart
        for provide in sorted {
            out.put(provide.name, at: at)
            out.put(provide.version, at: at + 8)
            out.put(places[Int(provide.record)], at: at + 16)
            at += PackageIndexLayout.provideSize
        }
    }
}

extension UnsafeRawBufferPointer {
    fileprivate func text(_ reference: PackageIndexBuilder.Reference) -> UnsafeRawBufferPointer {
        let start = Int(reference.offset)
        return UnsafeRawBufferPointer(rebasing: self[start..<start + Int(reference.length)])
    }
}

extension UnsafeMutableRawBufferPointer {
    fileprivate func put(_ value: UInt32, at offset: Int) {
        storeBytes(of: value.littleEndian, toByteOffset: offset, as: UInt32.self)
    }

    fileprivate func put(_ value: UInt64, at offset: Int) {
        storeBytes(of: value.littleEndian, toByteOffset: offset, as: UInt64.self)
    }

    fileprivate func put(_ reference: PackageIndexBuilder.Reference, at offset: Int) {
        put(reference.offset, at: offset)
        put(reference.length, at: offset + 4)
    }
}
