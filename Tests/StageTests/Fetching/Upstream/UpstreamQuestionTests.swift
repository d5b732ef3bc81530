// SPDX-License-Identifier: Apache-2.0

import Testing
import Vocabulary

@testable import Fetching

/// What a look at upstream means: rules, memory and time, without a clock.
@Suite struct UpstreamQuestionTests {
    private static let day: Int64 = 86_400
    private static let start = Timestamp(seconds: 1_772_452_800)

    private static func at(_ days: Int64) -> Timestamp { Timestamp(seconds: start.seconds + days * day) }

    private struct Scene {
        var version = "1.2"
        var rule = UpdateRule(isEnabled: true)
        var memory: UpstreamMemory?

        var question: UpstreamQuestion {
            get throws {
                UpstreamQuestion(
                    recipe: try #require(PackageName("app")), version: version, rule: rule,
                    place: .git("https://example.org/app.git"))
            }
        }

        /// One look, whose memory is kept.
        mutating func look(_ tags: [String], on day: Int64 = 0) throws -> UpstreamReport {
            try look(tags.map { UpstreamCandidate(name: $0) }, on: day)
        }

        mutating func look(_ candidates: [UpstreamCandidate], on day: Int64 = 0) throws -> UpstreamReport {
            let (report, memory) = try question.report(
                on: .candidates(candidates), memory: memory, now: at(day))
            self.memory = memory
            return report
        }
    }

    @Test func theNewestIsTakenByTheOrderOfVersions() throws {
        var scene = Scene()
        let report = try scene.look(["1.9", "1.10", "1.2", "1.1", "junk"])
        #expect(report.outcome == .taken)
        #expect(report.next?.version == "1.10")
        #expect(report.behind == 2)
        #expect(report.passedOver.map(\.name) == ["junk"])
    }

    @Test func withRequireSequentialNoneIsLeftOut() throws {
        var scene = Scene()
        scene.rule.requiresSequence = true
        let report = try scene.look(["1.10", "1.9", "1.3", "1.2"])
        #expect(report.next?.version == "1.3")
        #expect(report.newest?.version == "1.10")
    }

    @Test func aManualOneWaitsForAHand() throws {
        var scene = Scene()
        scene.rule.isManual = true
        #expect(try scene.look(["1.3"]).outcome == .byHand)
        #expect(try scene.look(["1.2"]).outcome == .current)
    }

    @Test(arguments: [
        (UpdateRule.Schedule.Period.daily, Int64(1)), (.weekly, 7), (.monthly, 30),
    ])
    func aScheduledOneIsTakenOnceAPeriod(_ given: (UpdateRule.Schedule.Period, Int64)) throws {
        var scene = Scene()
        scene.rule.schedule = .init(period: given.0, reason: "many releases")
        // Nobody knows when the recipe's version was taken: its turn is now.
        #expect(try scene.look(["1.3"], on: 0).outcome == .taken)
        scene.version = "1.3"
        #expect(try scene.look(["1.3"], on: 0).outcome == .current)
        let waiting = try scene.look(["1.4"], on: given.1 - 1)
        #expect(waiting.outcome == .waits)
        #expect(waiting.reason?.contains("many releases") == true)
        #expect(try scene.look(["1.4"], on: given.1).outcome == .taken)
    }

    @Test func theGapIsAsOldAsTheFirstReleaseThatTheRecipeHasNot() throws {
        var scene = Scene()
        let dated = [
            UpstreamCandidate(name: "1.4", appeared: Self.at(-2)),
            UpstreamCandidate(name: "1.3", appeared: Self.at(-9)),
        ]
        #expect(try scene.look(dated).behindSince == Self.at(-9))
        // Where the place says nothing, the first look counts, and is remembered.
        var other = Scene()
        #expect(try other.look(["1.3"], on: 0).behindSince == Self.at(0))
        let later = try other.look(["1.4", "1.3"], on: 5)
        #expect(later.behindSince == Self.at(0))
        #expect(later.next?.seen == Self.at(5))
    }

    @Test func upstreamGoingBackBehindTheRecipeIsSaidAndNothingTaken() throws {
        var scene = Scene()
        scene.version = "2.0"
        let report = try scene.look(["1.9"])
        #expect(report.outcome == .backwards)
        #expect(report.next == nil)
        #expect(report.reason?.contains("older than the recipe's 2.0") == true)
    }

    @Test func aReleaseThatIsGoneIsSaidAndTheOneBeforeItNotTakenByItself() throws {
        var scene = Scene()
        scene.rule.isManual = true
        _ = try scene.look(["1.4", "1.3"], on: 0)
        scene.rule.isManual = false
        let report = try scene.look(["1.3"], on: 1)
        #expect(report.outcome == .backwards)
        #expect(report.next?.version == "1.3")
        #expect(report.reason?.contains("1.4 was there before") == true)
        #expect(try scene.look(["1.3"], on: 2).outcome == .backwards)
        // Taken by hand, it is over.
        scene.version = "1.3"
        let after = try scene.look(["1.3"], on: 3)
        #expect(after.outcome == .current)
        #expect(after.reason == nil)
    }

