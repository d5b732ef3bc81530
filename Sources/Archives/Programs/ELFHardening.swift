// SPDX-License-Identifier: Apache-2.0

/// How well an ELF file is defended once it runs, and what it carries that nobody needs: what its program headers, its
/// dynamic section and the names of its sections say (System V gABI, chapters 4 and 5; GNU's extensions in elf.h).
package struct ELFHardening: Sendable, Equatable {
    /// `e_type`.
    package enum Kind: Sendable, Equatable {
        /// ET_REL: what a compiler leaves for a linker.
        case object
        /// ET_EXEC: a program at a fixed address.
        case program
        /// ET_DYN: a library, or a program at any address.
        case shared
        /// ET_CORE and what is not known.
        case other
    }

    /// PT_GNU_STACK.
    package enum Stack: Sendable, Equatable {
        /// There is no such header: old kernels and some machines then make the stack executable.
        case unsaid
        case plain, executable
    }

    package var kind: Kind
    package var stack = Stack.unsaid
    /// PT_GNU_RELRO.
    package var hasRelro = false
    /// There is a dynamic section.
    package var isDynamic = false
    /// DF_BIND_NOW, DF_1_NOW or DT_BIND_NOW: no table of functions stays writable.
    package var bindsNow = false
    /// DF_TEXTREL or DT_TEXTREL: code is written to when it is loaded.
    package var hasTextRelocations = false
    /// Sections `.debug_…`.
    package var hasDebugSections = false

    package init(kind: Kind) { self.kind = kind }
}

extension ELFReader {
    private static let types: (stack: UInt64, relro: UInt64) = (0x6474_E551, 0x6474_E552)

    /// Nil for what is not ELF; otherwise what could be read of it. Where headers do not add up, what they would say is
    /// left at its default.
    package static func hardening(of bytes: UnsafeRawBufferPointer) -> ELFHardening? {
        guard let reader = ELFReader(bytes), let type = reader.integer(at: 16, 2) else { return nil }
        let kinds: [UInt64: ELFHardening.Kind] = [1: .object, 2: .program, 3: .shared]
        var hardening = ELFHardening(kind: kinds[type] ?? .other)
        for segment in reader.segments() ?? [] {
            switch segment.type {
            case Self.types.stack: hardening.stack = segment.flags & 1 == 0 ? .plain : .executable
            case Self.types.relro: hardening.hasRelro = true
            case 2: reader.read(segment, into: &hardening)
            default: break
            }
        }
        hardening.hasDebugSections = reader.sectionNames.contains { $0.hasPrefix(".debug_") }
        return hardening
    }

    private func read(_ dynamic: Segment, into hardening: inout ELFHardening) {
        hardening.isDynamic = true
        forEachEntry(of: dynamic) { tag, value in
            switch tag {
            case 22: hardening.hasTextRelocations = true
            case 24: hardening.bindsNow = true
            case 30:
                if value & 0x4 != 0 { hardening.hasTextRelocations = true }
                if value & 0x8 != 0 { hardening.bindsNow = true }
            case 0x6FFF_FFFB: if value & 0x1 != 0 { hardening.bindsNow = true }
            default: break
            }
        }
    }

    /// Empty where there is no table, or it lies outside of the file.
    private var sectionNames: [String] {
        guard let table = integer(at: is64Bit ? 40 : 32, is64Bit ? 8 : 4), table > 0,
            let stride = integer(at: is64Bit ? 58 : 46, 2), stride >= (is64Bit ? 64 : 40),
            let count = integer(at: is64Bit ? 60 : 48, 2), count <= Self.limits.sections,
            let strings = integer(at: is64Bit ? 62 : 50, 2), strings < count
        else { return [] }
        func place(_ index: UInt64) -> UInt64? {
            let (place, overflow) = table.addingReportingOverflow(index * stride)
            return overflow || place > UInt64(bytes.count) ? nil : place
        }
        guard let header = place(strings),
            let names = integer(at: header + (is64Bit ? 24 : 16), is64Bit ? 8 : 4)
        else { return [] }
        return (0..<count).compactMap { index in
            guard let header = place(index), let offset = integer(at: header, 4) else { return nil }
            let (at, overflow) = names.addingReportingOverflow(offset)
            return overflow ? nil : text(at: at)
        }
    }
}
