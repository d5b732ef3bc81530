// SPDX-License-Identifier: Apache-2.0

extension PackageIndex {
    /// Every name under which the two indexes do not offer the same: the names of records that came, went, moved among
    /// their namesakes or changed in any field, and what those provide or provided. A resolution that looked at none
    /// of these names is the same from either index.
    package func names(differingFrom other: PackageIndex) -> Set<String> {
        guard bytes != other.bytes else { return [] }
        return bytes.withUnsafeBytes { mine in
            other.bytes.withUnsafeBytes { theirs in
                IndexDifference(View(mine, layout), View(theirs, other.layout)).names()
            }
        }
    }

    /// An index as its difference reads it: no string is made for what is equal.
    fileprivate struct View {
        let buffer: UnsafeRawBufferPointer
        let layout: PackageIndexLayout

        init(_ buffer: UnsafeRawBufferPointer, _ layout: PackageIndexLayout) {
            self.buffer = buffer
            self.layout = layout
        }

        func records(ofName entry: Int) -> Range<Int> {
            let at = layout.namesStart + entry * 4
            return Int(buffer.number(at: at))..<Int(buffer.number(at: at + 4))
        }

        func name(_ entry: Int) -> UnsafeRawBufferPointer {
            text(.name, of: records(ofName: entry).lowerBound)
        }

        func text(_ text: PackageRecord.Text, of record: Int) -> UnsafeRawBufferPointer {
            string(at: start(of: record) + text.offset)
        }

        /// All fields that are no texts.
        func numbers(of record: Int) -> UnsafeRawBufferPointer {
            let start = start(of: record)
            return UnsafeRawBufferPointer(
                rebasing: buffer[start + PackageRecord.Offset.size..<start + PackageIndexLayout.recordSize])
        }

        /// Name and record of one entry of the table of what records provide.
        func provide(_ entry: Int) -> (name: UnsafeRawBufferPointer, record: Int) {
            let at = layout.providesStart + entry * PackageIndexLayout.provideSize
            return (string(at: at), Int(buffer.number(at: at + 16)))
        }

        private func start(of record: Int) -> Int {
            layout.recordsStart + record * PackageIndexLayout.recordSize
        }

        private func string(at reference: Int) -> UnsafeRawBufferPointer {
            let start = layout.stringsStart + Int(buffer.number(at: reference))
            return UnsafeRawBufferPointer(
                rebasing: buffer[start..<start + Int(buffer.number(at: reference + 4))])
        }
    }
}

/// A walk through both name tables, which are sorted alike.
private struct IndexDifference {
    typealias View = PackageIndex.View

    private let old: View
    private let new: View
    private var found: Set<String> = []

    init(_ new: View, _ old: View) {
        self.new = new
        self.old = old
    }

    consuming func names() -> Set<String> {
        var (oldRecords, newRecords): (Set<Int>, Set<Int>) = ([], [])
        var (left, right) = (0, 0)
        while left < old.layout.names || right < new.layout.names {
            let order = order(left, right)
            if order == 0, areEqual(old.records(ofName: left), new.records(ofName: right)) {
                (left, right) = (left + 1, right + 1)
                continue
            }
            if order <= 0 {
                found.insert(String(decoding: old.name(left), as: UTF8.self))
                oldRecords.formUnion(old.records(ofName: left))
                left += 1
            }
            if order >= 0 {
                found.insert(String(decoding: new.name(right), as: UTF8.self))
                newRecords.formUnion(new.records(ofName: right))
                right += 1
            }
        }
        provided(by: oldRecords, in: old)
        provided(by: newRecords, in: new)
        installed(withNamesOf: oldRecords, in: old)
        installed(withNamesOf: newRecords, in: new)
        return found
    }

    /// Below 0 where the old index's name comes first or the new index has none left.
    private func order(_ left: Int, _ right: Int) -> Int {
        guard left < old.layout.names else { return 1 }
        guard right < new.layout.names else { return -1 }
        return compareBytes(old.name(left), new.name(right))
    }

    private func areEqual(_ left: Range<Int>, _ right: Range<Int>) -> Bool {
        left.count == right.count
            && zip(left, right).allSatisfy { left, right in
                compareBytes(old.numbers(of: left), new.numbers(of: right)) == 0
                    && PackageRecord.Text.allCases.allSatisfy {
                        compareBytes(old.text($0, of: left), new.text($0, of: right)) == 0
                    }
            }
    }

    /// A package that comes by itself beside others (Alpine's install_if) concerns whoever looked these up.
    private mutating func installed(withNamesOf records: Set<Int>, in view: View) {
        for record in records {
            for condition in view.text(.installIf, of: record).split(separator: 0x20) {
                let name = condition.drop { $0 == 0x21 }.prefix { !"=<>~".utf8.contains($0) }
                found.insert(String(decoding: name, as: UTF8.self))
            }
        }
    }

    private mutating func provided(by records: Set<Int>, in view: View) {
        guard !records.isEmpty else { return }
        for entry in 0..<view.layout.provides {
            let provide = view.provide(entry)
            if records.contains(provide.record) {
                found.insert(String(decoding: provide.name, as: UTF8.self))
            }
        }
    }
}
