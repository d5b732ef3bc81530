// SPDX-License-Identifier: Apache-2.0

internal import Vocabulary

/// A page that lists files, and the pattern whose first group is a version.
enum ListingAnswer {
    /// Longer pieces of a line are not searched.
    static let pieceLimit = 4096

    /// Every version that the pattern finds, once each, in the page's order; at most one more than are looked at. A date that
    /// stands behind it on its line, as web servers write it, is when it appeared; they write no time zone, and UTC is taken.
    static func candidates(in page: String, by pattern: TextPattern) -> [UpstreamCandidate] {
        var seen: Set<String> = []
        var candidates: [UpstreamCandidate] = []
        for bytes in page.utf8.split(whereSeparator: { $0 == 0x0A || $0 == 0x0D }) {
            let line = Substring(bytes)
            let isShort = line.utf8.count <= pieceLimit
            for piece in isShort ? [line] : line.split(separator: "<") {
                for version in pattern.groups(in: String(piece), limit: pieceLimit)
                where candidates.count <= UpstreamAnswer.candidateLimit && seen.insert(version).inserted {
                    candidates.append(
                        UpstreamCandidate(name: version, appeared: isShort ? date(in: line) : nil))
                }
            }
        }
        return candidates
    }

    /// `2026-03-02 12:00` or `02-Mar-2026 12:00`: the last on the line.
    static func date(in line: Substring) -> Timestamp? {
        let words = line.utf8.split { [0x20, 0x09, 0x3C, 0x3E].contains($0) }.map { Substring($0) }
        for (place, word) in words.enumerated().reversed() {
            guard let day = day(word), place + 1 < words.count else { continue }
            let clock = words[place + 1].split(separator: ":").compactMap { Int64($0) }
            guard (2...3).contains(clock.count), (0...23).contains(clock[0]), (0...59).contains(clock[1])
            else {
                continue
            }
            return Timestamp(seconds: day * 86_400 + clock[0] * 3600 + clock[1] * 60)
        }
        return nil
    }

    private static func day(_ word: Substring) -> Int64? {
        let bytes = word.utf8.split(separator: 0x2D, omittingEmptySubsequences: false)
        guard bytes.count == 3 else { return nil }
        let parts = bytes.map { Substring($0) }
        let named = Timestamp.months.firstIndex { $0.lowercased() == parts[1].lowercased() }
        guard let month = named.map({ Int64($0 + 1) }) ?? Int64(parts[1]), let first = Int64(parts[0]),
            let last = Int64(parts[2])
        else { return nil }
        let (year, day) = named != nil ? (last, first) : (first, last)
        guard (1990...2200).contains(year), (1...12).contains(month), (1...31).contains(day) else {
            return nil
        }
        return Timestamp.days(year: year, month: month, day: day)
    }
}