    @Test(arguments: [
        ("upstream goes on, far below the release that was a mistake", ["2024.1"], ["1.4", "1.3"], "1.4"),
        ("the release is back", ["1.4"], ["1.4", "1.3"], "1.4"),
        ("two are gone, and one is back", ["1.5", "1.4"], ["1.4", "1.3"], "1.4"),
    ])
    func aReleaseThatIsGoneIsOverWhenANewerOneAppears(
        _ given: (name: String, gone: [String], then: [String], taken: String)
    ) throws {
        var scene = Scene()
        scene.version = "1.3"
        scene.rule.isManual = true
        _ = try scene.look(given.gone + ["1.3"], on: 0)
        scene.rule.isManual = false
        let gone = try scene.look(["1.3"], on: 1)
        #expect(gone.outcome == .current && gone.reason?.contains("is gone") == true, "\(given.name)")
        let then = try scene.look(given.then, on: 2)
        #expect(then.outcome == .taken && then.next?.version == given.taken, "\(given.name)")
    }

    @Test func releasesOnceSeenAndGoneOneAfterTheOtherAreNamedByTheNewest() throws {
        var scene = Scene()
        scene.rule.isManual = true
        for (day, tags) in [["1.5", "1.4", "1.3"], ["1.4", "1.3"], ["1.3"]].enumerated() {
            let report = try scene.look(tags, on: Int64(day))
            #expect(day == 0 || report.reason?.contains("1.5 was there before") == true)
        }
    }

    /// Of more releases than are read, the newest alone are known.
    @Test(arguments: [("1.2", UpstreamReport.Outcome.taken), ("0.9", .failed)])
    func theNewestOfManyCountWhereTheyReachBackToTheRecipe(
        _ given: (version: String, outcome: UpstreamReport.Outcome)
    ) throws {
        var scene = Scene()
        scene.version = given.version
        let answer = UpstreamAnswer.newest(["1.3", "1.2", "1.1"].map { UpstreamCandidate(name: $0) })
        let report = try scene.question.report(on: answer, memory: nil, now: Self.start).report
        #expect(report.outcome == given.outcome)
        #expect(report.next?.version == (given.outcome == .taken ? "1.3" : nil))
    }

    @Test func moreThanIsLookedAtIsNoAnswer() throws {
        var scene = Scene()
        let many = (0...UpstreamAnswer.candidateLimit).map { "1.\($0)" }
        let report = try scene.look(many)
        #expect(report.outcome == .failed && report.reason?.contains("more than") == true)
        #expect(try scene.look(many.dropLast().map { $0 }).outcome == .taken)
    }

    @Test func aPlaceThatHasNothingIsSaidAndSinceWhen() throws {
        var scene = Scene()
        _ = try scene.look(["1.3"], on: 0)
        let first = try scene.look(["junk"], on: 1)
        #expect(first.outcome == .nothingFound)
        #expect(first.reason?.contains("since") == false)
        let later = try scene.look([String](), on: 30)
        #expect(later.reason == "there is nothing that could be a release, since \(Self.at(0))")
        // One release, and the silence is over.
        #expect(try scene.look(["1.3"], on: 31).outcome == .taken)
        #expect(try scene.look(["junk"], on: 32).reason?.contains("since") == false)
    }

    @Test func aLongTimeWithoutAReleaseIsSaid() throws {
        var scene = Scene()
        let old = UpstreamCandidate(name: "1.2", appeared: Self.at(-500))
        #expect(try scene.look([old]).reason?.contains("no release for 500 days") == true)
        let young = UpstreamCandidate(name: "1.2", appeared: Self.at(-300))
        #expect(try scene.look([young]).reason == nil)
    }

    @Test func whoIsNotAskedIsIgnoredWithTheReason() throws {
        let name = try #require(PackageName("app"))
        var rule = UpdateRule(isEnabled: false)
        rule.excludeReason = "it is dead"
        func reason(_ rule: UpdateRule?) -> String? {
            UpstreamQuestion(recipe: name, version: "1", rule: rule, place: nil).ignored.reason
        }
        #expect(reason(rule) == "it is dead")
        #expect(reason(UpdateRule(isEnabled: true)) == "nothing says where its releases are")
        #expect(reason(nil) == "the recipe has no 'update'")
    }

    @Test func whatIsRememberedIsBoundedAndReadAgain() throws {
        var scene = Scene()
        let report = try scene.look((0..<5000).map { "9.\($0)" } + (0..<5000).map { "junk\($0)" })
        #expect(report.passedOver.count == 50)
        #expect(report.passedOverCount == 5000)
        let memory = try #require(scene.memory)
        #expect(memory.seen.count == 64)
        let read = try CanonicalJSON.decode(
            UpstreamMemory.self, from: CanonicalJSON.encode(memory), what: "a memory")
        #expect(read == memory)
    }
}
