// SPDX-License-Identifier: Apache-2.0

internal import Vocabulary

/// One entry of a zip file's directory (PKWARE's APPNOTE 6.3, 4.3.12), with where its data lie.
struct ZipMember: Equatable {
    var entry: TarEntry
    /// 0: stored, 8: deflated.
    var method: UInt16
    var checksum: UInt32
    /// Of the data, in the file.
    var data: Range<Int>
}

/// The directory of a zip file. It alone is believed; what stands before each entry's data must agree with it, entries must not
/// share data, and nothing may stand after the end: readers of the field would see different archives otherwise.
struct ZipDirectory {
    private static let end: UInt32 = 0x0605_4B50
    private static let header: UInt32 = 0x0201_4B50
    private static let local: UInt32 = 0x0403_4B50
    private static let endSize = 22

    private let bytes: [UInt8]
    private(set) var members: [ZipMember] = []

    /// - Throws: `ArchiveError`: damaged, or what is not read (zip64, several disks, encryption, other methods).
    init(_ bytes: [UInt8], limits: ZipLimits) throws(ArchiveError) {
        self.bytes = bytes
        let place = try endRecord()
        let count = number16(place + 10)
        guard number16(place + 4) == 0, number16(place + 6) == 0, number16(place + 8) == count else {
            throw .unsupported(.zip, feature: "several disks", at: Int64(place))
        }
        let (size, start) = (Int(number32(place + 12)), Int(number32(place + 16)))
        guard count != 0xFFFF, size != 0xFFFF_FFFF, start != 0xFFFF_FFFF else {
            throw .unsupported(.zip, feature: "zip64", at: Int64(place))
        }
        guard count <= limits.entries else {
            throw .limitExceeded(.zip, .entries, allowed: Int64(limits.entries))
        }
        guard start + size == place else {
            throw .malformed(
                .zip, reason: "the directory does not end where the end record begins", at: Int64(place))
        }
        var at = start
        var total: Int64 = 0
        for _ in 0..<count {
            let (member, next) = try member(at: at, before: place, directory: start)
            total += member.entry.size
            guard total <= limits.totalBytes else {
                throw .limitExceeded(.zip, .totalBytes, allowed: limits.totalBytes)
            }
            if member.entry.size > DecodingLimits.freeOutput,
                member.entry.size / limits.ratio > Int64(member.data.count)
            {
                throw .limitExceeded(.zip, .ratio, allowed: limits.ratio)
            }
            members.append(member)
            at = next
        }
        guard at == place else { throw malformed("the directory holds more than it says", at) }
        try refuseOverlaps()
    }

    /// The record at the very end of the file, its comment included.
    private func endRecord() throws(ArchiveError) -> Int {
        guard bytes.count >= Self.endSize else { throw .truncated(.zip, at: Int64(bytes.count)) }
        let first = max(0, bytes.count - Self.endSize - 0xFFFF)
        for place in (first...(bytes.count - Self.endSize)).reversed()
        where number32(place) == Self.end
            && place + Self.endSize + Int(number16(place + 20)) == bytes.count
        {
            return place
        }
        throw .truncated(.zip, at: Int64(bytes.count))
    }

    private func member(
        at place: Int, before end: Int, directory: Int
    ) throws(ArchiveError) -> (ZipMember, next: Int) {
        guard place + 46 <= end, number32(place) == Self.header else {
            throw malformed("no entry of the directory", place)
        }
        let (nameLength, extraLength) = (Int(number16(place + 28)), Int(number16(place + 30)))
        let next = place + 46 + nameLength + extraLength + Int(number16(place + 32))
        guard next <= end else { throw malformed("an entry reaches out of the directory", place) }
        let (flags, method) = (number16(place + 8), number16(place + 10))
        guard flags & 0x2041 == 0 else { throw .unsupported(.zip, feature: "encryption", at: Int64(place)) }
        guard method == 0 || method == 8 else {
            throw .unsupported(.zip, feature: "compression method \(method)", at: Int64(place))
        }
        let name = bytes[(place + 46)..<(place + 46 + nameLength)]
        guard !name.isEmpty, nameLength <= 4096, !name.contains(0) else {
            throw malformed("a name is none", place)
        }
        let (packed, size) = (number32(place + 20), number32(place + 24))
        let start = number32(place + 42)
        guard packed != .max, size != .max, start != .max else {
            throw .unsupported(.zip, feature: "zip64", at: Int64(place))
        }
        guard method == 8 || packed == size else { throw malformed("a stored entry has two sizes", place) }
        let data = try data(at: Int(start), name, method: method, count: Int(packed), before: directory)
        let entry = try entry(at: place, name: name, size: Int64(size), extra: place + 46 + nameLength)
        return (
            ZipMember(entry: entry, method: method, checksum: number32(place + 16), data: data), next
        )
    }

