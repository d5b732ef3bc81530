// SPDX-License-Identifier: Apache-2.0

/// Columns aligned with spaces, the last one ragged; numbers to the right.
struct TextTable {
    private let headings: [String]
    private var rows: [[String]] = []
    private let numeric: Set<Int>

    init(_ headings: [String], numeric: Set<Int> = []) {
        self.headings = headings
        self.numeric = numeric
    }

    mutating func add(_ cells: [String]) { rows.append(cells) }

    var lines: [String] {
        let all = (headings.allSatisfy(\.isEmpty) ? [] : [headings]) + rows
        let widths = headings.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
        return all.map { row in
            row.enumerated().map { column, cell in
                let padding = String(repeating: " ", count: max(0, widths[column] - cell.count))
                if numeric.contains(column) { return padding + cell }
                return column == row.count - 1 ? cell : cell + padding
            }.joined(separator: "  ")
        }
    }
}
