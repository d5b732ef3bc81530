// SPDX-License-Identifier: Apache-2.0

import Glibc
import TestHouse
import Testing
import Vocabulary

@testable import Execution

/// What a room's limits do to real programs that know none.
@Suite(
    "The sandbox's limits", .serialized,
    .enabled(if: SandboxScene.isPossible, SandboxScene.why))
struct SandboxLimitTests {
    static let hasGroups = ControlGroup.unheld(.init(processors: 1, memory: 1 << 26, processes: 64)).isEmpty

    @Test(
        "a program that wants more memory than it may have is killed, and it is known of what",
        .enabled(if: hasGroups, "needs the right to make control groups"))
    func memoryHog() async throws {
        let scene = try SandboxScene()
        let (outcome, text) = try await scene.run(
            "echo ready; head -c 200000000 /dev/zero | tail -c 150000000 | wc -c; echo went on",
            .init(memory: 48 << 20))
        #expect(outcome.events.killedForMemory > 0 && text.hasPrefix("ready\n"), "\(text)")
        let modest = try await scene.run(
            "head -c 1000000 /dev/zero | tail -c 900000 | wc -c", .init(memory: 48 << 20))
        #expect(modest.outcome == .init(exit: 0) && modest.text == "900000\n", "\(modest)")
    }

    @Test(
        "a fork bomb is held to the processes that it may have, and nothing of it is left",
        .enabled(if: hasGroups, "needs the right to make control groups"))
    func forkBomb() async throws {
        let scene = try SandboxScene()
        let (outcome, text) = try await scene.run(
            "bomb() { bomb | bomb & }; bomb 2>/dev/null; sleep 1; echo over",
            .init(memory: 256 << 20, processes: 60))
        #expect(outcome.events.refusedProcesses > 0, "\(outcome) \(text)")
        // Each of them has the script in its command line.
        let left = try Tool.sh(
            "cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' '\\n' | grep -c '^[b]omb()' || true", in: "/")
        #expect(left == Array("0\n".utf8))
    }

    @Test(
        "who may have a quarter of a processor waits for the rest",
        .enabled(if: hasGroups, "needs the right to make control groups"))
    func processors() async throws {
        let scene = try SandboxScene()
        let script = "i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done; echo $i"
        let held = try await scene.run(script, .init(processors: 0.25))
        #expect(held.outcome.events.throttledPeriods > 0 && held.text == "300000\n", "\(held)")
        #expect(try await scene.run(script).outcome.events.throttledPeriods == 0)
    }

