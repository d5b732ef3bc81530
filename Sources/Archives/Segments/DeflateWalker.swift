// SPDX-License-Identifier: Apache-2.0

/// Finds the last block of a raw deflate stream (RFC 1951). It reads codes and adds up their lengths without making
/// the output again, so it needs no window and runs several times as fast as decoding. Made for streams that a
/// compressor has just written: it notices damage, but does not look at distances.
final class DeflateWalker {
    private let literals = CodeTable(maxSymbols: 288, indexBits: 11)
    private let distances = CodeTable(maxSymbols: 32, indexBits: 9)
    private let lengths = CodeTable(maxSymbols: 19, indexBits: 7)
    private let codeLengths = UnsafeMutablePointer<UInt8>.allocate(capacity: 288 + 32 + 138)

    deinit { codeLengths.deallocate() }

    /// Bit positions of the last block's header and of the stream's end.
    func walk(_ deflate: UnsafeRawBufferPointer) throws(ArchiveError) -> (lastBlockBit: Int, endBit: Int) {
        guard let base = deflate.baseAddress else { throw Self.damaged(0) }
        var reader = BitReader(base: base, count: deflate.count)
        while true {
            let blockBit = reader.position
            reader.refill()
            let isLast = reader.take(1) == 1
            switch reader.take(2) {
            case 0: try skipStored(&reader)
            case 1:
                setFixedCodes()
                try skipCodes(&reader)
            case 2:
                try readCodes(&reader)
                try skipCodes(&reader)
            default: throw Self.damaged(blockBit)
            }
            guard reader.position <= deflate.count * 8 else { throw Self.damaged(blockBit) }
            if isLast { return (blockBit, reader.position) }
        }
    }

    private static func damaged(_ bit: Int) -> ArchiveError {
        .malformed(.gzip, reason: "the compressor's output cannot be followed", at: Int64(bit / 8))
    }

    private func skipStored(_ reader: inout BitReader) throws(ArchiveError) {
        let start = (reader.position + 7) / 8
        guard start + 4 <= reader.count else { throw Self.damaged(reader.position) }
        let length = Int(reader.base.loadUnaligned(fromByteOffset: start, as: UInt16.self).littleEndian)
        guard start + 4 + length <= reader.count else { throw Self.damaged(reader.position) }
        reader.seek(toByte: start + 4 + length)
    }

    /// Everything up to and including the block's end code. The work of this file is done here.
    private func skipCodes(_ reader: inout BitReader) throws(ArchiveError) {
        let literalTable = literals.entries
        let literalMask = literals.mask
        // Past the end there are only zeros: stop there rather than follow them.
        while reader.isInside {
            reader.refill()
            var entry = literalTable[Int(truncatingIfNeeded: reader.bits & literalMask)]
            // Up to three codes of 11 bits at most, of the 56 that there are.
            if entry.isLiteral {
                reader.drop(entry.bits)
                entry = literalTable[Int(truncatingIfNeeded: reader.bits & literalMask)]
                if entry.isLiteral {
                    reader.drop(entry.bits)
                    entry = literalTable[Int(truncatingIfNeeded: reader.bits & literalMask)]
                    if entry.isLiteral {
                        reader.drop(entry.bits)
                        continue
                    }
                }
                reader.refill()
            }
            if entry.isLong { entry = literals.find(reader.bits) }
            reader.drop(entry.bits)
            if entry.isLiteral { continue }
            if entry.isMatch {
                entry = distances.entries[Int(truncatingIfNeeded: reader.bits & distances.mask)]
                if entry.isLong { entry = distances.find(reader.bits) }
                guard entry.isMatch else { throw Self.damaged(reader.position) }
                reader.drop(entry.bits)
            } else if entry.isEnd {
                return
            } else {
                break
            }
        }
        throw Self.damaged(reader.position)
    }

