// SPDX-License-Identifier: Apache-2.0
import TestHouse
import Testing
import Vocabulary

@testable import Resolving

#if canImport(Glibc)
    import Glibc
#endif

private let isMeasuring = getenv("SLIPWAY_MEASURE") != nil

/// A whole index of a distribution: each of its packages alone.
@Suite(.enabled(if: SharedFixtures.areHere, "\(SharedFixtures.hint)")) struct AlpineArchiveTests {
    private struct Archive {
        let order: ResolutionOrder
        let facts: AlpineFacts
        let places: [String: Int]

        init() throws {
            let index = try AlpineIndexParser.parse(try AlpineIndexFile.alpine316())
            let snapshot = AlpineWorld.snapshot(0, [(.amd64, index)])
            order = ResolutionOrder(
                definition: ResolvingHouse.alpine("x"), snapshots: [snapshot], architecture: .amd64)
            facts = try AlpineFacts([(index: index, tag: nil)])
            places = Dictionary(
                facts.packages.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
        }

        func pool() throws -> AlpinePool {
            AlpinePool(
                architecture: "x86_64",
                origins: try order.indexes().map {
                    .init(repository: $0.repository, tag: nil, index: $0.index)
                }, tags: [])
        }

        func resolve(_ name: String, in pool: AlpinePool) throws(ResolutionError) -> ArchitectureChoice {
            let order = ResolutionOrder(
                definition: ResolvingHouse.alpine(name), snapshots: order.snapshots, architecture: .amd64)
            return try AlpineResolution(order).resolve(in: pool)
        }
    }

    @Test func everyPackageAloneHasASetOrAReason() throws {
        let archive = try Archive()
        let facts = archive.facts
        let pool = try archive.pool()
        let possible = facts.possible()
        var tally = (sets: 0, reasons: 0, packages: 0, automatic: 0, leftOut: 0)
        for package in facts.packages {
            let request = AlpineDependency(package.name)
            do {
                let choice = try archive.resolve(package.name, in: pool)
                let set = choice.packages.compactMap { archive.places[$0.record.name.text] }
                #expect(set.count == choice.packages.count)
                if let fault = facts.fault(set, request: request) {
                    Issue.record("\(package.name): \(fault)")
                }
                tally.sets += 1
                tally.packages += set.count
                tally.automatic += choice.packages.flatMap(\.edges).filter { $0.kind == .installIf }.count
                let leftOut = facts.missing(beside: Set(set))
                tally.leftOut += leftOut.count
                if !leftOut.isEmpty {
                    let possible = facts.possible(beside: Set(set))
                    for place in leftOut where possible.contains(place) {
                        Issue.record("\(package.name) lacks \(facts.packages[place].name)")
                    }
                }
            } catch {
                tally.reasons += 1
                let isPossible = facts.owners(of: package.name).contains {
                    possible.contains($0) && facts.matches(request, $0)
                }
                #expect(!isPossible, "\(error)")
                guard case .unsatisfiable(let derivation, _, _) = error else {
                    Issue.record("\(error)")
                    continue
                }
                #expect(derivation.steps.count > 1, "\(error)")
            }
        }
        #expect(tally.sets + tally.reasons == 4929)
        #expect(tally.sets > 4000 && tally.automatic > 100, "\(tally)")
    }

    /// The packages of a lock that apko wrote for the same request and repository.
    @Test(arguments: [Architecture.amd64, .arm64]) func agreesWithALockOfApko(_ architecture: Architecture)
        throws
    {
        let index = try AlpineIndexParser.parse(
            try AlpineIndexFile.text("apk/apko-cli/packages/\(architecture.alpineName)/APKINDEX.tar.gz"))
        var definition = ResolvingHouse.alpine("replayout")
        definition.architectures = [architecture]
        let snapshot = AlpineWorld.snapshot(0, [(architecture, index)])
        let resolution = try Resolver().resolution(of: definition, snapshots: [snapshot])
        struct ApkoLock: Decodable {
            struct Contents: Decodable { let packages: [Package] }
            struct Package: Decodable { let name, version, architecture, checksum: String }
            let contents: Contents
        }
        let lock = try CanonicalJSON.decode(
            ApkoLock.self, from: try SharedFixtures.read("apk/apko-cli/apko.lock.json"), what: "lock")
        let expected = lock.contents.packages.filter { $0.architecture == architecture.alpineName }
        #expect(resolution.unpinned.map(\.name.text) == expected.map(\.name))
        #expect(resolution.unpinned.map(\.version) == expected.map(\.version))
        #expect(resolution.unpinned.map(\.checksum) == expected.map(\.checksum))
    }

    /// The figure that the whole index takes; `SLIPWAY_MEASURE=1` prints it, nothing asserts it.
    @Test(.enabled(if: isMeasuring, "set SLIPWAY_MEASURE to measure")) func measuresTheWholeIndex() throws {
        let archive = try Archive()
        let clock = ContinuousClock()
        let names = archive.facts.packages.map(\.name)
        var solved = 0
        let duration = try clock.measure {
            let pool = try archive.pool()
            for name in names where (try? archive.resolve(name, in: pool)) != nil { solved += 1 }
        }
        print("\(names.count) resolutions, \(solved) of them with a set, in \(duration)")
    }
}
