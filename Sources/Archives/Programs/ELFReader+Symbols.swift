// SPDX-License-Identifier: Apache-2.0

extension ELFReader {
    private static let symbolLimits = (entries: 1_000_000, versions: 65_536)

    /// What a program or library asks others for, as linkers write it: `read@GLIBC_2.2.5`; what has no version is
    /// `name@Base`. Sorted, each once; empty for what is no ELF file or asks for nothing.
    package static func wantedSymbols(of bytes: UnsafeRawBufferPointer) -> [String] {
        guard let reader = ELFReader(bytes), let segments = reader.segments(),
            let tables = DynamicTables(reader, segments)
        else { return [] }
        return reader.wantedSymbols(tables)
    }

    /// Where in the file the dynamic section's tables begin.
    private struct DynamicTables {
        let symbols: UInt64
        let strings: UInt64
        /// DT_VERSYM: a number for each symbol.
        let numbers: UInt64?
        /// DT_VERNEED: the versions that the numbers mean.
        let needs: UInt64?

        init?(_ reader: ELFReader, _ segments: [Segment]) {
            guard let dynamic = segments.first(where: { $0.type == 2 }) else { return nil }
            let width = reader.is64Bit ? 8 : 4
            var places: [UInt64: UInt64] = [:]
            for index in 0..<min(dynamic.fileSize / UInt64(2 * width), 8192) {
                let (base, overflow) = dynamic.offset.addingReportingOverflow(index * UInt64(2 * width))
                guard !overflow, let tag = reader.integer(at: base, width), tag != 0,
                    let value = reader.integer(at: base + UInt64(width), width)
                else { break }
                places[tag] = reader.fileOffset(of: value, segments)
            }
            guard let symbols = places[6], let strings = places[5] else { return nil }
            (self.symbols, self.strings) = (symbols, strings)
            (numbers, needs) = (places[0x6FFF_FFF0], places[0x6FFF_FFFE])
        }
    }

    private func wantedSymbols(_ tables: DynamicTables) -> [String] {
        let stride: UInt64 = is64Bit ? 24 : 16
        // Nothing says how many there are; linkers put the names behind them.
        guard tables.strings > tables.symbols else { return [] }
        let count = min((tables.strings - tables.symbols) / stride, UInt64(Self.symbolLimits.entries))
        let versions = neededVersions(tables)
        var wanted: Set<String> = []
        for index in 0..<count {
            let base = tables.symbols &+ index * stride
            // st_shndx 0: somebody else has it.
            guard integer(at: base &+ (is64Bit ? 6 : 14), 2) == 0, let name = integer(at: base, 4), name != 0,
                let text = text(at: tables.strings &+ name), !text.isEmpty
            else { continue }
            let number = tables.numbers.flatMap { integer(at: $0 &+ index * 2, 2) }.map { $0 & 0x7FFF }
            wanted.insert("\(text)@\(number.flatMap { versions[$0] } ?? "Base")")
        }
        return wanted.sorted()
    }

    /// The versions of DT_VERNEED by the numbers that symbols have.
    private func neededVersions(_ tables: DynamicTables) -> [UInt64: String] {
        var versions: [UInt64: String] = [:]
        var need = tables.needs
        var read = 0
        while let at = need {
            guard let count = integer(at: at &+ 2, 2), let first = integer(at: at &+ 8, 4),
                let next = integer(at: at &+ 12, 4)
            else { break }
            var entry = at &+ first
            for _ in 0..<count {
                read += 1
                guard read <= Self.symbolLimits.versions, let number = integer(at: entry &+ 6, 2),
                    let name = integer(at: entry &+ 8, 4), let step = integer(at: entry &+ 12, 4)
                else { return versions }
                versions[number & 0x7FFF] = text(at: tables.strings &+ name)
                guard step > 0 else { break }
                entry = entry &+ step
            }
            need = next > 0 && count > 0 ? at &+ next : nil
        }
        return versions
    }
}