    private func setFixedCodes() {
        for symbol in 0..<288 {
            codeLengths[symbol] = symbol < 144 ? 8 : symbol < 256 ? 9 : symbol < 280 ? 7 : 8
        }
        for symbol in 288..<320 { codeLengths[symbol] = 5 }
        literals.build(codeLengths, 288, CodeTable.literalEntry)
        distances.build(codeLengths + 288, 32, CodeTable.distanceEntry)
    }

    /// A dynamic block's code lengths (RFC 1951 §3.2.7).
    private func readCodes(_ reader: inout BitReader) throws(ArchiveError) {
        let literalCount = 257 + reader.take(5)
        let distanceCount = 1 + reader.take(5)
        let lengthCount = 4 + reader.take(4)
        guard literalCount <= 286 else { throw Self.damaged(reader.position) }
        let order: [19 of Int] = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]
        for index in 0..<19 { codeLengths[index] = 0 }
        for index in 0..<lengthCount {
            if index & 15 == 0 { reader.refill() }
            codeLengths[order[index]] = UInt8(reader.take(3))
        }
        lengths.build(codeLengths, 19) { CodeTable.Entry(bits: 0, value: UInt16($0)) }
        var filled = 0
        while filled < literalCount + distanceCount {
            reader.refill()
            guard reader.isInside else { throw Self.damaged(reader.position) }
            let entry = lengths.entries[Int(truncatingIfNeeded: reader.bits & lengths.mask)]
            guard entry.bits > 0 else { throw Self.damaged(reader.position) }
            reader.drop(entry.bits)
            var (value, times) = (UInt8(truncatingIfNeeded: entry.value), 1)
            switch entry.value {
            case 16:
                guard filled > 0 else { throw Self.damaged(reader.position) }
                (value, times) = (codeLengths[filled - 1], 3 + reader.take(2))
            case 17: (value, times) = (0, 3 + reader.take(3))
            case 18: (value, times) = (0, 11 + reader.take(7))
            default: break
            }
            (codeLengths + filled).update(repeating: value, count: times)
            filled += times
        }
        guard filled == literalCount + distanceCount else { throw Self.damaged(reader.position) }
        distances.build(codeLengths + literalCount, distanceCount, CodeTable.distanceEntry)
        literals.build(codeLengths, literalCount, CodeTable.literalEntry)
    }
}

/// Bits from the low end of bytes, up to 56 at a time; zeros after the end.
private struct BitReader {
    let base: UnsafeRawPointer
    let count: Int
    private(set) var bits: UInt64 = 0
    private var available = 0
    private var next = 0

    init(base: UnsafeRawPointer, count: Int) {
        self.base = base
        self.count = count
    }

    /// Of the first bit that was not taken.
    @inline(__always) var position: Int { next &* 8 &- available }
    @inline(__always) var isInside: Bool { position <= count &* 8 }

    /// At least 56 bits afterwards.
    @inline(__always) mutating func refill() {
        if next + 8 <= count {
            bits |=
                base.loadUnaligned(fromByteOffset: next, as: UInt64.self).littleEndian << UInt64(available)
            next &+= (63 &- available) >> 3
            available |= 56
        } else {
            refillAtEnd()
        }
    }

    private mutating func refillAtEnd() {
        while available < 56 {
            if next < count {
                bits |= UInt64(base.load(fromByteOffset: next, as: UInt8.self)) << UInt64(available)
            }
            next += 1
            available += 8
        }
    }

    @inline(__always) mutating func drop(_ count: UInt8) {
        bits &>>= UInt64(count)
        available &-= Int(count)
    }

    /// The next `count` bits as a number; few enough that no refill is needed.
    mutating func take(_ count: UInt8) -> Int {
        let value = Int(truncatingIfNeeded: bits & (1 << UInt64(count) - 1))
        drop(count)
        return value
    }

    mutating func seek(toByte byte: Int) { (next, bits, available) = (byte, 0, 0) }
}
