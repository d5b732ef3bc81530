// SPDX-License-Identifier: Apache-2.0

extension AlpineVersion {
    /// In their order; those from `firstAfter` on come after the version without a suffix.
    static let suffixes: [StaticString] = [
        "alpha", "beta", "pre", "rc", "cvs", "svn", "git", "hg", "p",
    ]
    static let firstAfter: UInt64 = 4
}

extension AlpineVersion: Comparable {
    package static func < (left: Self, right: Self) -> Bool { left.order(against: right) < 0 }
    package static func == (left: Self, right: Self) -> Bool { left.order(against: right) == 0 }

    /// Below 0 where this version comes first. Nothing is allocated.
    package func order(against other: Self) -> Int { compare(with: other, fuzzily: false) }

    /// 0 where all that `other` says holds for this version too (`1.6.5-r2` against `1.6`), else as `order`.
    package func fuzzyOrder(against other: Self) -> Int { compare(with: other, fuzzily: true) }

    private func compare(with other: Self, fuzzily: Bool) -> Int {
        if text == other.text { return 0 }
        return withBytes { mine in
            other.withBytes { theirs in
                var at = 0
                // Both lists end with a token of a kind that nothing follows.
                while at < tokens.count, at < other.tokens.count {
                    let (left, right) = (tokens[at], other.tokens[at])
                    if left.kind != right.kind {
                        return fuzzily && right.kind == .end ? 0 : Self.orderOfKinds(left, right)
                    }
                    let order = Self.order(left, mine, right, theirs)
                    if order != 0 { return order }
                    at += 1
                }
                return 0
            }
        }
    }

    private func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        var text = text
        return text.withUTF8 { body(UnsafeRawBufferPointer($0)) }
    }

    private static func orderOfKinds(_ left: Token, _ right: Token) -> Int {
        if left.isBefore { return -1 }
        if right.isBefore { return 1 }
        return left.kind > right.kind ? -1 : 1
    }

    /// Of two tokens of one kind.
    private static func order(
        _ left: Token, _ leftText: UnsafeRawBufferPointer, _ right: Token, _ rightText: UnsafeRawBufferPointer
    ) -> Int {
        let a = bytes(left, leftText)
        let b = bytes(right, rightText)
        switch left.kind {
        case .end: return 0
        case .letter, .suffix: return left.value < right.value ? -1 : left.value == right.value ? 0 : 1
        case .hash: return compareBytes(a, b)
        case .number where a.first == 0x30 || b.first == 0x30:
            // Parts with a leading zero are decimals rather than numbers: 1.05 comes before 1.1.
            return compareBytes(a, b)
        case .firstNumber, .number, .suffixNumber, .revision: return orderOfDigits(a, b)
        case .invalid: return orderOfRests(a, b)
        }
    }

    private static func bytes(_ token: Token, _ text: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: text[Int(token.start)..<Int(token.start) + Int(token.length)])
    }

    /// Numbers of any length.
    private static func orderOfDigits(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Int
    {
        let a = UnsafeRawBufferPointer(rebasing: left.drop { $0 == 0x30 })
        let b = UnsafeRawBufferPointer(rebasing: right.drop { $0 == 0x30 })
        return a.count != b.count ? a.count - b.count : compareBytes(a, b)
    }

    /// What the grammar does not know: apk-tools takes all such rests for equal. Here their runs of digits are numbers
    /// and all else bytes, so that of `1.9.5p1` and `1.9.5p2` the same one is the newer everywhere.
    private static func orderOfRests(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Int {
        var a = left[...]
        var b = right[...]
        while let first = a.first, let second = b.first {
            if isDigit(first), isDigit(second) {
                let (x, y) = (a.prefix(while: isDigit), b.prefix(while: isDigit))
                let order = orderOfDigits(
                    UnsafeRawBufferPointer(rebasing: x), UnsafeRawBufferPointer(rebasing: y))
                if order != 0 { return order }
                a = a.dropFirst(x.count)
                b = b.dropFirst(y.count)
            } else {
                if first != second { return Int(first) - Int(second) }
                a = a.dropFirst()
                b = b.dropFirst()
            }
        }
        return a.count - b.count
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }
}

extension AlpineVersion: Hashable {
    /// Two spellings of one version (`1.0` and `01.0`) are equal, so only what they share is hashed.
    package func hash(into hasher: inout Hasher) {
        withBytes { text in
            for token in tokens where token.kind == .firstNumber {
                hasher.combine(
                    bytes: UnsafeRawBufferPointer(rebasing: Self.bytes(token, text).drop { $0 == 0x30 }))
            }
        }
    }
}
