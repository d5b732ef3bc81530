// SPDX-License-Identifier: Apache-2.0

/// What the first bytes of an ELF program say about how it is started (System V ABI, "Object Files").
struct ProgramHeader: Equatable {
    /// True where no dynamic linker is asked for.
    let isStatic: Bool

    private static let interpreterType: UInt64 = 3

    /// Nil where the bytes are no 64- or 32-bit little-endian ELF file, or its headers lie beyond them.
    init?(_ head: [UInt8]) {
        guard head.count >= 52, head.starts(with: [0x7F, 0x45, 0x4C, 0x46]), head[5] == 1 else { return nil }
        let isWide = head[4] == 2
        func number(_ offset: Int, _ width: Int) -> UInt64? {
            guard offset >= 0, offset + width <= head.count else { return nil }
            return head[offset..<offset + width].reversed().reduce(0) { $0 << 8 | UInt64($1) }
        }
        guard let table = number(isWide ? 32 : 28, isWide ? 8 : 4), let size = number(isWide ? 54 : 42, 2),
            let count = number(isWide ? 56 : 44, 2), table < UInt64(head.count)
        else { return nil }
        var types: [UInt64] = []
        for index in 0..<count {
            guard let type = number(Int(table + index * size), 4) else { return nil }
            types.append(type)
        }
        isStatic = !types.contains(Self.interpreterType)
    }
}