    @Test("a folder of a size takes no more than it, and its content is seen from outside")
    func diskFiller() async throws {
        let scene = try SandboxScene()
        let folder = try BoundedFolder(at: scene.workspace, size: 8 << 20)
        let filled = try await scene.run(
            "echo kept >small; dd if=/dev/zero of=big bs=1M count=20 2>&1; echo $?", in: folder)
        #expect(
            filled.text.contains("No space left on device") && filled.text.hasSuffix("1\n"), "\(filled.text)")
        let seen = String(
            decoding: try Tool.sh("cat '\(folder.path)/small'; stat -c %s '\(folder.path)/big'", in: "/"),
            as: UTF8.self
        )
        .split(separator: "\n")
        #expect(seen.first == "kept" && (Int(seen.last ?? "") ?? .max) <= 8 << 20, "\(seen)")
        #expect(try scene.scratch.sh("ls workspace | wc -l") == Array("0\n".utf8))
        let files = try await scene.run(
            "rm big; i=0; while [ $i -lt 60000 ] && printf '' >f$i; do i=$((i+1)); done 2>/dev/null; echo $i",
            in: folder)
        #expect((Int(files.text.filter(\.isNumber)) ?? .max) < 60000, "\(files.text)")
    }

    @Test("a folder that a link leads to is the one that the sandbox sees, and nothing is written beside it")
    func linkedFolder() async throws {
        let scene = try SandboxScene()
        try scene.scratch.sh("ln -s '\(scene.scratch.path)' link")
        let folder = try BoundedFolder(at: HostPath("\(scene.scratch.path)/link/workspace"), size: 1 << 20)
        try Tool.sh("echo ours >'\(folder.path)/file'", in: "/")
        #expect(try await scene.run("cat file; echo theirs >file", in: folder).text == "ours\n")
        #expect(try Tool.sh("cat '\(folder.path)/file'", in: "/") == Array("theirs\n".utf8))
        #expect(try scene.scratch.sh("ls workspace") == [])
    }

    @Test("the file system of a folder is gone with its object")
    func unmounted() async throws {
        let scene = try SandboxScene()
        var folder: BoundedFolder? = try BoundedFolder(at: scene.workspace, size: 1 << 20)
        let holder = try #require(folder?.holder)
        #expect(try Tool.sh("test -d /proc/\(holder) && echo there", in: "/") == Array("there\n".utf8))
        folder = nil
        #expect(try Tool.sh("test -d /proc/\(holder) || echo gone", in: "/") == Array("gone\n".utf8))
        #expect(throws: ExecutionError.self) { try BoundedFolder(at: scene.workspace, size: 1 << 60) }
    }

    @Test("/tmp has a size too")
    func temporary() async throws {
        let scene = try SandboxScene()
        let filled = try await scene.run(
            "dd if=/dev/zero of=/tmp/big bs=1M count=20 2>&1; echo $?", temporary: 4 << 20)
        #expect(
            filled.text.contains("No space left on device") && filled.text.hasSuffix("1\n"), "\(filled.text)")
    }

    @Test("capabilities are those of the sandbox's own namespace")
    func capabilities() async throws {
        let scene = try SandboxScene()
        let script =
            "grep CapEff /proc/self/status; hostname elsewhere 2>/dev/null && echo renamed; mount -t tmpfs none /tmp 2>/dev/null && echo mounted; true"
        #expect(try await scene.run(script).text == "CapEff:\t0000000000000000\n")
        // CAP_CHOWN and CAP_NET_BIND_SERVICE.
        let with = try await scene.run(script, capabilities: ["CAP_CHOWN", "CAP_NET_BIND_SERVICE"])
        #expect(with.text == "CapEff:\t0000000000000401\n", "\(with.text)")
    }

    @Test(
        "groups that a killed run left are reaped by the next, and no container's",
        .enabled(if: hasGroups, "needs the right to make control groups"))
    func reaped() async throws {
        let hierarchies = ControlHierarchy.ofThisProcess()
        let hierarchy = try #require(hierarchies.first { $0.controllers.contains(.memory) })
        let made = try #require(hierarchy.makeGroup())
        defer { ControlHierarchy.remove(made.path, lock: made.lock) }
        let left = made.path.parent / "\(ControlHierarchy.prefix)999999999-1"
        // What the test is about does that too, where it works.
        defer { ControlHierarchy.remove(left, lock: open(left.text, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) }
        // A container of ours has its group beside it, made and emptied by its runtime alone.
        let container = made.path.parent / "slipway-\(String(1 << 44 | UInt64(getpid()), radix: 16))"
        try #require(mkdir(container.text, 0o755) == 0)
        defer { rmdir(container.text) }
        try Tool.sh("mkdir '\(left)'; sleep 1000 >/dev/null 2>&1 & echo $! >'\(left)/cgroup.procs'", in: "/")
        // Held by nobody: its process is gone with it. What is held stays.
        let next = try #require(ControlGroup.make(.init(memory: 1 << 26)))
        #expect(
            try Tool.sh(
                "test -d '\(left)' || echo gone; test -d '\(made.path)' && echo stays; ls -d '\(container)'",
                in: "/")
                == Array("gone\nstays\n\(container)\n".utf8))
        withExtendedLifetime(next) {}
    }

    @Test(
        "the files that set limits, in both versions",
        arguments: [
            (
                ControlHierarchy.Version.two,
                [
                    "cpu.max=50000 100000", "memory.max=1000", "memory.swap.max=0", "memory.oom.group=1",
                    "pids.max=7",
                ]
            ),
            (
                .one,
                [
                    "cpu.cfs_period_us=100000", "cpu.cfs_quota_us=50000", "memory.limit_in_bytes=1000",
                    "memory.memsw.limit_in_bytes=1000", "pids.max=7",
                ]
            ),
        ])
    func settings(_ version: ControlHierarchy.Version, _ expected: [String]) {
        let hierarchy = ControlHierarchy(
            version: version, controllers: Set(ControlGroup.Resource.allCases), mount: HostPath("/"), own: "/"
        )
        let settings = hierarchy.settings(for: .init(processors: 0.5, memory: 1000, processes: 7))
        let lines = ControlGroup.Resource.allCases.flatMap { settings[$0] ?? [] }.map {
            "\($0.name)=\($0.value)"
        }
        #expect(lines == expected)
    }

    @Test(
        "what the kernel says of groups is read on machines of either version, of both, and in a container's part"
    )
    func hierarchies() {
        let second = ControlHierarchy.parse(
            groups: "0::/user.slice/app.slice/x.scope\n",
            mounts: "30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw\n")
        // Its controllers are read from the mount itself, and this test's machine may have none there.
        #expect(second.allSatisfy { $0.own == "/user.slice/app.slice/x.scope" && $0.version == .two })
        let first = ControlHierarchy.parse(
            groups: "9:name=systemd:/\n8:pids:/a/b\n1:cpu,cpuacct:/a/b\n4:memory:/c\n",
            mounts: """
                30 23 0:26 /a /sys/fs/cgroup/pids rw - cgroup cgroup rw,pids
                31 23 0:27 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpuacct,cpu
                32 23 0:28 /elsewhere /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory
                nonsense
                """)
        #expect(
            first.map(\.own) == ["/b", "/a/b"]
                && first.map(\.mount.text) == ["/sys/fs/cgroup/pids", "/sys/fs/cgroup/cpu,cpuacct"])
        #expect(first.map(\.controllers) == [[.processes], [.processors]])
    }
}
