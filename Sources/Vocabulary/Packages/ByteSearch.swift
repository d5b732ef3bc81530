// SPDX-License-Identifier: Apache-2.0

extension UnsafeRawBufferPointer {
    /// The place of the first such byte at or behind `start`, else the count. Eight bytes a step: a byte of a word
    /// is zero where subtracting one borrows from its high bit, and the lowest such bit is never a false alarm
    /// (H. S. Warren, "Hacker's Delight", 6-1).
    @inline(__always)
    func place(of byte: UInt8, from start: Int) -> Int {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let highs: UInt64 = 0x8080_8080_8080_8080
        let pattern = ones &* UInt64(byte)
        var at = start
        while at + 8 <= count {
            let word = UInt64(littleEndian: loadUnaligned(fromByteOffset: at, as: UInt64.self)) ^ pattern
            let zeros = (word &- ones) & ~word & highs
            if zeros != 0 { return at + zeros.trailingZeroBitCount >> 3 }
            at += 8
        }
        while at < count, self[at] != byte { at += 1 }
        return at
    }
}

/// Byte order; the shorter first where one begins the other.
@inline(__always)
func compareBytes(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Int {
    let shared = min(left.count, right.count)
    var at = 0
    while at + 8 <= shared {
        let a = UInt64(bigEndian: left.loadUnaligned(fromByteOffset: at, as: UInt64.self))
        let b = UInt64(bigEndian: right.loadUnaligned(fromByteOffset: at, as: UInt64.self))
        if a != b { return a < b ? -1 : 1 }
        at += 8
    }
    while at < shared {
        if left[at] != right[at] { return left[at] < right[at] ? -1 : 1 }
        at += 1
    }
    return left.count - right.count
}
