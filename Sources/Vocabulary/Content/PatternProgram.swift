// SPDX-License-Identifier: Apache-2.0

/// A pattern as steps that are followed in all possible ways at once, the preferred first (Thompson's and Pike's machine, as
/// RE2 has it): no text makes it go back.
struct PatternProgram: Sendable {
    private enum Step: Sendable {
        case scalar(ScalarSet)
        case position(PatternPosition)
        /// The first is preferred.
        case fork(Int, Int)
        case jump(Int)
        case save(Int)
        case done
    }

    struct Match {
        let start: Int
        let end: Int
        /// Start and end of each group; -1 where it has no part in the match.
        fileprivate let places: [Int]

        var range: Range<Int>? { start..<end }

        /// The whole match is group 0.
        func group(_ number: Int) -> Range<Int>? {
            guard number > 0 else { return number == 0 ? range : nil }
            guard number <= places.count / 2, places[2 * number - 2] >= 0, places[2 * number - 1] >= 0 else {
                return nil
            }
            return places[2 * number - 2]..<places[2 * number - 1]
        }
    }

    private static let sizeLimit = 10_000

    private var steps: [Step] = []
    private var groups = 0
    private var written = 0

    init(_ node: PatternNode) throws(TextPattern.Malformed) {
        try write(node)
        steps.append(.done)
    }

    private mutating func write(_ node: PatternNode) throws(TextPattern.Malformed) {
        // Repetitions are written out; of what is empty too, which adds no step.
        written += 1
        guard written <= Self.sizeLimit else { throw .init(reason: "it is too large") }
        switch node {
        case .sequence(let nodes): for node in nodes { try write(node) }
        case .scalar(let set): steps.append(.scalar(set))
        case .position(let position): steps.append(.position(position))
        case .group(let node, let number):
            groups = max(groups, number)
            steps.append(.save(2 * number - 2))
            try write(node)
            steps.append(.save(2 * number - 1))
        case .alternatives(let nodes): try write(alternatives: nodes)
        case .repeated(let node, let least, let most, let isLazy):
            for _ in 0..<least { try write(node) }
            try write(node, atMost: most.map { $0 - least }, isLazy: isLazy)
        }
    }

    private mutating func write(alternatives nodes: [PatternNode]) throws(TextPattern.Malformed) {
        var jumps: [Int] = []
        for node in nodes.dropLast() {
            let fork = steps.count
            steps.append(.fork(fork + 1, 0))
            try write(node)
            jumps.append(steps.count)
            steps.append(.jump(0))
            steps[fork] = .fork(fork + 1, steps.count)
        }
        if let last = nodes.last { try write(last) }
        for jump in jumps { steps[jump] = .jump(steps.count) }
    }

    private mutating func write(
        _ node: PatternNode, atMost most: Int?, isLazy: Bool
    ) throws(TextPattern.Malformed) {
        var forks: [Int] = []
        for _ in 0..<(most ?? 1) {
            forks.append(steps.count)
            steps.append(.fork(0, 0))
            try write(node)
        }
        if most == nil { steps.append(.jump(forks[0])) }
        for fork in forks {
            steps[fork] = isLazy ? .fork(steps.count, fork + 1) : .fork(fork + 1, steps.count)
        }
    }

    // MARK: - Matching

    /// Every match, none inside another; an empty one does not stand at the end of the one before it.
    func matches(in text: [Unicode.Scalar]) -> [Match] {
        var matches: [Match] = []
        var from = 0
        while from <= text.count, let match = firstMatch(in: text, from: from) {
            if match.end > match.start || match.start != matches.last?.end { matches.append(match) }
            from = match.end > match.start ? match.end : match.end + 1
        }
        return matches
    }

    /// The match that begins first; of those that begin there the one that the pattern prefers.
    func firstMatch(in text: [Unicode.Scalar], from: Int) -> Match? {
        var now = Threads(count: steps.count)
        var next = Threads(count: steps.count)
        var best: Match?
        let nowhere = [Int](repeating: -1, count: 2 * groups)
        for at in from...text.count {
            if best == nil { follow(Thread(step: 0, start: at, places: nowhere), text, at, &now) }
            if now.list.isEmpty {
                guard best == nil else { break }
                now.clear()
                continue
            }
            next.clear()
            thread: for thread in now.list {
                switch steps[thread.step] {
                case .done:
                    best = Match(start: thread.start, end: at, places: thread.places)
                    // Those behind it are preferred less.
                    break thread
                case .scalar(let set) where at < text.count && set.contains(text[at]):
                    var thread = thread
                    thread.step += 1
                    follow(thread, text, at + 1, &next)
                default: break
                }
            }
            swap(&now, &next)
        }
        return best
    }

    private struct Thread {
        var step: Int
        let start: Int
        var places: [Int]
    }

    /// In the order of preference, each step once.
    private struct Threads {
        private(set) var list: [Thread] = []
        private var marks: [Int]
        private var mark = 1

        init(count: Int) { marks = Array(repeating: 0, count: count) }

        mutating func clear() {
            list.removeAll(keepingCapacity: true)
            mark += 1
        }

        /// False where it was there already.
        mutating func enter(_ step: Int) -> Bool {
            guard marks[step] != mark else { return false }
            marks[step] = mark
            return true
        }

        mutating func append(_ thread: Thread) { list.append(thread) }
    }

    /// Goes on until a scalar is needed.
    private func follow(_ first: Thread, _ text: [Unicode.Scalar], _ at: Int, _ threads: inout Threads) {
        var waiting = [first]
        while var thread = waiting.popLast() {
            guard threads.enter(thread.step) else { continue }
            switch steps[thread.step] {
            case .scalar, .done: threads.append(thread)
            case .jump(let target):
                thread.step = target
                waiting.append(thread)
            case .fork(let preferred, let other):
                thread.step = other
                waiting.append(thread)
                thread.step = preferred
                waiting.append(thread)
            case .save(let place):
                thread.step += 1
                thread.places[place] = at
                waiting.append(thread)
            case .position(let position):
                guard Self.holds(position, text, at) else { continue }
                thread.step += 1
                waiting.append(thread)
            }
        }
    }

    private static func holds(_ position: PatternPosition, _ text: [Unicode.Scalar], _ at: Int) -> Bool {
        func isWord(_ place: Int) -> Bool {
            text.indices.contains(place) && ScalarSet.words.contains(text[place])
        }
        return switch position {
        case .textStart: at == 0
        case .textEnd: at == text.count
        case .lineStart: at == 0 || text[at - 1] == "\n"
        case .lineEnd: at == text.count || text[at] == "\n"
        case .wordEdge: isWord(at - 1) != isWord(at)
        case .noWordEdge: isWord(at - 1) == isWord(at)
        }
    }
}
