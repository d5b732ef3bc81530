// SPDX-License-Identifier: Apache-2.0

/// What changed between two texts with as many lines, as a unified diff (POSIX diff -u) with three lines around each change.
package enum LineDifference {
    private static let context = 3

    /// Nothing where they are equal.
    package static func unified(_ old: [UInt8], _ new: [UInt8], file: String) -> [String] {
        let (before, after) = (lines(old), lines(new))
        let changed = before.indices.filter { $0 >= after.count || before[$0] != after[$0] }
        guard !changed.isEmpty else { return [] }
        var result = ["--- \(file)", "+++ \(file)"]
        var rest = changed[...]
        while let first = rest.first {
            // Changes whose surroundings touch are shown as one.
            var last = first
            while let next = rest.first, next <= last + 2 * context {
                last = next
                rest.removeFirst()
            }
            let range = max(0, first - context)..<min(before.count, last + context + 1)
            result.append(
                "@@ -\(range.lowerBound + 1),\(range.count) +\(range.lowerBound + 1),\(range.count) @@")
            result += hunk(range, before, after)
        }
        return result
    }

    /// Lines that changed side by side come together, the old ones first.
    private static func hunk(_ range: Range<Int>, _ before: [String], _ after: [String]) -> [String] {
        var result: [String] = []
        var added: [String] = []
        for place in range {
            let new = place < after.count ? after[place] : ""
            if before[place] == new {
                result += added + [" \(new)"]
                added = []
            } else {
                result.append("-\(before[place])")
                added.append("+\(new)")
            }
        }
        return result + added
    }

    private static func lines(_ text: [UInt8]) -> [String] {
        var lines = text.split(separator: 0x0A, omittingEmptySubsequences: false).map {
            String(decoding: $0, as: UTF8.self)
        }
        if lines.last?.isEmpty == true { lines.removeLast() }
        return lines
    }
}
