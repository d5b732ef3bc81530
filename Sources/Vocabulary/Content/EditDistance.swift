// SPDX-License-Identifier: Apache-2.0

/// Finds what somebody probably meant to write.
package enum EditDistance {
    /// The candidate that is reached with the fewest insertions, deletions, replacements and swaps of neighbours;
    /// nil where none is near enough to be meant. Ties go to the first.
    package static func nearest(to text: String, among candidates: [String]) -> String? {
        guard text.utf8.count <= 64 else { return nil }
        let folded = fold(text)
        var best: (candidate: String, distance: Int)?
        for candidate in candidates {
            let distance = between(folded, fold(candidate))
            if distance < best?.distance ?? Int.max { best = (candidate, distance) }
        }
        guard let best, best.distance <= max(1, min(text.utf8.count, best.candidate.utf8.count) / 3) else {
            return nil
        }
        return best.candidate
    }

    /// `Work_Dir`, `workdir` and `work-dir` are one key to a person.
    private static func fold(_ text: String) -> [UInt8] {
        text.lowercased().utf8.filter { $0 != UInt8(ascii: "-") && $0 != UInt8(ascii: "_") }
    }

    /// Optimal string alignment distance.
    private static func between(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var before: [Int] = []
        var previous = Array(0...right.count)
        for (row, a) in left.enumerated() {
            var current = [row + 1]
            for (column, b) in right.enumerated() {
                var cost = min(
                    previous[column + 1] + 1, current[column] + 1, previous[column] + (a == b ? 0 : 1))
                if row > 0, column > 0, a == right[column - 1], left[row - 1] == b {
                    cost = min(cost, before[column - 1] + 1)
                }
                current.append(cost)
            }
            (before, previous) = (previous, current)
        }
        return previous[right.count]
    }
}
