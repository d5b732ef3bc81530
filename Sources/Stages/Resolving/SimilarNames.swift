// SPDX-License-Identifier: Apache-2.0

internal import Vocabulary

/// Names that a mistyped one may have meant.
struct SimilarNames {
    private let wanted: [UInt8]
    private static let most = 3

    init(to name: String) { wanted = Array(name.utf8) }

    /// Up to three: first those a slip away (one edit; two in names of six letters or more), then those that begin
    /// with the name and a dash, the shortest first.
    func among(_ indexes: [PackageIndex]) -> [String] {
        var found: [(score: Int, name: String)] = []
        let allowed = wanted.count >= 6 ? 2 : 1
        for index in indexes {
            index.forEachName { bytes in
                let score: Int
                if abs(bytes.count - wanted.count) <= allowed,
                    let distance = distance(to: bytes, atMost: allowed)
                {
                    score = distance
                } else if bytes.count > wanted.count, bytes[wanted.count] == 0x2D, bytes.starts(with: wanted)
                {
                    score = 10 + bytes.count
                } else {
                    return
                }
                let name = String(decoding: bytes, as: UTF8.self)
                if !found.contains(where: { $0.name == name }) { found.append((score, name)) }
            }
        }
        return found.sorted { $0.score != $1.score ? $0.score < $1.score : $0.name < $1.name }
            .prefix(Self.most).map(\.name)
    }

    /// Levenshtein's distance with swapped neighbours as one edit; nil above `limit`.
    private func distance(to other: UnsafeRawBufferPointer, atMost limit: Int) -> Int? {
        var before: [Int] = []
        var previous = Array(0...other.count)
        for row in 1...max(1, wanted.count) {
            var current = [row]
            for column in stride(from: 1, through: other.count, by: 1) {
                let same = wanted[row - 1] == other[column - 1]
                var best = min(
                    previous[column] + 1, current[column - 1] + 1, previous[column - 1] + (same ? 0 : 1))
                if row > 1, column > 1, wanted[row - 1] == other[column - 2],
                    wanted[row - 2] == other[column - 1]
                {
                    best = min(best, before[column - 2] + 1)
                }
                current.append(best)
            }
            guard current.contains(where: { $0 <= limit }) else { return nil }
            before = previous
            previous = current
        }
        return (previous.last ?? limit + 1) <= limit ? previous.last : nil
    }
}
