// SPDX-License-Identifier: Apache-2.0
import TestHouse
import Testing
import Vocabulary

@testable import Resolving

/// Small random Alpine repositories, the same ones everywhere: a search through every possible set agrees on whether
/// there is an answer, and accepts each answer with what came by itself.
@Suite struct AlpineRandomRepositoryTests {
    private static let names = ["a", "b", "c", "d", "e", "f"]
    private static let provided = ["v", "w", "x"]

    private static func dependency(_ random: inout SmallRandom, conflicts: Bool = true) -> String {
        let all = names + provided
        let name = all[random.below(all.count)]
        let sign = ["", "", "", "", "", "=", ">=", "<"][random.below(8)]
        let version = sign.isEmpty ? "" : "\(1 + random.below(3))"
        return (conflicts && random.below(7) == 0 ? "!" : "") + name + sign + version
    }

    /// Lines of the language of `AlpineWorld`, each name and version once.
    private static func lines(_ random: inout SmallRandom, count: Int, from lowest: Int = 1) -> String {
        var lines: [String: String] = [:]
        for _ in 0..<count {
            var head = "\(names[random.below(names.count)]) \(lowest + random.below(2))"
            guard lines[head] == nil else { continue }
            let key = head
            let depends = (0..<random.below(3)).map { _ in dependency(&random) }
            if !depends.isEmpty { head += "; depends: " + depends.joined(separator: " ") }
            let provides = (0..<random.below(3)).map { _ in
                provided[random.below(3)] + (random.below(5) < 2 ? "=\(1 + random.below(3))" : "")
            }
            if !provides.isEmpty { head += "; provides: " + provides.joined(separator: " ") }
            if random.below(3) == 0 { head += "; priority: \(1 + random.below(2))" }
            if random.below(2) == 0 {
                let conditions = (0..<1 + random.below(2)).map { _ in dependency(&random, conflicts: false) }
                head += "; install-if: " + conditions.joined(separator: " ")
            }
            if random.below(25) == 0 { head += "; unknown: x" }
            lines[key] = head
        }
        return lines.values.sorted().joined(separator: "\n")
    }

    private struct World {
        let texts: [String]
        let requests: [String]
        let isTagged: Bool

        init(_ random: inout SmallRandom, round: Int) {
            isTagged = round % 4 == 3
            var texts = [lines(&random, count: isTagged ? 4 : 6 + random.below(6))]
            // Versions of its own: one name, version and checksum is one file everywhere.
            if isTagged { texts.append("@t:" + lines(&random, count: 2, from: 3)) }
            let all = names + provided.prefix(1)
            var requests: [String] = []
            for _ in 0..<1 + random.below(2) {
                var text = all[random.below(all.count)]
                if random.below(12) == 0 { text += "=\(1 + random.below(2))" }
                if isTagged, random.below(2) == 0 { text += "@t" }
                if random.below(10) == 0 { text = "!" + text.prefix { $0 != "@" } }
                if !requests.contains(text) { requests.append(text) }
            }
            self.texts = texts
            self.requests = requests
        }

        /// As brute force reads it.
        func bruteForce() throws -> AlpineBruteForce {
            let repositories = try texts.map { text in
                let tag: String? = text.hasPrefix("@t:") ? "t" : nil
                return (try AlpineWorld.parse(tag == nil ? text : String(text.dropFirst(3))), tag)
            }
            return AlpineBruteForce(
                try AlpineFacts(repositories.map { (index: $0.0, tag: $0.1) }), tags: isTagged ? ["t"] : [])
        }

        func asked() throws -> [AlpineBruteForce.Request] {
            try requests.map { text in
                let parts = text.split(separator: "@")
                return AlpineBruteForce.Request(
                    dependency: try #require(try AlpineDependency.parse(parts[0]).first),
                    tag: parts.count > 1 ? String(parts[1]) : nil)
            }
        }
    }

