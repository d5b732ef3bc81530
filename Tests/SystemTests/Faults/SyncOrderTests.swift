// SPDX-License-Identifier: Apache-2.0

import Storage
import TestHouse
import Testing

/// What the shim wrote down of undisturbed runs: nothing gets a name that others follow before it is on disk.
@Suite(
    "Data are on disk before their names move", .enabled(if: FaultScene.isPossible, FaultScene.why))
struct SyncOrderTests {
    @Test("in layouts, in what the registry keeps, in a factory's history, and of a lock")
    func order() async throws {
        let scene = try FaultScene()
        try await scene.workers.run {
            let home = scene.home("one")
            let registry = try scene.servedApart { name in
                let built = try scene.build(home: home, to: "\(name)/app")
                #expect(built.exit == 0, "\(built.outcome.stderr)")
                Self.expectOrder(in: built.log, below: ["\(home)/out", "\(home)/xdg/data"], atLeast: 15)
                let round = try scene.factoryRound(home: home, at: name)
                #expect(round.exit == 0, "\(round.outcome.stderr)")
                Self.expectOrder(in: round.log, below: ["\(home)/state", "\(home)/xdg/data"], atLeast: 15)
                let syncsHistory = round.log.events.contains { event in
                    if case .synced(_, let path) = event {
                        path.hasSuffix("factory.sqlite-wal")
                    } else {
                        false
                    }
                }
                #expect(syncsHistory)
                let pulled = try scene.slipway(["pull", "\(name)/app:1", "\(home)/pulled"], home: home)
                #expect(pulled.exit == 0, "\(pulled.outcome.stderr)")
                Self.expectOrder(in: pulled.log, below: ["\(home)/pulled"], atLeast: 10)
                let locked = try scene.slipway(["lock", "image.yaml"], home: home)
                #expect(locked.exit == 0, "\(locked.outcome.stderr)")
                Self.expectOrder(in: locked.log, below: ["\(scene.place)/image.lock.json"], atLeast: 1)
            }
            Self.expectOrder(in: registry, below: ["\(scene.place)/apart/registry"], atLeast: 40)
        }
    }

    @Test("and a sync that is left out does not go unseen", arguments: ["fdatasync", "fsync"])
    func planted(operation: String) async throws {
        let scene = try FaultScene()
        try await scene.workers.run {
            let home = scene.home("one")
            let built = try scene.slipway(
                ["build", "image.yaml", "-o", "\(home)/out"], home: home, .dropped(operation))
            #expect(built.exit == 0, "\(built.outcome.stderr)")
            var audit = SyncAudit(roots: ["\(home)/out"])
            #expect(audit.violations(of: built.log) != [])
        }
    }

    private static func expectOrder(in log: FileLog, below roots: [String], atLeast: Int) {
        var audit = SyncAudit(roots: roots)
        let violations = audit.violations(of: log)
        #expect(violations.isEmpty, "\(violations.prefix(5).joined(separator: "\n"))")
        #expect(audit.judged >= atLeast)
    }
}

@Suite struct SyncAuditTests {
    private static let good = """
        mkdir\t\t/d/blobs/sha256
        fsync\t1:9\t/d/blobs
        write 5\t1:1\t/d/blobs/sha256/#1 (deleted)
        fdatasync\t1:1\t/d/blobs/sha256/#1 (deleted)
        link\t1:1\t/proc/self/fd/3\t/d/blobs/sha256/aa
        fsync\t1:8\t/d/blobs/sha256
        write 5\t1:2\t/d/#2 (deleted)
        fdatasync\t1:2\t/d/#2 (deleted)
        link\t1:2\t/proc/self/fd/3\t/d/.new-1
        rename\t1:2\t/d/.new-1\t/d/index.json
        fsync\t1:7\t/d
        write 5\t1:3\t/d/h.sqlite-wal
        fdatasync\t1:3\t/d/h.sqlite-wal
        send\t1
        write 5\t1:3\t/d/h.sqlite-wal
        fdatasync\t1:3\t/d/h.sqlite-wal
        """

    private func violations(_ log: String) -> [String] {
        var audit = SyncAudit(roots: ["/d"])
        return audit.violations(of: FileLog(log))
    }

    @Test func acceptsTheRightOrder() {
        #expect(violations(Self.good) == [])
        var audit = SyncAudit(roots: ["/d"])
        _ = audit.violations(of: FileLog(Self.good))
        #expect(audit.judged == 2)
    }

    @Test("each sync is missed where it is left out")
    func eachSync() {
        let lines = Self.good.split(separator: "\n").map(String.init)
        for (number, line) in lines.enumerated() where line.hasPrefix("f") {
            let rest = lines.enumerated().filter { $0.offset != number }.map(\.element)
            #expect(violations(rest.joined(separator: "\n")) != [], "\(line)")
        }
    }

    @Test func missesHistoryThatIsSyncedLate() {
        let late = Self.good.replacing(
            "fdatasync\t1:3\t/d/h.sqlite-wal\nsend\t1\n", with: "send\t1\n")
        #expect(violations(late) == ["/d/h.sqlite-wal is acknowledged before it is on disk"])
    }

    @Test func asksNothingOfCaches() {
        #expect(violations(Self.good.replacing("/d/", with: "/cache/")) == [])
    }
}
