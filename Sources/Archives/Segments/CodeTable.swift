// SPDX-License-Identifier: Apache-2.0

/// A Huffman code of deflate as a table: the next bits lead to how many of them a code and its extra bits take.
final class CodeTable {
    struct Entry {
        /// Bits of the code and its extra bits; 0 for a code that does not exist.
        var bits: UInt8
        private var kind: UInt8 = 0
        /// The symbol, in the code of code lengths only.
        var value: UInt16

        init(bits: UInt8, value: UInt16) {
            self.bits = bits
            self.value = value
        }

        fileprivate init(_ kind: UInt8, bits: UInt8 = 0) {
            (self.bits, self.kind, value) = (bits, kind, 0)
        }

        @inline(__always) var isLiteral: Bool { kind == 1 }
        @inline(__always) var isMatch: Bool { kind == 2 }
        @inline(__always) var isEnd: Bool { kind == 3 }
        /// The code has more bits than the table's index: `find` it.
        @inline(__always) var isLong: Bool { kind == 4 }

        fileprivate func adding(_ count: Int) -> Entry {
            var entry = self
            entry.bits += UInt8(count)
            return entry
        }
    }

    private static let maxLength = 15

    let entries: UnsafeMutablePointer<Entry>
    let mask: UInt64
    private let indexBits: Int
    /// What each symbol is, sorted by code.
    private let sorted: UnsafeMutablePointer<Entry>
    /// By length: the first code, how many there are, and where they start in `sorted`.
    private var first: [16 of Int] = .init(repeating: 0)
    private var counts: [16 of Int] = .init(repeating: 0)
    private var starts: [16 of Int] = .init(repeating: 0)

    init(maxSymbols: Int, indexBits: Int) {
        self.indexBits = indexBits
        mask = 1 << UInt64(indexBits) - 1
        entries = .allocate(capacity: 1 << indexBits)
        sorted = .allocate(capacity: maxSymbols)
    }

    deinit {
        entries.deallocate()
        sorted.deallocate()
    }

    /// Literals, the end of the block, and lengths with their extra bits (RFC 1951 §3.2.5).
    static func literalEntry(_ symbol: Int) -> Entry {
        switch symbol {
        case 0..<256: Entry(1)
        case 256: Entry(3)
        case 257..<265, 285: Entry(2)
        case 265..<285: Entry(2, bits: UInt8((symbol - 261) / 4))
        default: Entry(0)
        }
    }

    /// Distances with their extra bits.
    static func distanceEntry(_ symbol: Int) -> Entry {
        symbol < 4 ? Entry(2) : symbol < 30 ? Entry(2, bits: UInt8(symbol / 2 - 1)) : Entry(0)
    }

    /// Makes the table of the canonical code with these lengths (RFC 1951 §3.2.2).
    func build(_ lengths: UnsafePointer<UInt8>, _ count: Int, _ entry: (Int) -> Entry) {
        counts = .init(repeating: 0)
        for symbol in 0..<count { counts[Int(lengths[symbol])] += 1 }
        counts[0] = 0
        var code = 0
        var start = 0
        for length in 1...Self.maxLength {
            code = (code + counts[length - 1]) << 1
            first[length] = code
            starts[length] = start
            start += counts[length]
        }
        var codes = first
        entries.update(repeating: Entry(0), count: 1 << indexBits)
        for symbol in 0..<count where lengths[symbol] != 0 {
            let length = Int(lengths[symbol])
            let filled = entry(symbol).adding(length)
            sorted[starts[length] + codes[length] - first[length]] = filled
            place(filled, code: codes[length], length: length)
            codes[length] += 1
        }
    }

    private func place(_ entry: Entry, code: Int, length: Int) {
        let reversed = Self.reverse(code, length)
        if length > indexBits {
            entries[reversed & Int(mask)] = Entry(4)
            return
        }
        var index = reversed & Int(mask)
        while index < 1 << indexBits {
            entries[index] = entry
            index += 1 << length
        }
    }

    /// The entry of a code that is longer than the index.
    func find(_ bits: UInt64) -> Entry {
        var code = Self.reverse(Int(truncatingIfNeeded: bits & mask), indexBits)
        for length in indexBits + 1..<16 {
            code = code << 1 | Int(truncatingIfNeeded: (bits >> UInt64(length - 1)) & 1)
            let place = code - first[length]
            if place >= 0, place < counts[length] { return sorted[starts[length] + place] }
        }
        return Entry(0)
    }

    /// Codes are packed from their first bit, the index is read from its lowest.
    private static func reverse(_ code: Int, _ length: Int) -> Int {
        var bits = UInt16(truncatingIfNeeded: code)
        bits = (bits & 0x5555) << 1 | (bits >> 1) & 0x5555
        bits = (bits & 0x3333) << 2 | (bits >> 2) & 0x3333
        bits = (bits & 0x0F0F) << 4 | (bits >> 4) & 0x0F0F
        return Int(bits.byteSwapped) >> (16 - length)
    }
}
