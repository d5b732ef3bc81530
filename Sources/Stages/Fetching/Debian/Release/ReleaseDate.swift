// SPDX-License-Identifier: Apache-2.0

internal import Vocabulary

/// Dates of release files: `Sat, 11 Jul 2026 09:51:50 UTC` (Debian repository format, "Date, Valid-Until"; RFC 2822,
/// 3.3, in UTC).
enum ReleaseDate {
    /// Nil for every other text.
    static func parse(_ text: String) -> Timestamp? {
        let words = text.split(separator: " ")
        guard words.count == 6, words[0].hasSuffix(","), ["UTC", "GMT", "Z", "+0000"].contains(words[5]),
            let day = number(words[1], in: 1...31),
            let month = Timestamp.months.firstIndex(of: String(words[2])),
            let year = number(words[3], in: 1970...9999)
        else { return nil }
        let time = words[4].split(separator: ":", omittingEmptySubsequences: false)
        guard time.count == 3, let hour = number(time[0], in: 0...23),
            let minute = number(time[1], in: 0...59),
            let second = number(time[2], in: 0...60)
        else { return nil }
        let days = Timestamp.days(year: year, month: Int64(month + 1), day: day)
        return Timestamp(seconds: days * 86_400 + hour * 3600 + minute * 60 + second)
    }

    private static func number(_ text: Substring, in range: ClosedRange<Int64>) -> Int64? {
        guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let value = Int64(text),
            range.contains(value)
        else { return nil }
        return value
    }
}
