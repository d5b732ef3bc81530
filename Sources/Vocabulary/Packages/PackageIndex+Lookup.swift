// SPDX-License-Identifier: Apache-2.0

extension PackageIndex {
    /// A record that provides a name other than its own.
    package struct Provider: Sendable {
        package let record: PackageRecord
        /// Of a versioned provide (`Provides: name (= 1.2)`).
        package let version: String?
    }

    package func record(at position: Int) -> PackageRecord {
        precondition(position >= 0 && position < count, "a record's position is below the count")
        return PackageRecord(index: self, position: position)
    }

    /// Every record of that very name, in the order of the index it came from.
    package func records(named name: String) -> [PackageRecord] {
        let entry = search(layout.names, for: name, in: nameOffset)
        guard entry < layout.names, withString(at: nameOffset(entry), { compare($0, name) }) == 0
        else { return [] }
        return range(ofName: entry).map { PackageRecord(index: self, position: $0) }
    }

    /// Every record that states that it provides `name`; a package of that very name is not among them.
    package func providers(of name: String) -> [Provider] {
        var entry = search(layout.provides, for: name, in: provideOffset)
        var found: [Provider] = []
        while entry < layout.provides, withString(at: provideOffset(entry), { compare($0, name) }) == 0 {
            let start = provideOffset(entry)
            let version = withString(at: start + 8) { String(decoding: $0, as: UTF8.self) }
            let record = bytes.withUnsafeBytes { Int($0.number(at: start + 16)) }
            found.append(
                Provider(
                    record: PackageRecord(index: self, position: record),
                    version: version.isEmpty ? nil : version))
            entry += 1
        }
        return found
    }

    /// All names in byte order, one call each; for listings and "did you mean".
    package func forEachName(_ body: (UnsafeRawBufferPointer) -> Void) {
        for entry in 0..<layout.names { withString(at: nameOffset(entry), body) }
    }

    func withString<Result>(at offset: Int, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        bytes.withUnsafeBytes { buffer in
            let start = layout.stringsStart + Int(buffer.number(at: offset))
            let length = Int(buffer.number(at: offset + 4))
            return body(UnsafeRawBufferPointer(rebasing: buffer[start..<start + length]))
        }
    }

    private func range(ofName entry: Int) -> Range<Int> {
        bytes.withUnsafeBytes { buffer in
            let at = layout.namesStart + entry * 4
            return Int(buffer.number(at: at))..<Int(buffer.number(at: at + 4))
        }
    }

    private func nameOffset(_ entry: Int) -> Int {
        let first = bytes.withUnsafeBytes { Int($0.number(at: layout.namesStart + entry * 4)) }
        return layout.recordsStart + first * PackageIndexLayout.recordSize + PackageRecord.Text.name.offset
    }

    private func provideOffset(_ entry: Int) -> Int {
        layout.providesStart + entry * PackageIndexLayout.provideSize
    }

    /// The first entry whose string is not below `name`.
    private func search(_ count: Int, for name: String, in offset: (Int) -> Int) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if withString(at: offset(middle), { compare($0, name) }) < 0 {
                low = middle + 1
            } else {
                high = middle
            }
        }
        return low
    }

    private func compare(_ bytes: UnsafeRawBufferPointer, _ name: String) -> Int {
        var name = name
        return name.withUTF8 { compareBytes(bytes, UnsafeRawBufferPointer($0)) }
    }
}
