// SPDX-License-Identifier: Apache-2.0

import TestHouse
import Testing

/// `slipway apk index` that is killed around each name that it gives: readers see the old index or the new one, never a
/// part, and the next run ends the work.
@Suite(
    "A killed index",
    .enabled(if: SlipwayProgram.isThere && FaultShim.isPossible, "no slipway or no C compiler"))
struct KilledIndexTests {
    private static let index = ["apk", "index", "public/x86_64", "--key", "packages.rsa"]

    /// A published repository that got a newer package which is not indexed yet.
    private func scene() throws -> AlpineRepository {
        let repository = try AlpineRepository("app 1.0-r0\nlib 1.0-r0")
        try repository.add(world: "app 1.1-r0")
        try repository.sh("cp public/x86_64/APKINDEX.tar.gz before")
        return repository
    }

    private func versions(_ repository: AlpineRepository) throws -> String {
        String(
            decoding: try repository.sh(
                "tar -xOzf public/x86_64/APKINDEX.tar.gz APKINDEX | grep ^V: | tr -d '\\n'"),
            as: UTF8.self)
    }

    @Test("the old or the new one is there, and the next run ends the work")
    func killed() throws {
        let shim = try FaultShim()
        for (number, after) in [(1, false), (1, true), (2, false), (2, true), (3, true)] {
            let repository = try scene()
            let outcome = try SlipwayProgram.run(
                Self.index, in: repository.root,
                environment: shim.environment(.killed(at: number, after: after)))
            let found = try versions(repository)
            #expect(
                found == "V:1.0-r0V:1.0-r0" || found == "V:1.0-r0V:1.1-r0V:1.0-r0",
                "\(number) \(after): \(found)")
            if found.contains("1.1") == false { #expect(outcome.wasKilled) }
            let next = try SlipwayProgram.run(Self.index, in: repository.root)
            #expect(next.exit == 0 && next.stderr.isEmpty, "\(next.stderr)")
            #expect(try versions(repository) == "V:1.0-r0V:1.1-r0V:1.0-r0")
            let left = try repository.sh("find public -name '.new-*'")
            #expect(left == [])
        }
    }

    @Test("what the index names is on disk before its name moves")
    func order() throws {
        let shim = try FaultShim()
        let repository = try scene()
        let log = "\(repository.root)/log"
        let outcome = try SlipwayProgram.run(
            Self.index, in: repository.root, environment: shim.environment(log: log))
        #expect(outcome.exit == 0, "\(outcome.stderr)")
        let events = FileLog(String(decoding: try repository.sh("cat log"), as: UTF8.self)).events
        let synced = events.firstIndex {
            if case .synced(_, let path) = $0 { path.hasSuffix("app-1.1-r0.apk") } else { false }
        }
        let named = events.firstIndex {
            if case .named(_, let path) = $0 { path.hasSuffix("APKINDEX.tar.gz") } else { false }
        }
        let (before, after) = (try #require(synced), try #require(named))
        #expect(before < after)
        var audit = SyncAudit(roots: ["\(repository.root)/public"])
        #expect(
            audit.violations(of: FileLog(String(decoding: try repository.sh("cat log"), as: UTF8.self))) == []
        )
    }
}
