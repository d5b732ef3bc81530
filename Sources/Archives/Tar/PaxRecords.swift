// SPDX-License-Identifier: Apache-2.0
internal import Vocabulary

/// Extended header records: `length key=value\n`, the length counting itself (IEEE 1003.1, pax, "Extended Header").
struct PaxRecords {
    private(set) var values: [String: [UInt8]] = [:]

    init() {}

    /// Parses a whole extended header; `offset` is its place, for errors.
    init(_ bytes: [UInt8], at offset: Int64) throws(ArchiveError) {
        var position = 0
        while position < bytes.count {
            func malformed(_ reason: String) -> ArchiveError {
                .malformed(.tar, reason: reason, at: offset + Int64(position))
            }
            // Nine digits are more than any header that is read.
            let digits = bytes[position...].prefix(9).prefix { $0 >= 0x30 && $0 <= 0x39 }
            let length = digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
            let keyStart = position + digits.count + 1
            guard !digits.isEmpty, length <= bytes.count - position, position + length > keyStart,
                bytes[keyStart - 1] == UInt8(ascii: " "), bytes[position + length - 1] == UInt8(ascii: "\n")
            else { throw malformed("an extended header record has a wrong length") }
            let record = bytes[keyStart..<position + length - 1]
            guard let equals = record.firstIndex(of: UInt8(ascii: "=")), equals > keyStart,
                let key = String(validating: record[..<equals], as: UTF8.self)
            else { throw malformed("an extended header record has no key") }
            if Self.changesEntry(key) { values[key] = Array(record[(equals + 1)...]) }
            position += length
        }
    }

    /// Keys that change an entry; all others (`comment`, access times, vendors' own) are passed over.
    private static func changesEntry(_ key: String) -> Bool {
        ["path", "linkpath", "size", "mtime", "uid", "gid", "uname", "gname"].contains(key)
            || key == TarFormat.contentSHA1 || key.hasPrefix(TarFormat.xattrPrefix)
            || key.hasPrefix(TarFormat.sparsePrefix)
    }

    var isEmpty: Bool { values.isEmpty }

    /// Nil where there is no record or an empty one, which means the same.
    subscript(key: String) -> [UInt8]? { values[key].flatMap { $0.isEmpty ? nil : $0 } }

    /// A decimal number that is not negative.
    func unsigned(_ key: String, at offset: Int64) throws(ArchiveError) -> Int64? {
        guard let text = self[key] else { return nil }
        guard let value = Self.decimal(text[...]) else { throw Self.noNumber(key, offset) }
        return value
    }

    /// Seconds with a sign and a fraction, rounded down.
    func seconds(_ key: String, at offset: Int64) throws(ArchiveError) -> Int64? {
        guard let text = self[key] else { return nil }
        let negative = text.first == UInt8(ascii: "-")
        let body = negative ? text.dropFirst() : text[...]
        let whole = body.prefix { $0 != UInt8(ascii: ".") }
        let fraction = body.dropFirst(whole.count + 1)
        guard let value = Self.decimal(whole), fraction.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else {
            throw Self.noNumber(key, offset)
        }
        return negative ? (fraction.contains { $0 != 0x30 } ? -value - 1 : -value) : value
    }

    /// A SHA-1 value in hex, or in base64 behind `Q1`, as older packages have it.
    func sha1(_ key: String, at offset: Int64) throws(ArchiveError) -> [UInt8]? {
        guard let text = self[key] else { return nil }
        let value =
            text.starts(with: "Q1".utf8)
            ? Base64.decode(String(decoding: text.dropFirst(2), as: UTF8.self)) : Hex.decode(text)
        guard let value, value.count == 20 else {
            throw .malformed(.tar, reason: "the extended header's \(key) is no SHA-1", at: offset)
        }
        return value
    }

    private static func noNumber(_ key: String, _ offset: Int64) -> ArchiveError {
        .malformed(.tar, reason: "the extended header's \(key) is no number", at: offset)
    }

    /// Up to 18 digits, so that nothing overflows.
    private static func decimal(_ text: ArraySlice<UInt8>) -> Int64? {
        guard !text.isEmpty, text.count <= 18, text.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else {
            return nil
        }
        return text.reduce(Int64(0)) { $0 * 10 + Int64($1 - 0x30) }
    }

    /// One record as it is written. The length's own digits may make it longer by one.
    static func record(_ key: String, _ value: some Collection<UInt8>) -> [UInt8] {
        let body = 1 + key.utf8.count + 1 + value.count + 1
        var length = body + String(body).utf8.count
        length = body + String(length).utf8.count
        return Array("\(length) \(key)=".utf8) + value + [UInt8(ascii: "\n")]
    }
}
