// SPDX-License-Identifier: Apache-2.0

/// The base metrics of a CVSS 3.0 or 3.1 vector and the score they add up to (first.org, CVSS 3.1, section 7).
package struct CVSS3: Sendable, Hashable {
    /// In tenths: 98 is 9.8.
    package let baseScore: Int

    /// Nil for a text that is no such vector or lacks a base metric.
    package init?(vector: String) {
        var parts = vector.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count >= 9, parts.count <= 64 else { return nil }
        let isRevised: Bool
        switch parts.removeFirst() {
        case "CVSS:3.1": isRevised = true
        case "CVSS:3.0": isRevised = false
        default: return nil
        }
        var metrics: [Substring: Substring] = [:]
        for part in parts {
            guard let colon = part.firstIndex(of: ":") else { return nil }
            let name = part[..<colon]
            guard metrics.updateValue(part[part.index(after: colon)...], forKey: name) == nil else {
                return nil
            }
        }
        func weight(_ metric: Substring, _ weights: [Substring: Double]) -> Double? {
            metrics[metric].flatMap { weights[$0] }
        }
        guard let scope = metrics["S"], scope == "U" || scope == "C" else { return nil }
        let changed = scope == "C"
        let impacts: [Substring: Double] = ["H": 0.56, "L": 0.22, "N": 0]
        guard let attackVector = weight("AV", ["N": 0.85, "A": 0.62, "L": 0.55, "P": 0.2]),
            let complexity = weight("AC", ["L": 0.77, "H": 0.44]),
            let privileges = weight(
                "PR", ["N": 0.85, "L": changed ? 0.68 : 0.62, "H": changed ? 0.5 : 0.27]),
            let interaction = weight("UI", ["N": 0.85, "R": 0.62]),
            let confidentiality = weight("C", impacts),
            let integrity = weight("I", impacts), let availability = weight("A", impacts)
        else { return nil }
        let base = 1 - (1 - confidentiality) * (1 - integrity) * (1 - availability)
        let impact = changed ? 7.52 * (base - 0.029) - 3.25 * Self.power15(base - 0.02) : 6.42 * base
        guard impact > 0 else {
            baseScore = 0
            return
        }
        let exploitability = 8.22 * attackVector * complexity * privileges * interaction
        let sum = min((changed ? 1.08 : 1) * (impact + exploitability), 10)
        baseScore = isRevised ? Self.roundedUp(sum) : Int((sum * 10).rounded(.up))
    }

    private static func power15(_ value: Double) -> Double {
        (0..<15).reduce(1) { product, _ in product * value }
    }

    /// Appendix A: rounds up to a tenth without the noise of binary fractions.
    private static func roundedUp(_ value: Double) -> Int {
        let hundredThousands = Int((value * 100_000).rounded())
        return hundredThousands.isMultiple(of: 10_000)
            ? hundredThousands / 10_000 : hundredThousands / 10_000 + 1
    }
}
