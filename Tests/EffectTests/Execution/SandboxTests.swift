// SPDX-License-Identifier: Apache-2.0

import TestHouse
import Testing

@testable import Execution

/// What steps of recipes can reach: nothing but their workspace. Each case is tried by a real program.
@Suite(
    "The sandbox",
    .enabled(if: SandboxScene.isPossible, SandboxScene.why))
struct SandboxTests {
    @Test("its workspace is the caller's folder, and what is made there is the caller's")
    func workspace() async throws {
        let scene = try SandboxScene()
        let (outcome, text) = try await scene.run(
            "id -u; pwd; echo made >file; mkdir -p a/b; echo $SECRET; env | wc -l")
        #expect(outcome.exit == 0 && text.hasPrefix("1000\n/home/build\n\n"), "\(text)")
        #expect(
            String(
                decoding: try scene.scratch.sh("cat workspace/file; stat -c %u workspace/file; id -u"),
                as: UTF8.self
            )
            .split(separator: "\n").suffix(2).reduce(into: Set<Substring>()) { $0.insert($1) }.count == 1)
    }

    @Test(
        "what a step must not reach",
        arguments: [
            ("a server of the host", "echo | nc -w 2 127.0.0.1 PORT"),
            ("an address of the world", "echo | nc -w 2 192.0.2.1 80"),
            ("a name server", "nslookup localhost 127.0.0.1"),
            ("a file of the host", "cat 'SCRATCH/secret'"),
            ("the host's root by its first process", "cat /proc/1/root/etc/hostname"),
            ("the host's processes", "kill -0 HOSTPID"),
            ("the build root's files", "echo changed >/bin/new"),
            ("the build root's programs", "rm /bin/sh"),
            ("another user", "chown 0 /home/build"),
            ("a mount", "mount -t tmpfs none /home/build"),
            ("a device", "mknod /home/build/disk b 8 0"),
            ("the host's name", "hostname elsewhere"),
            ("the kernel's settings", "echo 1 >/proc/sys/kernel/panic"),
            ("the kernel's panic button", "echo h >/proc/sysrq-trigger"),
            ("the kernel's memory", "head -c 4 /proc/kcore | grep ELF"),
            ("a way around what is read-only", "umount /proc/sys && echo 1 >/proc/sys/kernel/panic"),
            ("the control groups", "mkdir /sys/fs/cgroup/x"),
        ])
    func refused(_ name: String, _ attempt: String) async throws {
        let scene = try SandboxScene()
        try scene.scratch.sh("echo \"the keeper's own\" >secret; chmod 644 secret")
        let server = try ScriptedServer { _ in [.answer(200, [], Array("got through".utf8)), .close] }
        let host = String(decoding: try scene.scratch.sh("echo $PPID"), as: UTF8.self).filter { $0 != "\n" }
        let script = attempt.replacing("PORT", with: "\(server.port)").replacing(
            "SCRATCH", with: scene.scratch.path
        )
        .replacing("HOSTPID", with: host)
        let (outcome, text) = try await scene.run("echo ready; \(script)")
        // The two streams are pipes of their own: either's text may come first.
        #expect(text.contains("ready\n") && outcome.exit != 0, "\(name): \(text)")
        #expect(
            !text.contains("got through") && !text.contains("keeper"),
            "\(name): \(text)")
        #expect(server.requests.isEmpty)
    }

    @Test("it sees no process, no network device and no variable but its own")
    func alone() async throws {
        let scene = try SandboxScene()
        let (_, text) = try await scene.run(
            "ls -d /proc/[0-9]* | wc -l; tail -n +3 /proc/net/dev | grep -vc lo:; tr '\\0' '\\n' </proc/1/environ | grep -c SLIPWAY || true"
        )
        let numbers = text.split(separator: "\n").compactMap { Int($0) }
        #expect(numbers.count == 3 && numbers[0] < 8 && numbers[1] == 0 && numbers[2] == 0, "\(text)")
    }

    @Test("what takes too long is killed, and what it started with it")
    func tooSlow() async throws {
        let scene = try SandboxScene()
        await #expect(throws: ExecutionError.self) {
            _ = try await scene.run("sleep 731 & sleep 731", within: 1)
        }
        // The kernel ends what is left in the namespace as soon as its first process is gone.
        for _ in 0..<100 {
            let left = try scene.scratch.sh("grep -l 'sleep.73[1]' /proc/[0-9]*/cmdline 2>/dev/null | wc -l")
            if String(decoding: left, as: UTF8.self).hasPrefix("0") { return }
            try await Task.sleep(for: .milliseconds(100))
        }
        Issue.record("processes of the sandbox are left")
    }

    @Test("a background process does not outlive the step")
    func leftBehind() async throws {
        let scene = try SandboxScene()
        #expect(try await scene.run("sleep 732 >/dev/null 2>&1 & echo started").text == "started\n")
        let left = try scene.scratch.sh("grep -l 'sleep.73[2]' /proc/[0-9]*/cmdline 2>/dev/null | wc -l")
        #expect(String(decoding: left, as: UTF8.self).hasPrefix("0"))
    }
}
