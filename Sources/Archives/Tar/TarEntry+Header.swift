// SPDX-License-Identifier: Apache-2.0

extension TarEntry {
    /// The years 1 to 9999: what RFC 3339, and so an image's configuration, can say.
    private static let times: ClosedRange<Int64> = -62_135_596_800...253_402_300_799

    /// An entry from its header and what stood before it; `offset` is the header's place, for errors.
    init(
        _ header: TarHeader, _ extensions: Extensions, limits: TarLimits, at offset: Int64
    ) throws(ArchiveError) {
        func malformed(_ reason: String) -> ArchiveError { .malformed(.tar, reason: reason, at: offset) }
        let pax = extensions.local ?? PaxRecords()
        guard !pax.values.keys.contains(where: { $0.hasPrefix(TarFormat.sparsePrefix) }) else {
            throw .unsupported(.tar, feature: "a sparse file", at: offset)
        }
        let rawPath = try Self.name(
            header.name, extensions.longName, extensions.local, pax["path"], limits, offset)
        let rawLink = try Self.name(
            header.linkName, extensions.longLink, extensions.local, pax["linkpath"], limits, offset)
        let size = try pax.unsigned("size", at: offset) ?? header.size
        let kind = try Self.kind(header, path: rawPath, size: size, at: offset)
        guard !rawPath.isEmpty else { throw malformed("an entry without a name") }
        guard kind == .file || kind == .hardlink || size == 0 else {
            throw malformed("an entry that is no file has a size")
        }
        guard size >= 0 else { throw malformed("a negative size") }
        let isLink = kind == .symlink || kind == .hardlink
        guard !isLink || !rawLink.isEmpty else { throw malformed("a link without a target") }
        let mtime = try pax.seconds("mtime", at: offset) ?? header.mtime
        guard Self.times.contains(mtime) else { throw malformed("a time that no calendar has") }
        func id(_ key: String, _ value: Int64) throws(ArchiveError) -> UInt32 {
            guard let id = UInt32(exactly: try pax.unsigned(key, at: offset) ?? value) else {
                throw malformed("the \(key) is out of range")
            }
            return id
        }
        guard let major = UInt32(exactly: header.devMajor), let minor = UInt32(exactly: header.devMinor)
        else {
            throw malformed("a device number is out of range")
        }
        let (path, link) = (Self.text(rawPath), Self.text(isLink ? rawLink : []))
        self.init(
            path: path.text, kind: kind, mode: UInt16(truncatingIfNeeded: header.mode) & 0o7777,
            uid: try id("uid", header.uid), gid: try id("gid", header.gid),
            userName: Self.text(pax["uname"] ?? header.userName).text,
            groupName: Self.text(pax["gname"] ?? header.groupName).text,
            // Hard links have no content even where a size is given: GNU tar and Go read them so.
            size: kind == .file ? size : 0, mtime: mtime,
            linkTarget: link.text, xattrs: Self.xattrs(pax),
            contentSHA1: try pax.sha1(TarFormat.contentSHA1, at: offset), devMajor: major, devMinor: minor,
            hasRepairedName: path.repaired || link.repaired)
    }

    private static func kind(
        _ header: TarHeader, path: [UInt8], size: Int64, at offset: Int64
    ) throws(ArchiveError) -> Kind {
        switch header.typeFlag {
        case 0, UInt8(ascii: "0"), UInt8(ascii: "7"):
            // Before ustar, a directory was a file whose name ends in a slash.
            path.last == UInt8(ascii: "/") && size == 0 ? .directory : .file
        case UInt8(ascii: "1"): .hardlink
        case UInt8(ascii: "2"): .symlink
        case UInt8(ascii: "3"): .characterDevice
        case UInt8(ascii: "4"): .blockDevice
        case UInt8(ascii: "5"): .directory
        case UInt8(ascii: "6"): .fifo
        case UInt8(ascii: "S"): throw .unsupported(.tar, feature: "a sparse file", at: offset)
        default:
            throw .unsupported(
                .tar, feature: "an entry of type 0x\(String(header.typeFlag, radix: 16))", at: offset)
        }
    }

    /// The header's name, or the longer one that stood before it: GNU's or pax's, not both.
    private static func name(
        _ short: [UInt8], _ gnu: [UInt8]?, _ local: PaxRecords?, _ pax: [UInt8]?, _ limits: TarLimits,
        _ offset: Int64
    ) throws(ArchiveError) -> [UInt8] {
        guard gnu == nil || local == nil else {
            throw .malformed(.tar, reason: "both a GNU and a pax extended header", at: offset)
        }
        let name = gnu ?? pax ?? short
        guard name.count <= limits.nameBytes else {
            throw .limitExceeded(.tar, .nameBytes, allowed: Int64(limits.nameBytes))
        }
        guard !name.contains(0) else { throw .malformed(.tar, reason: "a NUL in a name", at: offset) }
        return name
    }

    private static func text(_ bytes: [UInt8]) -> (text: String, repaired: Bool) {
        if let text = String(validating: bytes, as: UTF8.self) { return (text, false) }
        return (String(decoding: bytes, as: UTF8.self), true)
    }

    private static func xattrs(_ pax: PaxRecords) -> [String: [UInt8]] {
        var attributes: [String: [UInt8]] = [:]
        for (key, value) in pax.values where key.hasPrefix(TarFormat.xattrPrefix) && !value.isEmpty {
            attributes[String(key.dropFirst(TarFormat.xattrPrefix.count))] = value
        }
        return attributes
    }
}
