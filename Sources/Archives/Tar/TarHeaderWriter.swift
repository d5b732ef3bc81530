// SPDX-License-Identifier: Apache-2.0

/// The bytes before an entry's content.
enum TarHeaderWriter {
    static let version = 1

    private static let octal7: Int64 = 0o7_777_777
    private static let octal11: Int64 = 0o77_777_777_777

    /// A pax header where one is needed, then the ustar header.
    static func headers(
        for entry: TarEntry, _ own: [String: [UInt8]] = [:], allowsDevices: Bool
    ) throws(ArchiveError) -> [UInt8] {
        try check(entry, allowsDevices: allowsDevices)
        var path = Array(entry.path.utf8)
        if entry.kind == .directory, path.last != UInt8(ascii: "/") { path.append(UInt8(ascii: "/")) }
        let link = Array(entry.linkTarget.utf8)
        let place = split(path)
        let records = records(entry, own, path: place == nil ? path : nil, link: link)
        var bytes: [UInt8] = []
        if !records.isEmpty { bytes += paxHeader(records, for: path) }
        var header = HeaderBlock(type: typeFlag(entry.kind))
        // Who does not read the pax header sees the first bytes of the name.
        header.put(place?.name ?? path[..<TarFormat.name.count], in: TarFormat.name)
        header.put(place?.prefix ?? [], in: TarFormat.prefix)
        header.put(link.prefix(TarFormat.linkName.count), in: TarFormat.linkName)
        header.put(Int64(entry.mode), in: TarFormat.mode)
        header.put(fitting(Int64(entry.uid), octal7), in: TarFormat.uid)
        header.put(fitting(Int64(entry.gid), octal7), in: TarFormat.gid)
        header.put(fitting(entry.size, octal11), in: TarFormat.size)
        header.put(fitting(entry.mtime, octal11), in: TarFormat.mtime)
        header.put(nameFits(entry.userName) ? Array(entry.userName.utf8)[...] : [], in: TarFormat.userName)
        header.put(nameFits(entry.groupName) ? Array(entry.groupName.utf8)[...] : [], in: TarFormat.groupName)
        header.put(Int64(entry.devMajor), in: TarFormat.devMajor)
        header.put(Int64(entry.devMinor), in: TarFormat.devMinor)
        return bytes + header.sealed()
    }

    private static func check(_ entry: TarEntry, allowsDevices: Bool) throws(ArchiveError) {
        func refuse(_ reason: String) -> ArchiveError { .unwritable(path: entry.path, reason: reason) }
        let isLink = entry.kind == .symlink || entry.kind == .hardlink
        let isDevice = entry.kind == .characterDevice || entry.kind == .blockDevice
        guard !entry.path.isEmpty else { throw refuse("it has no name") }
        guard
            ![entry.path, entry.linkTarget, entry.userName, entry.groupName].contains(where: {
                $0.utf8.contains(0)
            })
        else { throw refuse("a name holds a NUL") }
        guard !entry.hasRepairedName else { throw refuse("its name was not UTF-8") }
        guard entry.kind != .file || !entry.path.hasSuffix("/") else {
            throw refuse("a file's name ends in a slash")
        }
        guard entry.linkTarget.isEmpty != isLink else {
            throw refuse(isLink ? "a link without a target" : "only links have a target")
        }
        guard entry.size >= 0, entry.kind == .file || entry.size == 0 else {
            throw refuse("a size of \(entry.size) for a \(entry.kind.rawValue)")
        }
        guard entry.mode <= 0o7777 else {
            throw refuse("mode \(String(entry.mode, radix: 8)) has other bits")
        }
        guard !isDevice || allowsDevices else { throw refuse("it is a device") }
        guard max(entry.devMajor, entry.devMinor) <= UInt32(octal7) else {
            throw refuse("a device number is too big")
        }
        guard isDevice || entry.devMajor == 0 && entry.devMinor == 0 else {
            throw refuse("only devices have device numbers")
        }
        for (name, value) in entry.xattrs {
            guard !name.isEmpty, !value.isEmpty, !name.utf8.contains(UInt8(ascii: "=")),
                !name.utf8.contains(0)
            else {
                throw refuse("the extended attribute '\(name)' has no pax form")
            }
        }
    }

