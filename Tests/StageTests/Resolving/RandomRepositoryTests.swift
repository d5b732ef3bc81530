// SPDX-License-Identifier: Apache-2.0
import TestHouse
import Testing
import Vocabulary

@testable import Resolving

/// Small random repositories, the same ones everywhere: a search through every possible set agrees on whether there
/// is an answer, and a checker that shares nothing with the solver accepts each answer.
@Suite struct RandomRepositoryTests {
    /// Nil where the set is right, else what is wrong with it.
    private static func fault(_ set: [RandomWorld.Item], requests: [String]) -> String? {
        for request in requests where !set.contains(where: { $0.matches(.init(name: request)) }) {
            return "no \(request)"
        }
        for (place, item) in set.enumerated() {
            for group in item.depends {
                guard set.contains(where: { other in group.contains { other.matches($0) } }) else {
                    return "\(item.line) lacks \(group)"
                }
            }
            for (otherPlace, other) in set.enumerated() where otherPlace != place {
                if other.name == item.name { return "two versions of \(item.name)" }
                if item.conflicts.contains(where: other.matches) {
                    return "\(item.line) against \(other.line)"
                }
            }
        }
        return nil
    }

    private static func isSolvable(_ items: [RandomWorld.Item], requests: [String]) -> Bool {
        (0..<1 << items.count).contains { mask in
            let set = items.enumerated().filter { mask >> $0.offset & 1 == 1 }.map(\.element)
            return Set(set.map(\.name)).count == set.count && fault(set, requests: requests) == nil
        }
    }

    @Test func bruteForceAgreesTwoThousandTimes() throws {
        var random = SmallRandom(seed: 2026)
        var solved = 0
        var conflicts = 0
        for round in 0..<2000 {
            let world = RandomWorld(&random)
            let items = world.items
            let requests = Array(
                Set((0..<1 + random.below(3)).map { _ in items[random.below(items.count)].name })
            ).sorted()
            let text = world.text
            let solvable = Self.isSolvable(items, requests: requests)
            do {
                let resolution = try ResolvingHouse.resolve(requests.joined(separator: " "), in: text)
                let set = resolution.lock.content.architectures[0].packages.compactMap { package in
                    items.first { $0.name == package.name.text && "\($0.version)" == package.version }
                }
                #expect(solvable, "round \(round): \(requests) in\n\(text)")
                #expect(Self.fault(set, requests: requests) == nil, "round \(round): \(requests) in\n\(text)")
                #expect(
                    try Self.isReached(resolution.lock.content.architectures[0]), "round \(round)\n\(text)")
                conflicts += resolution.conflicts
                solved += 1
            } catch let error as ResolutionError {
                #expect(!solvable, "round \(round): \(requests) in\n\(text)\n\(error)")
                try Self.checkIsNeeded(error, items, requests, round)
            }
        }
        // The worlds are of the kind that tells something: both answers, and dead ends on the way to many of them.
        #expect(solved > 400 && solved < 1800)
        #expect(conflicts > 100)
    }

    /// No package is in a lock for no reason.
    private static func isReached(_ lock: ArchitectureLock) throws -> Bool {
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

    /// The requests that a failure names cannot be met even alone, and each of them matters.
    private static func checkIsNeeded(
        _ error: ResolutionError, _ items: [RandomWorld.Item], _ requests: [String], _ round: Int
    ) throws {
        guard case .unsatisfiable(let derivation, _, _) = error else {
            Issue.record("round \(round): \(error)")
            return
        }
        let named = derivation.roots.map { requests[$0.line - 10] }
        #expect(!named.isEmpty)
        #expect(!isSolvable(items, requests: named), "round \(round)")
        for request in named where named.count > 1 {
            #expect(isSolvable(items, requests: named.filter { $0 != request }), "round \(round): \(request)")
        }
    }
}
