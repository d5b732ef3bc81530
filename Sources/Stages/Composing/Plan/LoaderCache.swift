// SPDX-License-Identifier: Apache-2.0
internal import Archives
internal import Vocabulary

/// `/etc/ld.so.cache` in the form of glibc 2.2 and later (elf/cache.c's `glibc-ld.so.cache1.1`): which file a library's
/// name means, so that the loader need not look through directories.
struct LoaderCache {
    struct Entry {
        /// The name that programs ask for.
        var name: String
        /// Absolute.
        var path: String
        var flags: UInt32
    }

    var entries: [Entry]
    var isBigEndian: Bool

    private static let (headerSize, entrySize) = (48, 24)

    /// Sorted as the loader searches: by name, descending, in an order of its own; equal names stay as they came.
    func encode() -> [UInt8] {
        let sorted = entries.enumerated().sorted { left, right in
            let order = Self.compare(Array(left.element.name.utf8), Array(right.element.name.utf8))
            return order == 0 ? left.offset < right.offset : order > 0
        }.map(\.element)
        let base = Self.headerSize + Self.entrySize * sorted.count
        var (table, strings): ([UInt8], [UInt8]) = ([], [])
        for entry in sorted {
            let value = base + strings.count
            strings += Array(entry.path.utf8) + [0]
            // The name is the path's last part, as a rule; else it stands for itself.
            var key = value + entry.path.utf8.count - entry.name.utf8.count
            if !entry.path.hasSuffix("/\(entry.name)") {
                key = base + strings.count
                strings += Array(entry.name.utf8) + [0]
            }
            table += number(entry.flags) + number(UInt32(key)) + number(UInt32(value))
            table += [UInt8](repeating: 0, count: 12)
        }
        var header = Array("glibc-ld.so.cache1.1".utf8)
        header += number(UInt32(sorted.count)) + number(UInt32(strings.count))
        // cache_file_new_flags: which end comes first. No extensions.
        header += [isBigEndian ? 3 : 2] + [UInt8](repeating: 0, count: Self.headerSize - header.count - 1)
        return header + table + strings
    }

    private func number(_ value: UInt32) -> [UInt8] {
        let bytes = withUnsafeBytes(of: value.littleEndian) { Array($0) }
        return isBigEndian ? bytes.reversed() : bytes
    }

    /// Runs of digits by their value, a digit after everything else (what glibc's loader calls libcmp).
    static func compare(_ left: [UInt8], _ right: [UInt8]) -> Int {
        func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
        func number(_ bytes: [UInt8], _ place: inout Int) -> UInt32 {
            var value: UInt32 = 0
            while place < bytes.count, isDigit(bytes[place]) {
                value = value &* 10 &+ UInt32(bytes[place] - 0x30)
                place += 1
            }
            return value
        }
        var (one, other) = (0, 0)
        while one < left.count, other < right.count {
            switch (isDigit(left[one]), isDigit(right[other])) {
            case (true, true):
                let (first, second) = (number(left, &one), number(right, &other))
                if first != second { return first < second ? -1 : 1 }
            case (true, false): return 1
            case (false, true): return -1
            case (false, false):
                if left[one] != right[other] { return left[one] < right[other] ? -1 : 1 }
                one += 1
                other += 1
            }
        }
        return (left.count - one) - (right.count - other)
    }
}

extension ELFFacts {
    /// What the loader holds a cache's entry against (dl-cache.h, FLAG_*): a library of glibc 2, and the machine's way
    /// of calling where one machine has several. Nil for machines that have no glibc.
    var loaderFlags: UInt32? {
        let abi: UInt32? =
            switch (machine, is64Bit) {
            case (62, true): 0x0300
            case (62, false): 0x0800
            case (3, false): 0
            case (183, true): 0x0A00
            case (40, false): flags & 0x400 != 0 ? 0x0900 : flags & 0x200 != 0 ? 0x0B00 : 0
            case (21, true): 0x0500
            case (22, true): 0x0400
            case (243, true): flags & 6 == 4 ? 0x1000 : flags & 6 == 0 ? 0x0F00 : nil
            case (258, true): flags & 7 == 3 ? 0x1200 : flags & 7 == 1 ? 0x1100 : nil
            default: nil
            }
        return abi.map { $0 | 3 }
    }
}
