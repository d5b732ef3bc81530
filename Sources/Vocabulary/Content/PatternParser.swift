// SPDX-License-Identifier: Apache-2.0

/// What a pattern is made of.
indirect enum PatternNode {
    case sequence([PatternNode])
    case alternatives([PatternNode])
    case scalar(ScalarSet)
    case position(PatternPosition)
    /// Groups count from 1.
    case group(PatternNode, Int)
    /// `most` is nil for any number; lazy takes as few as it can.
    case repeated(PatternNode, least: Int, most: Int?, isLazy: Bool)
}

/// Something that holds between two scalars.
enum PatternPosition {
    case textStart, textEnd, lineStart, lineEnd, wordEdge, noWordEdge
}

/// Which scalars stand at a place.
struct ScalarSet: Equatable, Sendable {
    var ranges: [ClosedRange<UInt32>]
    var isNegated = false

    func contains(_ scalar: Unicode.Scalar) -> Bool {
        ranges.contains { $0.contains(scalar.value) } != isNegated
    }

    static let digits = ScalarSet(ranges: [0x30...0x39])
    static let words = ScalarSet(ranges: [0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A])
    static let blanks = ScalarSet(ranges: [0x09...0x0A, 0x0C...0x0D, 0x20...0x20])
    static let any = ScalarSet(ranges: [0...0x10FFFF])
    static let anyInLine = ScalarSet(ranges: [0x0A...0x0A], isNegated: true)

    var negated: ScalarSet { ScalarSet(ranges: ranges, isNegated: !isNegated) }

    /// The same ranges without a negation.
    var plain: [ClosedRange<UInt32>] {
        guard isNegated else { return ranges }
        var result: [ClosedRange<UInt32>] = []
        var next: UInt32 = 0
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if range.lowerBound > next { result.append(next...(range.lowerBound - 1)) }
            next = max(next, range.upperBound + 1)
        }
        return next <= 0x10FFFF ? result + [next...0x10FFFF] : result
    }

    /// With the other case of ASCII's letters.
    var folded: ScalarSet {
        var result = self
        for range in ranges {
            let upper = range.clamped(to: 0x41...0x5A)
            if range.overlaps(0x41...0x5A) {
                result.ranges.append(upper.lowerBound + 0x20...upper.upperBound + 0x20)
            }
            let lower = range.clamped(to: 0x61...0x7A)
            if range.overlaps(0x61...0x7A) {
                result.ranges.append(lower.lowerBound - 0x20...lower.upperBound - 0x20)
            }
        }
        return result
    }
}

/// Reads RE2's syntax (its documentation, "Syntax").
struct PatternParser {
    private struct Flags {
        var ignoresCase = false
        var isMultiline = false
        var dotTakesNewline = false
        var prefersFew = false
    }

    private static let limits = (depth: 100, repetitions: 1000, groups: 100)

    private let text: [Unicode.Scalar]
    private var at = 0
    private var flags = Flags()
    private var depth = 0
    private(set) var names: [String?] = []

    init(_ pattern: String) { text = Array(pattern.unicodeScalars) }

    private var next: Unicode.Scalar? { at < text.count ? text[at] : nil }

    private mutating func take(_ word: String) -> Bool {
        guard text[at...].starts(with: word.unicodeScalars) else { return false }
        at += word.unicodeScalars.count
        return true
    }

    private func fail(_ reason: String) -> TextPattern.Malformed { .init(reason: reason) }

    mutating func parse() throws(TextPattern.Malformed) -> PatternNode {
        let node = try alternatives()
        guard at == text.count else { throw fail("a ')' closes nothing") }
        return node
    }

    private mutating func alternatives() throws(TextPattern.Malformed) -> PatternNode {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.limits.depth else { throw fail("its groups are too deep in one another") }
        var branches = [try sequence()]
        while take("|") { branches.append(try sequence()) }
        return branches.count == 1 ? branches[0] : .alternatives(branches)
    }

    private mutating func sequence() throws(TextPattern.Malformed) -> PatternNode {
        var items: [PatternNode] = []
        while let scalar = next, scalar != "|", scalar != ")" {
            if take("\\Q") {
                while next != nil, !take("\\E") {
                    items.append(literal(text[at]))
                    at += 1
                }
                continue
            }
            guard let item = try atom() else { continue }
            items.append(try repeated(item))
        }
        return items.count == 1 ? items[0] : .sequence(items)
    }

