// SPDX-License-Identifier: Apache-2.0

/// The checks that an index from a cache file must pass before anything is read through its offsets.
struct PackageIndexCheck {
    let buffer: UnsafeRawBufferPointer
    let layout: PackageIndexLayout
    let strings: UnsafeRawBufferPointer

    init(_ buffer: UnsafeRawBufferPointer, _ layout: PackageIndexLayout) {
        self.buffer = buffer
        self.layout = layout
        strings = UnsafeRawBufferPointer(rebasing: buffer[layout.stringsStart..<layout.total])
    }

    func run() throws(PackageIndexError) {
        for record in 0..<layout.records { try check(record: record) }
        try checkNames()
        try checkProvides()
    }

    private func check(record: Int) throws(PackageIndexError) {
        let start = layout.recordsStart + record * PackageIndexLayout.recordSize
        for text in PackageRecord.Text.allCases {
            guard string(at: start + text.offset) != nil else { throw .brokenReference(record: record) }
        }
        guard let name = string(at: start + PackageRecord.Text.name.offset), PackageName.accepts(name),
            let source = string(at: start + PackageRecord.Text.sourceName.offset),
            PackageName.accepts(source),
            buffer.longNumber(at: start + PackageRecord.Offset.size) <= UInt64(Int64.max),
            PackageRecord.MultiArch(rawValue: buffer[start + PackageRecord.Offset.multiArch]) != nil,
            PackageRecord.Priority(rawValue: buffer[start + PackageRecord.Offset.priority]) != nil,
            isFieldLetter(buffer[start + PackageRecord.Offset.unknownField])
        else { throw .brokenReference(record: record) }
    }

    private func isFieldLetter(_ byte: UInt8) -> Bool { byte == 0 || byte >= 0x41 && byte <= 0x5A }

    private func checkNames() throws(PackageIndexError) {
        guard buffer.number(at: layout.namesStart) == 0 || layout.records == 0,
            Int(buffer.number(at: layout.namesStart + layout.names * 4)) == layout.records,
            layout.names > 0 || layout.records == 0
        else { throw .brokenOrder(entry: 0) }
        var previous: UnsafeRawBufferPointer?
        for entry in 0..<layout.names {
            let first = Int(buffer.number(at: layout.namesStart + entry * 4))
            let end = Int(buffer.number(at: layout.namesStart + entry * 4 + 4))
            guard first < end, end <= layout.records, let name = self.name(of: first) else {
                throw .brokenOrder(entry: entry)
            }
            if let previous, compareBytes(previous, name) >= 0 { throw .brokenOrder(entry: entry) }
            for record in first..<end {
                guard let other = self.name(of: record), compareBytes(name, other) == 0 else {
                    throw .brokenOrder(entry: entry)
                }
            }
            previous = name
        }
    }

    private func checkProvides() throws(PackageIndexError) {
        var previous: UnsafeRawBufferPointer?
        for entry in 0..<layout.provides {
            let start = layout.providesStart + entry * PackageIndexLayout.provideSize
            guard let name = string(at: start), string(at: start + 8) != nil,
                Int(buffer.number(at: start + 16)) < layout.records
            else { throw .brokenReference(record: entry) }
            if let previous, compareBytes(previous, name) > 0 { throw .brokenOrder(entry: entry) }
            previous = name
        }
    }

    private func name(of record: Int) -> UnsafeRawBufferPointer? {
        string(
            at: layout.recordsStart + record * PackageIndexLayout.recordSize + PackageRecord.Text.name.offset)
    }

    /// Nil where the reference at `offset` leaves the strings.
    private func string(at offset: Int) -> UnsafeRawBufferPointer? {
        let start = Int(buffer.number(at: offset))
        let length = Int(buffer.number(at: offset + 4))
        guard start <= strings.count, length <= strings.count - start else { return nil }
        return UnsafeRawBufferPointer(rebasing: strings[start..<start + length])
    }
}