    @Test func bruteForceAgreesTwoThousandTimes() throws {
        var random = SmallRandom(seed: 316)
        var tally = (solved: 0, failed: 0, conflicts: 0, automatic: 0, leftOut: 0, tagged: 0)
        for round in 0..<2000 {
            let world = World(&random, round: round)
            let brute = try world.bruteForce()
            let asked = try world.asked()
            let text = "round \(round): \(world.requests) in\n\(world.texts.joined(separator: "\n"))"
            do {
                let resolution = try ResolvingHouse.alpine(
                    world.requests.joined(separator: " "), in: world.texts)
                let lock = try ResolvingHouse.lock(resolution).content.architectures[0]
                let set = lock.packages.compactMap { Self.place(of: $0, brute.facts) }
                #expect(set.count == lock.packages.count, "\(text)")
                if let fault = brute.fault(set, asked) { Issue.record("\(fault): \(set) \(text)") }
                tally.solved += 1
                tally.conflicts += resolution.conflicts
                tally.automatic += lock.packages.flatMap(\.edges).count { $0.kind == .installIf }
                tally.leftOut += resolution.diagnostics.count { $0.code.rawValue == "install-if-left-out" }
                tally.tagged += set.count { brute.facts.packages[$0].tag != nil }
                #expect(Self.isReached(lock), "\(text)")
            } catch let error as ResolutionError {
                #expect(!brute.isSolvable(asked), "\(text)\n\(error)")
                try Self.checkIsNeeded(error, brute, asked, text)
                tally.failed += 1
            }
        }
        // The worlds are of the kind that tells something.
        #expect(tally.solved > 500 && tally.failed > 300, "\(tally)")
        #expect(tally.conflicts > 50 && tally.automatic > 60 && tally.leftOut > 50, "\(tally)")
        #expect(tally.tagged > 25, "\(tally)")
    }

    /// The cheap pre-filter of the factory: where no name that a resolution consulted is offered differently, the same
    /// comes out.
    @Test func whatWasConsultedDecides() throws {
        var random = SmallRandom(seed: 317)
        var spared = 0
        for round in 0..<1500 {
            let old = Self.lines(&random, count: 8 + random.below(6))
            var changed = old.split(separator: "\n").map(String.init)
            changed.remove(at: random.below(changed.count))
            if random.below(3) > 0 {
                changed += [Self.lines(&random, count: 1, from: 1 + 2 * random.below(2))]
            }
            let new = changed.joined(separator: "\n")
            let requests = Self.names[random.below(Self.names.count)]
            guard let before = try? ResolvingHouse.alpine(requests, in: [old]) else { continue }
            let names = try AlpineWorld.parse(new).names(differingFrom: AlpineWorld.parse(old))
            guard before.consulted.isDisjoint(with: names) else { continue }
            spared += 1
            let after = try ResolvingHouse.alpine(requests, in: [new])
            #expect(
                try ResolvingHouse.lock(after).content == ResolvingHouse.lock(before).content,
                "round \(round): \(requests) in\n\(old)\nand\n\(new)")
        }
        #expect(spared > 100, "\(spared)")
    }

    private static func place(of package: LockedPackage, _ facts: AlpineFacts) -> Int? {
        facts.packages.firstIndex { $0.name == package.name.text && $0.version.text == package.version }
    }

    /// No package is in a lock for no reason.
    private static func isReached(_ lock: ArchitectureLock) -> Bool {
        var reached = Set(lock.packages.filter { !$0.requestedBy.isEmpty }.map(\.name))
        var open = Array(reached)
        while let name = open.popLast() {
            for edge in lock.packages.first(where: { $0.name == name })?.edges ?? []
            where reached.insert(edge.to).inserted {
                open.append(edge.to)
            }
        }
        return reached.count == lock.packages.count
    }

    /// The requests that a failure names cannot be met even where the others only lend their reasons, and each of them
    /// matters.
    private static func checkIsNeeded(
        _ error: ResolutionError, _ brute: AlpineBruteForce, _ asked: [AlpineBruteForce.Request],
        _ text: String
    ) throws {
        guard case .unsatisfiable(let derivation, _, _) = error else {
            // Not one package has a name that is asked for, in a version that fits.
            guard case .requests(let problems, _) = error else {
                Issue.record("\(error) \(text)")
                return
            }
            let tags = Set(asked.compactMap(\.tag))
            for problem in problems {
                let request = asked[problem.location.line - 10]
                let isThere = brute.facts.packages.indices.contains { place in
                    brute.facts.matches(request.dependency, place)
                        && brute.facts.packages[place].tag.map(tags.contains) ?? true
                }
                #expect(!isThere, "\(text)\n\(error)")
            }
            return
        }
        let lines = derivation.roots.map { $0.line - 10 }
        #expect(!lines.isEmpty && derivation.steps.count >= lines.count, "\(text)\n\(error)")
        func isSolvable(_ lines: [Int]) -> Bool {
            let others = asked.indices.filter { !lines.contains($0) }.map { asked[$0] }
            return brute.isSolvable(lines.map { asked[$0] }, supports: others)
        }
        #expect(!isSolvable(lines), "\(text)\n\(error)")
        for line in lines where lines.count > 1 {
            #expect(isSolvable(lines.filter { $0 != line }), "\(text)\n\(error)")
        }
    }
}