    /// Nil for what only changes how the rest is read.
    private mutating func atom() throws(TextPattern.Malformed) -> PatternNode? {
        guard let scalar = next else { return nil }
        switch scalar {
        case "(": return try group()
        case "[": return .scalar(try bracket())
        case "\\": return try escape()
        case "*", "+", "?": throw fail("there is nothing that '\(scalar)' could repeat")
        default: break
        }
        at += 1
        switch scalar {
        case ".": return .scalar(flags.dotTakesNewline ? .any : .anyInLine)
        case "^": return .position(flags.isMultiline ? .lineStart : .textStart)
        case "$": return .position(flags.isMultiline ? .lineEnd : .textEnd)
        default: return literal(scalar)
        }
    }

    private func literal(_ scalar: Unicode.Scalar) -> PatternNode {
        let set = ScalarSet(ranges: [scalar.value...scalar.value])
        return .scalar(flags.ignoresCase ? set.folded : set)
    }

    // MARK: - Repetition

    private mutating func repeated(_ node: PatternNode) throws(TextPattern.Malformed) -> PatternNode {
        guard let (least, most) = try bounds() else { return node }
        let isLazy = take("?") != flags.prefersFew
        guard try bounds() == nil else { throw fail("two repetitions follow one another") }
        return .repeated(node, least: least, most: most, isLazy: isLazy)
    }

    private mutating func bounds() throws(TextPattern.Malformed) -> (least: Int, most: Int?)? {
        if take("*") { return (0, nil) }
        if take("+") { return (1, nil) }
        if take("?") { return (0, 1) }
        let start = at
        guard take("{") else { return nil }
        let least = number()
        var most = least
        if least != nil, take(",") { most = next == "}" ? nil : number() ?? -1 }
        // What is no repetition stands for itself.
        guard let least, most != -1, take("}") else {
            at = start
            return nil
        }
        guard least <= Self.limits.repetitions, (most ?? least) <= Self.limits.repetitions,
            (most ?? least) >= least
        else {
            throw fail("a repetition is larger than \(Self.limits.repetitions), or ends before it begins")
        }
        return (least, most)
    }

    private mutating func number() -> Int? {
        var value: Int?
        while let digit = next, ScalarSet.digits.contains(digit) {
            value = min((value ?? 0) * 10 + Int(digit.value - 0x30), 1 << 20)
            at += 1
        }
        return value
    }

    // MARK: - Groups

    private mutating func group() throws(TextPattern.Malformed) -> PatternNode? {
        at += 1
        let outer = flags
        var number: Int?
        if take("?P<") || take("?<") {
            number = try newGroup(try groupName())
        } else if take("?") {
            try readFlags()
            if take(")") { return nil }
            guard take(":") else { throw fail("'(?' begins no group that is known") }
        } else {
            number = try newGroup(nil)
        }
        let inside = try alternatives()
        guard take(")") else { throw fail("a '(' is not closed") }
        flags = outer
        return number.map { .group(inside, $0) } ?? inside
    }

    private mutating func newGroup(_ name: String?) throws(TextPattern.Malformed) -> Int {
        guard names.count < Self.limits.groups else { throw fail("it has too many groups") }
        if let name, names.contains(name) { throw fail("two groups are called '\(name)'") }
        names.append(name)
        return names.count
    }

    private mutating func groupName() throws(TextPattern.Malformed) -> String {
        var name = ""
        while let scalar = next, ScalarSet.words.contains(scalar) {
            name.unicodeScalars.append(scalar)
            at += 1
        }
        guard !name.isEmpty, take(">") else { throw fail("a group's name is none") }
        return name
    }

    private mutating func readFlags() throws(TextPattern.Malformed) {
        var isOn = true
        while let scalar = next, scalar != ")", scalar != ":" {
            at += 1
            switch scalar {
            case "-": isOn = false
            case "i": flags.ignoresCase = isOn
            case "m": flags.isMultiline = isOn
            case "s": flags.dotTakesNewline = isOn
            case "U": flags.prefersFew = isOn
            default: throw fail("'(?\(scalar)' is not known")
            }
        }
    }

    // MARK: - Escapes and classes