    /// Where the data lie, behind a header that must name the same file.
    private func data(
        at place: Int, _ name: ArraySlice<UInt8>, method: UInt16, count: Int, before end: Int
    ) throws(ArchiveError) -> Range<Int> {
        guard place + 30 <= end, number32(place) == Self.local else {
            throw malformed("an entry's data are not where the directory says", place)
        }
        let nameEnd = place + 30 + Int(number16(place + 26))
        let start = nameEnd + Int(number16(place + 28))
        guard start + count <= end else { throw malformed("an entry's data reach into the directory", place) }
        guard bytes[(place + 30)..<nameEnd] == name, number16(place + 8) == method else {
            throw malformed("an entry is another one than the directory says", place)
        }
        return start..<(start + count)
    }

    private func refuseOverlaps() throws(ArchiveError) {
        var last = 0
        for member in members.sorted(by: { $0.data.lowerBound < $1.data.lowerBound }) {
            guard member.data.lowerBound >= last else {
                throw malformed("two entries share their data", member.data.lowerBound)
            }
            last = member.data.upperBound
        }
    }

    // MARK: - What an entry says

    private func entry(
        at place: Int, name: ArraySlice<UInt8>, size: Int64, extra: Int
    ) throws(ArchiveError) -> TarEntry {
        let path = String(decoding: name, as: UTF8.self)
        let isRepaired = String(validating: name, as: UTF8.self) == nil
        var entry = TarEntry(
            path: path, kind: path.hasSuffix("/") ? .directory : .file, mode: 0o644, size: size,
            mtime: time(at: place, extra: extra), hasRepairedName: isRepaired)
        // Made on Unix: the upper half of the external attributes is st_mode.
        let mode = number32(place + 38) >> 16
        if bytes[place + 5] == 3, mode != 0 {
            switch mode & 0o170000 {
            case 0o100000, 0: break
            case 0o040000: entry.kind = .directory
            case 0o120000: entry.kind = .symlink
            default: throw .unsupported(.zip, feature: "a device, a pipe or a socket", at: Int64(place))
            }
            entry.mode = UInt16(mode & 0o777)
        } else if entry.kind == .directory {
            entry.mode = 0o755
        }
        return entry
    }

    /// Of the extended timestamp where there is one (extra field 0x5455), else MS-DOS's, taken as UTC.
    private func time(at place: Int, extra: Int) -> Int64 {
        let end = extra + Int(number16(place + 30))
        var field = extra
        while field + 4 <= end {
            let size = Int(number16(field + 2))
            if number16(field) == 0x5455, size >= 5, field + 9 <= end, bytes[field + 4] & 1 == 1 {
                return Int64(Int32(bitPattern: number32(field + 5)))
            }
            field += 4 + size
        }
        let (clock, date) = (Int64(number16(place + 12)), Int64(number16(place + 14)))
        let (month, day) = (max(1, min(12, date >> 5 & 15)), max(1, min(31, date & 31)))
        return Timestamp.days(year: 1980 + date >> 9, month: month, day: day) * 86_400
            + (clock >> 11) * 3600 + (clock >> 5 & 63) * 60 + (clock & 31) * 2
    }

    private func number16(_ place: Int) -> UInt16 { UInt16(bytes[place]) | UInt16(bytes[place + 1]) << 8 }

    private func number32(_ place: Int) -> UInt32 {
        UInt32(number16(place)) | UInt32(number16(place + 2)) << 16
    }

    private func malformed(_ reason: String, _ place: Int) -> ArchiveError {
        .malformed(.zip, reason: reason, at: Int64(place))
    }
}
