// SPDX-License-Identifier: Apache-2.0

internal import Vocabulary

/// One word for how grave a finding is: the base score of its CVSS 3 vector where it has one, else the urgency that
/// the distribution gave it; nil where nobody has judged it yet.
enum SeverityRules {
    /// From harmless to grave.
    static let words = ["unimportant", "low", "medium", "high", "critical"]

    static func severity(of match: AdvisorySet.Match) -> String? {
        // The distribution's "this is no real problem here" outweighs a score that knows nothing of its packages.
        if match.affected.urgency == "unimportant" { return "unimportant" }
        let scores = match.record.severity.filter { $0.type == "CVSS_V3" }.compactMap {
            CVSS3(vector: $0.score)
        }
        if let score = scores.map(\.baseScore).max() { return word(for: score) }
        return match.affected.urgency.flatMap { words.contains($0) ? $0 : nil }
    }

    /// CVSS 3.1 specification, section 5; a score of 0 has no word.
    private static func word(for tenths: Int) -> String? {
        switch tenths {
        case 1..<40: "low"
        case 40..<70: "medium"
        case 70..<90: "high"
        case 90...: "critical"
        default: nil
        }
    }

    static func graver(_ one: String?, _ other: String?) -> String? {
        func rank(_ word: String?) -> Int { word.flatMap { words.firstIndex(of: $0) } ?? -1 }
        return rank(one) >= rank(other) ? one : other
    }
}
