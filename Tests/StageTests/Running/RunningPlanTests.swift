// SPDX-License-Identifier: Apache-2.0
import TestHouse
import Testing
import Vocabulary

@testable import Running

@Suite struct RunningPlanTests {
    // MARK: Accounts

    static let accounts = ImageAccounts(
        passwd: Array(
            "root:x:0:0::/root:/bin/sh\napp:x:7:8::/srv:/x\nbad line\n#no:x:1:1::/:/x\nnum:x:9:x::/:/x\n".utf8
        ),
        group: Array("root:x:0:\nstaff:x:50:app,other\nown:x:8:app\nteam:x:60:app\nshort:x\n".utf8))

    static let users: [(String?, ImageAccounts.User)] = [
        (nil, .init(uid: 0, gid: 0, additionalGroups: [], home: "/root")),
        ("", .init(uid: 0, gid: 0, additionalGroups: [], home: "/root")),
        ("app", .init(uid: 7, gid: 8, additionalGroups: [50, 60], home: "/srv")),
        ("7", .init(uid: 7, gid: 8, additionalGroups: [50, 60], home: "/srv")),
        ("app:staff", .init(uid: 7, gid: 50, additionalGroups: [], home: "/srv")),
        ("7:99", .init(uid: 7, gid: 99, additionalGroups: [], home: "/srv")),
        ("12345", .init(uid: 12345, gid: 0, additionalGroups: [], home: nil)),
        ("12345:6", .init(uid: 12345, gid: 6, additionalGroups: [], home: nil)),
    ]

    @Test(arguments: users) func resolvesUsers(text: String?, expected: ImageAccounts.User) throws {
        #expect(try Self.accounts.resolve(text) == expected)
    }

    @Test(arguments: ["nobody", "app:nogroup", "-1", "4294967296", ":", "bad line", "#no"])
    func refusesUnknownUsers(text: String) {
        #expect(throws: RunningError.unknownUser(text)) { try Self.accounts.resolve(text) }
    }

    @Test func survivesAccountFilesOfAnyBytes() {
        for bytes in Mutations(
            of: Array("app:x:7:8::/srv:/x\n".utf8), tokens: [":", "\n", "\u{0}"], count: 2_000, seed: 3)
        {
            _ = try? ImageAccounts(passwd: bytes, group: bytes).resolve("app:app")
        }
    }

    // MARK: The bundle

    static let plan = ContainerPlan(
        rootFileSystem: HostPath("/r"), arguments: ["/p", "a"], environment: ["A=b"], workingDirectory: "/w",
        user: .init(uid: 7, gid: 8, additionalGroups: [9], home: nil),
        temporaryFileSystems: [.init(path: .root, mode: 0o1777, uid: 1, gid: 2)],
        programs: [.init(name: "busybox", source: HostPath("/bin/busybox"))], usesHostNetwork: false)

    @Test func theBundleGivesNothingAway() {
        let document = BundleConfiguration.document(for: Self.plan)
        #expect(document["root"]?["readonly"] == true)
        #expect(document["process"]?["noNewPrivileges"] == true && document["process"]?["terminal"] == false)
        #expect(document["process"]?["rlimits"] == nil)
        for set in ["bounding", "effective", "inheritable", "permitted", "ambient"] {
            #expect(document["process"]?["capabilities"]?[set] == [])
        }
        let kinds = document["linux"]?["namespaces"]?.array?.compactMap { $0["type"]?.string }
        #expect(kinds == ["pid", "ipc", "uts", "mount", "network"])
        let writable = document["mounts"]?.array?.filter { $0["options"]?.array?.contains("ro") != true }
            .compactMap { $0["destination"]?.string }
        #expect(writable == ["/proc", "/dev/pts", "/dev/shm", "/dev/mqueue", "/"])
    }

    @Test func theHostsNetworkIsASharedOne() {
        var plan = Self.plan
        plan.usesHostNetwork = true
        let document = BundleConfiguration.document(for: plan)
        #expect(document["linux"]?["namespaces"]?.array?.contains(["type": "network"]) == false)
        let sys = document["mounts"]?.array?.first { $0["destination"]?.string == "/sys" }
        #expect(sys?["options"]?.array?.contains("ro") == true)
    }

    // MARK: Programs

    @Test func knowsStaticPrograms() throws {
        let dynamic = try Tool.sh("head -c 65536 $(command -v tar)", in: "/")
        #expect(ProgramHeader(dynamic)?.isStatic == false)
        #expect(ProgramHeader(Array("#!/bin/sh\n".utf8)) == nil)
        for bytes in Mutations(of: Array(dynamic.prefix(1024)), count: 5_000, seed: 4) {
            _ = ProgramHeader(bytes)
        }
    }

    // MARK: One test's way

    static func attempt(_ exit: Int32?, _ stdout: String = "") -> Attempt {
        Attempt(exit: exit, stdout: stdout, stderr: "")
    }

    @Test func aTestGoesThroughItsSteps() {
        var progress = TestProgress(
            TestRunnerTests.test(exec: [["a"], ["b"]], exit: 3, stdout: "yes", within: 5))
        #expect(progress.begin() == .exec(0, afterPause: false))
        #expect(progress.execEnded(Self.attempt(255)) == .exec(0, afterPause: true))
        // An earlier step has to end well; what is expected is the last one's.
        #expect(progress.execEnded(Self.attempt(3, "yes")) == .exec(0, afterPause: true))
        #expect(progress.execEnded(Self.attempt(0)) == .exec(1, afterPause: false))
        #expect(progress.execEnded(Self.attempt(0, "yes")) == .exec(1, afterPause: true))
        #expect(progress.execEnded(Self.attempt(3, "no")) == .exec(1, afterPause: true))
        let late = progress.timedOut(log: Self.attempt(0, "log"))
        #expect(
            late.0 == .failed && late.1.contains("(2 tries)") && late.1.contains("'yes'")
                && late.1.contains("log"))
        guard case .finish(.passed, _) = progress.execEnded(Self.attempt(3, "yes, it is")) else {
            Issue.record("not passed")
            return
        }
        guard case .finish(.failed, let detail) = progress.runEnded(Self.attempt(0)) else {
            Issue.record("an ended container passed")
            return
        }
        #expect(detail.contains("ended before"))
    }

    @Test(arguments: [
        (Self.attempt(0, "a yes b"), true), (Self.attempt(0, "no"), false), (Self.attempt(1, "yes"), false),
        (Self.attempt(nil, "yes"), false),
    ]) func aRunIsJudged(attempt: Attempt, passes: Bool) {
        let progress = TestProgress(TestRunnerTests.test(stdout: "yes"))
        guard case .finish(let outcome, _) = progress.runEnded(attempt) else {
            Issue.record("not finished")
            return
        }
        #expect(outcome == (passes ? .passed : .failed))
    }
}
