// SPDX-License-Identifier: Apache-2.0

extension ELFReader {
    /// `names` in bytes of all names together.
    private static let symbolLimits = (entries: 1_000_000, versions: 65_536, names: 64 << 20)

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
        /// DT_HASH.
        let hash: UInt64?
        /// DT_GNU_HASH.
        let gnuHash: UInt64?
        /// Where the symbols end at the latest: where the next table begins, or the file ends.
        let end: UInt64

        init?(_ reader: ELFReader, _ segments: [Segment]) {
            guard let dynamic = segments.first(where: { $0.type == 2 }) else { return nil }
            var places: [UInt64: UInt64] = [:]
            // Those of elf.h's tags whose values are addresses of tables.
            let tables: Set<UInt64> = [
                4, 5, 6, 7, 17, 23, 25, 26, 32, 36, 0x6FFF_FEF5, 0x6FFF_FFF0, 0x6FFF_FFFC, 0x6FFF_FFFE,
            ]
            reader.forEachEntry(of: dynamic) { tag, value in
                if tables.contains(tag) { places[tag] = reader.fileOffset(of: value, segments) }
            }
            guard let symbols = places[6], symbols < UInt64(reader.bytes.count), let strings = places[5]
            else { return nil }
            (self.symbols, self.strings) = (symbols, strings)
            (numbers, needs) = (places[0x6FFF_FFF0], places[0x6FFF_FFFE])
            (hash, gnuHash) = (places[4], places[0x6FFF_FEF5])
            end = places.values.filter { $0 > symbols }.min() ?? UInt64(reader.bytes.count)
        }
    }

    private func wantedSymbols(_ tables: DynamicTables) -> [String] {
        let versions = neededVersions(tables)
        var wanted: Set<String> = []
        var size = 0
        for index in 0..<symbolCount(tables) {
            let base = tables.symbols &+ index * symbolSize
            // st_shndx 0: somebody else has it.
            guard integer(at: base &+ (is64Bit ? 6 : 14), 2) == 0, let name = integer(at: base, 4), name != 0,
                let text = text(at: tables.strings &+ name), !text.isEmpty
            else { continue }
            size += text.utf8.count
            guard size <= Self.symbolLimits.names else { break }
            let number = tables.numbers.flatMap { integer(at: $0 &+ index * 2, 2) }.map { $0 & 0x7FFF }
            wanted.insert("\(text)@\(number.flatMap { versions[$0] } ?? "Base")")
        }
        return wanted.sorted()
    }

    private var symbolSize: UInt64 { is64Bit ? 24 : 16 }

    /// How many symbols there are. No entry of the dynamic section says it: a table of hashes does that knows all of them
    /// (DT_HASH), or their last ones (DT_GNU_HASH). Where that has none the symbols go on up to the next table.
    private func symbolCount(_ tables: DynamicTables) -> UInt64 {
        let count =
            tables.hash.flatMap(hashedCount) ?? tables.gnuHash.flatMap(gnuHashedCount)
            ?? (tables.end - tables.symbols) / symbolSize
        return min(
            count, (UInt64(bytes.count) - tables.symbols) / symbolSize, UInt64(Self.symbolLimits.entries))
    }

    /// nchain of DT_HASH, whose words have eight bytes on s390x.
    private func hashedCount(at place: UInt64) -> UInt64? {
        let word = is64Bit && integer(at: 18, 2) == 22 ? 8 : 4
        return integer(at: place &+ UInt64(word), word)
    }

    /// One more than the last symbol in DT_GNU_HASH: that of the highest bucket's chain, which ends with an odd hash. Nil
    /// where no symbol is in it: linkers disagree about what it then says.
    private func gnuHashedCount(at place: UInt64) -> UInt64? {
        guard let buckets = integer(at: place, 4), buckets <= Self.symbolLimits.entries,
            let first = integer(at: place &+ 4, 4), let words = integer(at: place &+ 8, 4)
        else { return nil }
        let table = place &+ 16 &+ words * (is64Bit ? 8 : 4)
        var last = (0..<buckets).lazy.compactMap { integer(at: table &+ $0 * 4, 4) }.max() ?? 0
        guard last >= max(first, 1) else { return nil }
        let chains = table &+ buckets * 4
        for _ in 0..<Self.symbolLimits.entries {
            guard let hash = integer(at: chains &+ (last - first) * 4, 4) else { return nil }
            last += 1
            if hash & 1 == 1 { return last }
        }
        return nil
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