    /// Everything that the ustar header does not hold, sorted by key.
    private static func records(
        _ entry: TarEntry, _ own: [String: [UInt8]], path: [UInt8]?, link: [UInt8]
    ) -> [(key: String, value: [UInt8])] {
        var records: [(key: String, value: [UInt8])] = own.map { ($0.key, $0.value) }
        if entry.gid > octal7 { records.append(("gid", Array(String(entry.gid).utf8))) }
        if !nameFits(entry.groupName) { records.append(("gname", Array(entry.groupName.utf8))) }
        if link.count > TarFormat.linkName.count { records.append(("linkpath", link)) }
        if !(0...octal11).contains(entry.mtime) { records.append(("mtime", Array(String(entry.mtime).utf8))) }
        if let path { records.append(("path", path)) }
        if entry.size > octal11 { records.append(("size", Array(String(entry.size).utf8))) }
        if entry.uid > octal7 { records.append(("uid", Array(String(entry.uid).utf8))) }
        if !nameFits(entry.userName) { records.append(("uname", Array(entry.userName.utf8))) }
        for (name, value) in entry.xattrs { records.append((TarFormat.xattrPrefix + name, value)) }
        return records.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    }

    private static func paxHeader(_ records: [(key: String, value: [UInt8])], for path: [UInt8]) -> [UInt8] {
        let body = records.flatMap { PaxRecords.record($0.key, $0.value) }
        let baseName = path.split(separator: UInt8(ascii: "/")).last ?? []
        var header = HeaderBlock(type: UInt8(ascii: "x"))
        header.put((Array("PaxHeaders/".utf8) + baseName).prefix(TarFormat.name.count), in: TarFormat.name)
        header.put(0o644, in: TarFormat.mode)
        header.put(0, in: TarFormat.uid)
        header.put(0, in: TarFormat.gid)
        header.put(Int64(body.count), in: TarFormat.size)
        header.put(0, in: TarFormat.mtime)
        header.put(0, in: TarFormat.devMajor)
        header.put(0, in: TarFormat.devMinor)
        return header.sealed() + body
            + [UInt8](repeating: 0, count: Int(TarFormat.padding(Int64(body.count))))
    }

    /// A path as name, or as prefix and name parted at a slash; nil where it fits neither way.
    private static func split(_ path: [UInt8]) -> (prefix: ArraySlice<UInt8>, name: ArraySlice<UInt8>)? {
        if path.count <= TarFormat.name.count { return ([], path[...]) }
        guard path.count <= TarFormat.prefix.count + 1 + TarFormat.name.count else { return nil }
        // The earliest slash that leaves a name which fits; a trailing one parts nothing.
        let earliest = path.count - TarFormat.name.count - 1
        guard let slash = path[earliest..<path.count - 1].firstIndex(of: UInt8(ascii: "/")), slash > 0,
            slash <= TarFormat.prefix.count
        else { return nil }
        return (path[..<slash], path[(slash + 1)...])
    }

    private static func fitting(_ value: Int64, _ most: Int64) -> Int64 {
        (0...most).contains(value) ? value : 0
    }

    /// User and group names end with a NUL (ustar), so one byte less.
    private static func nameFits(_ name: String) -> Bool { name.utf8.count < TarFormat.userName.count }

    private static func typeFlag(_ kind: TarEntry.Kind) -> UInt8 {
        switch kind {
        case .file: UInt8(ascii: "0")
        case .hardlink: UInt8(ascii: "1")
        case .symlink: UInt8(ascii: "2")
        case .characterDevice: UInt8(ascii: "3")
        case .blockDevice: UInt8(ascii: "4")
        case .directory: UInt8(ascii: "5")
        case .fifo: UInt8(ascii: "6")
        }
    }
}

/// One 512-byte header in the making.
private struct HeaderBlock {
    private var bytes = [UInt8](repeating: 0, count: TarFormat.blockSize)

    init(type: UInt8) {
        bytes[TarFormat.typeFlag] = type
        put(Array("ustar\0".utf8)[...], in: TarFormat.magic)
        put(Array("00".utf8)[...], in: TarFormat.version)
    }

    mutating func put(_ text: ArraySlice<UInt8>, in field: Range<Int>) {
        bytes.replaceSubrange(field.lowerBound..<field.lowerBound + text.count, with: text)
    }

    /// Octal with leading zeros and a closing NUL.
    mutating func put(_ value: Int64, in field: Range<Int>) {
        var rest = value
        for index in (field.lowerBound..<field.upperBound - 1).reversed() {
            bytes[index] = UInt8(ascii: "0") + UInt8(rest & 7)
            rest >>= 3
        }
    }

    /// The block with its checksum: six digits, NUL, space, as every tar writes it.
    func sealed() -> [UInt8] {
        var sealed = self
        let sum = bytes.withUnsafeBytes { TarFormat.checksum($0).unsigned }
        sealed.put(sum, in: TarFormat.checksum.lowerBound..<TarFormat.checksum.upperBound - 1)
        sealed.bytes[TarFormat.checksum.upperBound - 1] = 0x20
        return sealed.bytes
    }
}
