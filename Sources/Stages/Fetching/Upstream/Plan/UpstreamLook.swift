// SPDX-License-Identifier: Apache-2.0

internal import Vocabulary

/// One look at one recipe's upstream, from candidates to what happens next.
struct UpstreamLook {
    let question: UpstreamQuestion
    let mine: RecipeVersion
    let place: String
    let time: Timestamp
    let rule: UpdateRule
    var memory: UpstreamMemory

    /// The newest first; each version once.
    private var releases: [(version: RecipeVersion, release: UpstreamRelease)] = []
    private var passedOver: [UpstreamReport.PassedOver] = []
    private var passedOverCount = 0

    init(
        question: UpstreamQuestion, mine: RecipeVersion, place: String, time: Timestamp, rule: UpdateRule,
        memory: UpstreamMemory
    ) {
        self.question = question
        self.mine = mine
        self.place = place
        self.time = time
        self.rule = rule
        self.memory = memory
    }

    mutating func sift(_ candidates: [UpstreamCandidate], through sieve: VersionSieve) {
        var known: Set<String> = []
        for candidate in candidates {
            switch sieve.outcome(of: candidate) {
            case .passedOver(let reason):
                passedOverCount += 1
                if passedOver.count < UpstreamQuestion.passedOverLimit {
                    passedOver.append(.init(name: candidate.name, reason: reason))
                }
            case .version(let version):
                guard known.insert(version.text).inserted else { continue }
                let release = UpstreamRelease(
                    version: version.text, name: candidate.name, appeared: candidate.appeared,
                    seen: memory.seen[version.text] ?? time, place: place, commit: candidate.commit)
                releases.append((version, release))
            }
        }
        releases.sort { $0.version > $1.version }
    }

    /// Whether the recipe's own version is among what was found.
    var reachesBack: Bool { releases.contains { $0.version == mine } }

    /// The report, and the memory for the next look.
    mutating func finish() -> (report: UpstreamReport, memory: UpstreamMemory) {
        if memory.version != question.version {
            // The recipe has moved on since the last look: somebody saw what was withdrawn before.
            memory.since = time
            memory.version = question.version
            memory.withdrawn = nil
        }
        var report = UpstreamReport(recipe: question.recipe, version: question.version, outcome: .current)
        report.place = place
        (report.passedOver, report.passedOverCount) = (passedOver, passedOverCount)
        guard let newest = releases.first else { return (nothing(report), memory) }
        // To the day: a sweep that saw nothing new writes nothing.
        if memory.found.map({ time.seconds - $0.seconds >= 86_400 }) ?? true { memory.found = time }
        memory.silent = nil
        report.newest = newest.release
        let newer = releases.prefix { $0.version > mine }
        memory.seen = Dictionary(
            newer.prefix(64).map { ($0.version.text, $0.release.seen) },
            uniquingKeysWith: { first, _ in first })
        compare(newest.version, with: memory.newest.flatMap { RecipeVersion($0) })
        report.behind = newer.count
        report.behindSince = newer.map(\.release.since).min()
        report.next = (rule.requiresSequence ? newer.last : newer.first)?.release
        decide(&report, newest: newest)
        return (report, memory)
    }

    /// A release that is gone counts until a newer one than those that it left behind appears, be it that release again.
    private mutating func compare(_ newest: RecipeVersion, with before: RecipeVersion?) {
        if let before, newest < before {
            memory.withdrawn = max(memory.withdrawn.flatMap { RecipeVersion($0) } ?? before, before).text
        } else if let before, newest > before {
            memory.withdrawn = nil
        }
        memory.newest = newest.text
    }

    private func decide(
        _ report: inout UpstreamReport, newest: (version: RecipeVersion, release: UpstreamRelease)
    ) {
        if newest.version < mine {
            report.outcome = .backwards
            report.reason =
                "the newest release is \(newest.version), older than the recipe's \(mine): was it withdrawn?"
            return
        }
        guard report.next != nil else {
            report.reason =
                memory.withdrawn.map { "\($0) was there before, and is gone" } ?? stillness(newest.release)
            return
        }
        if let gone = memory.withdrawn {
            report.outcome = .backwards
            report.reason =
                "\(gone) was there before, and is gone: look at what happened, and take \(newest.version) by hand"
        } else if rule.isManual {
            (report.outcome, report.reason) = (.byHand, "'manual': slipway recipe bump takes it")
        } else if let schedule = rule.schedule, let turn = turn(schedule), turn > time {
            report.outcome = .waits
            report.reason =
                "\(schedule.period.rawValue), next at \(turn)"
                + (schedule.reason.isEmpty ? "" : ": \(schedule.reason)")
        } else {
            report.outcome = .taken
        }
    }

    /// When the next release may be taken: a period after the recipe's version was. Nil where nobody knows when that was.
    private func turn(_ schedule: UpdateRule.Schedule) -> Timestamp? {
        let days: Int64 =
            switch schedule.period {
            case .daily: 1
            case .weekly: 7
            case .monthly: 30
            }
        return memory.since.map { Timestamp(seconds: $0.seconds + days * 86_400) }
    }

    /// A long time without a release is said: a monitor that looks in the wrong place is as quiet.
    private func stillness(_ newest: UpstreamRelease) -> String? {
        let age = time.seconds - newest.since.seconds
        guard age > UpstreamQuestion.patience.nothingNew else { return nil }
        return "no release for \(age / 86_400) days: is this still where releases are made?"
    }

    private mutating func nothing(_ report: UpstreamReport) -> UpstreamReport {
        var report = report
        let silent = memory.silent ?? time
        memory.silent = silent
        report.outcome = .nothingFound
        let first = passedOver.first.map { "; the first, '\($0.name)': \($0.reason)" } ?? ""
        let since =
            time.seconds - silent.seconds > UpstreamQuestion.patience.nothing
            ? ", since \(memory.found ?? silent)" : ""
        report.reason =
            passedOverCount == 0
            ? "there is nothing that could be a release\(since)"
            : "none of \(passedOverCount) is a release\(since)\(first)"
        return report
    }
}
