// SPDX-License-Identifier: Apache-2.0

/// The values of one stanza, checked and put into the builder.
extension DebianStanzaParser {
    mutating func readIdentity(into entry: inout PackageIndexBuilder.Entry) throws(IndexTextError) {
        guard PackageName.accepts(value(.package)) else { throw bad(.package) }
        guard DebianVersion.accepts(value(.version)) else { throw bad(.version) }
        guard value(.architecture).allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { throw bad(.architecture) }
        guard Self.isInside(value(.filename)) else { throw bad(.filename) }
        let name = builder.store(value(.package))
        let version = builder.share(value(.version))
        entry.texts[PackageRecord.Text.name.rawValue] = name
        entry.texts[PackageRecord.Text.version.rawValue] = version
        entry.texts[PackageRecord.Text.architecture.rawValue] = builder.share(value(.architecture))
        var sourceName = name
        var sourceVersion = version
        let source = value(.source)
        if !source.isEmpty {
            // `Source: NAME` or `Source: NAME (VERSION)` (Policy 5.6.1)
            let blank = source.firstIndex(of: 0x20) ?? source.count
            let bare = UnsafeRawBufferPointer(rebasing: source[..<blank])
            guard PackageName.accepts(bare) else { throw bad(.source) }
            sourceName = builder.share(bare)
            if blank < source.count {
                let rest = source[(blank + 1)...]
                guard rest.count > 2, rest.first == 0x28, rest.last == 0x29 else { throw bad(.source) }
                let version = UnsafeRawBufferPointer(rebasing: rest.dropFirst().dropLast())
                guard DebianVersion.accepts(version) else { throw bad(.source) }
                sourceVersion = builder.share(version)
            }
        }
        entry.texts[PackageRecord.Text.sourceName.rawValue] = sourceName
        entry.texts[PackageRecord.Text.sourceVersion.rawValue] = sourceVersion
    }

    /// A path below the repository: relative, printable, without `.` and `..`.
    private static func isInside(_ path: UnsafeRawBufferPointer) -> Bool {
        guard path.count <= 4096, path.first != 0x2F,
            path.allSatisfy({ $0 > 0x20 && $0 != 0x7F && $0 != 0x5C })
        else { return false }
        return path.split(separator: 0x2F, omittingEmptySubsequences: false).allSatisfy { component in
            !component.isEmpty && !component.elementsEqual([0x2E, 0x2E])
                && (!component.elementsEqual([0x2E]) || component.startIndex == 0)
        }
    }

    mutating func readNumbers(into entry: inout PackageIndexBuilder.Entry) throws(IndexTextError) {
        guard let size = value(.size).decimal, size > 0 else { throw bad(.size) }
        entry.size = size
        let installed = value(.installedSize)
        if !installed.isEmpty {
            // In KiB (Policy 5.6.20).
            guard let kibibytes = installed.decimal, kibibytes < 1 << 42 else {
                throw bad(.installedSize)
            }
            entry.installedSize = kibibytes * 1024
        }
        // All zero stands for "none" in the compact form.
        guard Self.readDigest(value(.sha256), into: &entry.digest),
            (0..<4).contains(where: { entry.digest[$0] != 0 })
        else { throw bad(.sha256) }
        entry.isEssential = Self.equals(value(.essential), "yes")
        let multiArch = value(.multiArch)
        entry.multiArch =
            switch multiArch.first ?? 0x6E {
            case 0x73: .same
            case 0x66: .foreign
            case 0x61: .allowed
            default: .no
            }
        let priority = value(.priority)
        if let match = Self.priorities.first(where: { Self.equals(priority, $0.0) }) {
            entry.priority = match.1
        }
    }

    private static let priorities: [(StaticString, PackageRecord.Priority)] = [
        ("optional", .optional), ("required", .required), ("important", .important), ("standard", .standard),
        ("extra", .extra),
    ]

    private static func equals(_ bytes: UnsafeRawBufferPointer, _ text: StaticString) -> Bool {
        bytes.count == text.utf8CodeUnitCount
            && compareBytes(
                bytes, UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)) == 0
    }

    private static func readDigest(_ text: UnsafeRawBufferPointer, into words: inout [4 of UInt64]) -> Bool {
        guard text.count == 64 else { return false }
        for word in 0..<4 {
            var value: UInt64 = 0
            for byte in 0..<8 {
                guard let high = nibble(text[word * 16 + byte * 2]),
                    let low = nibble(text[word * 16 + byte * 2 + 1])
                else { return false }
                value |= UInt64(high << 4 | low) << UInt64(8 * byte)
            }
            words[word] = value.littleEndian
        }
        return true
    }

    @inline(__always)
    private static func nibble(_ character: UInt8) -> UInt8? {
        switch character {
        case 0x30...0x39: character - 0x30
        case 0x61...0x66: character - 0x57
        default: nil
        }
    }

    /// `a, b (= 1:2.3), c`: bare names and exact versions (Policy 7.5).
    mutating func addProvides() throws(IndexTextError) {
        let list = value(.provides)
        var start = 0
        while start < list.count {
            let end = list[start...].firstIndex(of: 0x2C) ?? list.count
            addProvide(UnsafeRawBufferPointer(rebasing: list[start..<end]))
            guard builder.provideCount <= limits.provides else {
                throw .tooLarge(what: "the number of provides", limit: limits.provides)
            }
            start = end + 1
        }
    }

    mutating func addProvide(_ text: UnsafeRawBufferPointer) {
        func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D }
        guard let start = text.firstIndex(where: { !isBlank($0) }) else { return }
        let nameEnd = text[start...].firstIndex { isBlank($0) || $0 == 0x28 || $0 == 0x3A } ?? text.count
        let name = UnsafeRawBufferPointer(rebasing: text[start..<nameEnd])
        guard PackageName.accepts(name) else { return }
        guard let open = text[nameEnd...].firstIndex(of: 0x28) else {
            guard text[nameEnd...].allSatisfy(isBlank) else { return }
            return builder.provide(name, version: UnsafeRawBufferPointer(start: nil, count: 0))
        }
        guard let close = text[open...].firstIndex(of: 0x29),
            let equal = text[open..<close].firstIndex(where: { !isBlank($0) && $0 != 0x28 }),
            text[equal] == 0x3D,
            let first = text[(equal + 1)..<close].firstIndex(where: { !isBlank($0) })
        else { return }
        let end = text[first..<close].firstIndex(where: isBlank) ?? close
        let version = UnsafeRawBufferPointer(rebasing: text[first..<end])
        if DebianVersion.accepts(version) { builder.provide(name, version: version) }
    }
}