    private mutating func escape() throws(TextPattern.Malformed) -> PatternNode {
        let positions: [(String, PatternPosition)] = [
            ("\\b", .wordEdge), ("\\B", .noWordEdge), ("\\A", .textStart), ("\\z", .textEnd),
        ]
        for (word, position) in positions where take(word) { return .position(position) }
        if let set = escapedSet() { return .scalar(set) }
        return literal(try escapedScalar())
    }

    private mutating func escapedSet() -> ScalarSet? {
        let sets: [(String, ScalarSet)] = [
            ("\\d", .digits), ("\\D", .digits.negated), ("\\w", .words), ("\\W", .words.negated),
            ("\\s", .blanks), ("\\S", .blanks.negated),
        ]
        for (word, set) in sets where take(word) { return set }
        return nil
    }

    private mutating func escapedScalar() throws(TextPattern.Malformed) -> Unicode.Scalar {
        at += 1
        guard let scalar = next else { throw fail("it ends with a '\\'") }
        at += 1
        switch scalar {
        case "t": return "\t"
        case "n": return "\n"
        case "r": return "\r"
        case "f": return "\u{0C}"
        case "v": return "\u{0B}"
        case "a": return "\u{07}"
        case "x": return try hexScalar()
        default:
            // What is no letter and no digit stands for itself; letters are kept for what they may mean once.
            guard scalar.isASCII, scalar == "_" || !ScalarSet.words.contains(scalar) else {
                throw fail("'\\\(scalar)' is not known")
            }
            return scalar
        }
    }

    /// `\x41` or `\x{1F600}`.
    private mutating func hexScalar() throws(TextPattern.Malformed) -> Unicode.Scalar {
        let isBraced = take("{")
        var digits = ""
        while let scalar = next, scalar.properties.isASCIIHexDigit, digits.utf8.count < (isBraced ? 6 : 2) {
            digits.unicodeScalars.append(scalar)
            at += 1
        }
        guard isBraced ? take("}") : digits.utf8.count == 2,
            let scalar = UInt32(digits, radix: 16).flatMap({ Unicode.Scalar($0) })
        else { throw fail("'\\x' is not followed by a scalar's number") }
        return scalar
    }

    private mutating func bracket() throws(TextPattern.Malformed) -> ScalarSet {
        at += 1
        var set = ScalarSet(ranges: [])
        set.isNegated = take("^")
        var isFirst = true
        while isFirst || next != "]" {
            isFirst = false
            guard next != nil else { throw fail("a '[' is not closed") }
            if let named = try namedSet() ?? escapedSet() {
                set.ranges += named.plain
                continue
            }
            let low = try member()
            var high = low
            if next == "-", at + 1 < text.count, text[at + 1] != "]" {
                at += 1
                high = try member()
            }
            guard low.value <= high.value else {
                throw fail("the range '\(low)-\(high)' ends before it begins")
            }
            set.ranges.append(low.value...high.value)
        }
        at += 1
        return flags.ignoresCase ? set.folded : set
    }

    private mutating func member() throws(TextPattern.Malformed) -> Unicode.Scalar {
        guard let scalar = next else { throw fail("a '[' is not closed") }
        if scalar == "\\" { return try escapedScalar() }
        at += 1
        return scalar
    }

    /// `[:alpha:]` and its kind.
    private mutating func namedSet() throws(TextPattern.Malformed) -> ScalarSet? {
        guard take("[:") else { return nil }
        let isNegated = take("^")
        let sets: [(String, ScalarSet)] = [
            ("alnum", ScalarSet(ranges: [0x30...0x39, 0x41...0x5A, 0x61...0x7A])),
            ("alpha", ScalarSet(ranges: [0x41...0x5A, 0x61...0x7A])), ("digit", .digits), ("word", .words),
            ("lower", ScalarSet(ranges: [0x61...0x7A])), ("upper", ScalarSet(ranges: [0x41...0x5A])),
            ("punct", ScalarSet(ranges: [0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E])),
            ("space", ScalarSet(ranges: [0x09...0x0D, 0x20...0x20])),
            ("xdigit", ScalarSet(ranges: [0x30...0x39, 0x41...0x46, 0x61...0x66])),
        ]
        for (word, set) in sets where take("\(word):]") { return isNegated ? set.negated : set }
        throw fail("a class '[:…:]' is not known")
    }
}
