// SPDX-License-Identifier: Apache-2.0

/// A version of a Python project and its order (PEP 440, "Version scheme" and appendix B): spellings that mean the same are
/// equal, as 1.0 and 1.0.0, or 1.0rc1 and 1.0-RC.1. Labels of local builds are no part of it.
package struct PythonVersion: Sendable, Hashable {
    /// What comes before a release, in their order.
    package enum Stage: Int, Sendable, Hashable { case alpha, beta, candidate }

    /// As written.
    package let text: String
    package private(set) var epoch: UInt64 = 0
    /// Without zeros at the end.
    package private(set) var release: [UInt64] = []
    package private(set) var stage: Stage?
    package private(set) var stageNumber: UInt64 = 0
    package private(set) var post: UInt64?
    package private(set) var dev: UInt64?

    /// Nil for what is no version.
    package init?(_ text: some StringProtocol) {
        guard text.utf8.count <= 128, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { return nil }
        self.text = String(text)
        let parts = text.lowercased().split(separator: "+", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 1 || !parts[1].isEmpty else { return nil }
        var rest = parts[0].utf8[...]
        if rest.first == UInt8(ascii: "v") { rest.removeFirst() }
        guard readRelease(&rest), readStage(&rest), readPost(&rest), readDev(&rest), rest.isEmpty else {
            return nil
        }
        while release.count > 1, release.last == 0 { release.removeLast() }
    }

    /// Whether it is alpha, beta, a candidate or somebody's work in between.
    package var isPrerelease: Bool { stage != nil || dev != nil }

    package static func == (left: Self, right: Self) -> Bool { left.key == right.key }
    package func hash(into hasher: inout Hasher) { hasher.combine(key) }

    // MARK: - Reading

    private mutating func readRelease(_ rest: inout Substring.UTF8View) -> Bool {
        guard let first = Self.number(&rest) else { return false }
        var numbers = [first]
        if rest.first == UInt8(ascii: "!") {
            rest.removeFirst()
            epoch = first
            guard let next = Self.number(&rest) else { return false }
            numbers = [next]
        }
        while rest.first == UInt8(ascii: "."), let digit = rest.dropFirst().first, Self.isDigit(digit) {
            rest.removeFirst()
            guard let next = Self.number(&rest) else { return false }
            numbers.append(next)
        }
        release = numbers
        return true
    }

    private mutating func readStage(_ rest: inout Substring.UTF8View) -> Bool {
        let words: [(String, Stage)] = [
            ("alpha", .alpha), ("beta", .beta), ("preview", .candidate), ("pre", .candidate),
            ("rc", .candidate), ("a", .alpha), ("b", .beta), ("c", .candidate),
        ]
        for (word, stage) in words where Self.take(word, &rest) {
            self.stage = stage
            guard let number = Self.optionalNumber(&rest) else { return false }
            stageNumber = number
            return true
        }
        return true
    }

    private mutating func readPost(_ rest: inout Substring.UTF8View) -> Bool {
        if rest.first == UInt8(ascii: "-"), let digit = rest.dropFirst().first, Self.isDigit(digit) {
            rest.removeFirst()
            post = Self.number(&rest)
            return post != nil
        }
        for word in ["post", "rev", "r"] where Self.take(word, &rest) {
            post = Self.optionalNumber(&rest)
            return post != nil
        }
        return true
    }

    private mutating func readDev(_ rest: inout Substring.UTF8View) -> Bool {
        guard Self.take("dev", &rest) else { return true }
        dev = Self.optionalNumber(&rest)
        return dev != nil
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
    private static func isSeparator(_ byte: UInt8) -> Bool { [0x2D, 0x2E, 0x5F].contains(byte) }

    /// The word, with one separator before it or none.
    private static func take(_ word: String, _ rest: inout Substring.UTF8View) -> Bool {
        let start = rest.first.map(isSeparator) == true ? rest.dropFirst() : rest
        guard start.starts(with: word.utf8) else { return false }
        rest = start.dropFirst(word.utf8.count)
        return true
    }

    private static func number(_ rest: inout Substring.UTF8View) -> UInt64? {
        let digits = rest.prefix(while: isDigit)
        guard !digits.isEmpty else { return nil }
        rest = rest[digits.endIndex...]
        return UInt64(Substring(digits))
    }

    /// 0 where there is none; a separator may stand before it.
    private static func optionalNumber(_ rest: inout Substring.UTF8View) -> UInt64? {
        var after = rest
        if let first = after.first, isSeparator(first) { after.removeFirst() }
        guard let digit = after.first, isDigit(digit) else { return 0 }
        rest = after
        return number(&rest)
    }
}

extension PythonVersion: Comparable {
    /// PEP 440's summary of permitted suffixes and relative ordering, as numbers: what is not there comes last before
    /// a release, and first after it.
    private var key: [UInt64] {
        let (before, none): (UInt64, UInt64) = (0, 4)
        // A development release of the release itself comes before its alphas.
        let stageKey = stage.map { UInt64($0.rawValue) + 1 } ?? (post == nil && dev != nil ? before : none)
        let numbers = [epoch] + release
        // Releases are as long as the longer one; zeros are added by the comparison.
        return numbers + [.max, stageKey, stageNumber, post.map { $0 &+ 1 } ?? 0, dev ?? .max]
    }

    package static func < (left: Self, right: Self) -> Bool {
        if left.epoch != right.epoch { return left.epoch < right.epoch }
        for place in 0..<max(left.release.count, right.release.count) {
            let a = place < left.release.count ? left.release[place] : 0
            let b = place < right.release.count ? right.release[place] : 0
            if a != b { return a < b }
        }
        return left.key.suffix(4).lexicographicallyPrecedes(right.key.suffix(4))
    }
}

extension PythonVersion {
    /// As recipes write versions: alphas, betas and candidates as `_alpha1`, `_beta1` and `_rc1`, what comes after a release
    /// as `_p1`. Nil where the grammar of recipes has no counterpart: epochs, development releases, local labels.
    package var recipeVersion: String? {
        guard epoch == 0, dev == nil, !text.contains("+") else { return nil }
        let numbers = text.drop { $0 == "v" || $0 == "V" }.prefix { $0 == "." || $0.isNumber }
        let base = numbers.hasSuffix(".") ? numbers.dropLast() : numbers
        let suffix =
            switch stage {
            case .alpha: "_alpha\(stageNumber)"
            case .beta: "_beta\(stageNumber)"
            case .candidate: "_rc\(stageNumber)"
            case nil: ""
            }
        return base + suffix + (post.map { "_p\($0)" } ?? "")
    }

    /// The version that a recipe's version stands for: `_p1` is a release after the release.
    package init?(recipe text: String) {
        guard let range = text.firstRange(of: "_p"), !text[range.lowerBound...].hasPrefix("_pre") else {
            self.init(text)
            return
        }
        self.init(text[..<range.lowerBound] + ".post" + text[range.upperBound...])
    }
}
