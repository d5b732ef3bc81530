// SPDX-License-Identifier: Apache-2.0

/// The values of one record, checked and put into the builder.
extension AlpineRecordParser {
    mutating func readIdentity(into entry: inout PackageIndexBuilder.Entry) throws(IndexTextError) {
        guard Self.isPackageName(value(.name)) else { throw bad(.name) }
        guard AlpineVersion.accepts(value(.version)) else { throw bad(.version) }
        guard value(.architecture).allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { throw bad(.architecture) }
        guard Self.isChecksum(value(.checksum)) else { throw bad(.checksum) }
        let name = builder.store(value(.name))
        let version = builder.share(value(.version))
        entry.texts[PackageRecord.Text.name.rawValue] = name
        entry.texts[PackageRecord.Text.version.rawValue] = version
        entry.texts[PackageRecord.Text.architecture.rawValue] = builder.share(value(.architecture))
        var origin = name
        if !value(.origin).isEmpty {
            guard Self.isPackageName(value(.origin)) else { throw bad(.origin) }
            origin = builder.share(value(.origin))
        }
        entry.texts[PackageRecord.Text.sourceName.rawValue] = origin
        entry.texts[PackageRecord.Text.sourceVersion.rawValue] = version
        entry.texts[PackageRecord.Text.filename.rawValue] = storeFilename()
    }

    private mutating func storeFilename() -> PackageIndexBuilder.Reference {
        var path: [UInt8] = []
        path.reserveCapacity(value(.name).count + value(.version).count + 5)
        path.append(contentsOf: value(.name))
        path.append(0x2D)
        path.append(contentsOf: value(.version))
        path.append(contentsOf: ".apk".utf8)
        return path.withUnsafeBytes { builder.store($0) }
    }

    /// `[A-Za-z0-9][A-Za-z0-9._+-]*`; a leading underscore is seen too, where an origin or a local package has one.
    private static func isPackageName(_ name: UnsafeRawBufferPointer) -> Bool {
        guard let first = name.first, name.count <= 256, isAlphanumeric(first) || first == 0x5F else {
            return false
        }
        return name.allSatisfy { byte in
            isAlphanumeric(byte) || byte == 0x2E || byte == 0x5F || byte == 0x2B || byte == 0x2D
        }
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        byte >= 0x30 && byte <= 0x39 || byte >= 0x41 && byte <= 0x5A || byte >= 0x61 && byte <= 0x7A
    }

    /// `Q1` and a SHA-1, or `Q2` and a SHA-256, in base64.
    private static func isChecksum(_ text: UnsafeRawBufferPointer) -> Bool {
        guard text.count > 2, text[0] == 0x51 else { return false }
        let length: Int
        switch text[1] {
        case 0x31: length = 28
        case 0x32: length = 44
        default: return false
        }
        return text.count == length + 2 && text.last == 0x3D
            && text[2..<(text.count - 1)].allSatisfy { isAlphanumeric($0) || $0 == 0x2B || $0 == 0x2F }
    }

    mutating func readNumbers(into entry: inout PackageIndexBuilder.Entry) throws(IndexTextError) {
        guard let size = value(.size).decimal, size > 0 else { throw bad(.size) }
        entry.size = size
        if !value(.installedSize).isEmpty {
            guard let installed = value(.installedSize).decimal else { throw bad(.installedSize) }
            entry.installedSize = installed
        }
        if !value(.providerPriority).isEmpty {
            guard let priority = value(.providerPriority).decimal.flatMap({ UInt32(exactly: $0) }) else {
                throw bad(.providerPriority)
            }
            entry.providerPriority = priority
        }
    }

    /// `a b=1.2 so:c.so.1=3`
    mutating func addProvides() throws(IndexTextError) {
        let list = value(.provides)
        var start = 0
        while start < list.count {
            let end = list.place(of: 0x20, from: start)
            if end > start { addProvide(UnsafeRawBufferPointer(rebasing: list[start..<end])) }
            guard builder.provideCount <= limits.provides else {
                throw .tooLarge(what: "the number of provides", limit: limits.provides)
            }
            start = end + 1
        }
    }

    private mutating func addProvide(_ text: UnsafeRawBufferPointer) {
        let nameEnd = text.firstIndex { $0 == 0x3D || $0 == 0x3C || $0 == 0x3E || $0 == 0x7E } ?? text.count
        let name = UnsafeRawBufferPointer(rebasing: text[..<nameEnd])
        guard AlpineDependency.isName(name), name.first != 0x21 else { return }
        guard nameEnd < text.count else {
            return builder.provide(name, version: UnsafeRawBufferPointer(start: nil, count: 0))
        }
        let version = UnsafeRawBufferPointer(rebasing: text[(nameEnd + 1)...])
        if text[nameEnd] == 0x3D, AlpineVersion.accepts(version) { builder.provide(name, version: version) }
    }
}
