// SPDX-License-Identifier: Apache-2.0

import TestHouse
import Testing
import Vocabulary

@testable import Execution

/// Programs of the system that behave, and such that do not.
@Suite struct ProgramTests {
    private let shell: Program

    init() throws { shell = try Program.find("sh", debianPackage: "dash") }

    @Test func givesBothStreamsAndTheStatus() async throws {
        let result = try await shell.run(
            ["-c", "cat; echo hello; echo oops >&2; exit 7"])
        #expect(
            result == ProgramResult(exit: 7, stdout: Array("hello\n".utf8), stderr: Array("oops\n".utf8)))
    }

    @Test func aSignalIsAStatusToo() async throws {
        #expect(try await shell.run(["-c", "kill -USR1 $$"]).exit == 128 + 10)
    }

    @Test func seesNothingOfOurs() async throws {
        let result = try await shell.run(["-c", "env | cut -d= -f1 | sort; pwd"])
        #expect(String(decoding: result.stdout, as: UTF8.self) == "HOME\nLC_ALL\nPATH\nPWD\n/\n")
    }

    @Test func mayWriteAsMuchAsTheLimit() async throws {
        let result = try await shell.run(["-c", "head -c 5000 /dev/zero"], outputLimit: 5000)
        #expect(result.stdout.count == 5000)
    }

    /// Each would go on for ever: some write on, some do not care for signals or closed pipes and fall silent, one
    /// waits for its children.
    @Test(
        "a program that passes its limit ends with its whole group",
        arguments: [
            "yes", "yes >&2", "trap '' TERM PIPE; head -c 5001 /dev/zero; sleep 3600",
            "sleep 3600 & echo $! >>pids; head -c 5001 /dev/zero; wait",
            "head -c 5001 /dev/zero >&2; trap '' PIPE; while :; do sleep 3600; done",
        ])
    func limit(script: String) async throws {
        let scratch = try Scratch()
        await #expect(throws: ExecutionError.tooMuchOutput(program: "sh", limit: 5000)) {
            try await shell.run(
                ["-c", "cd \(scratch.path); echo $$ >pids; \(script)"],
                outputLimit: 5000)
        }
        try await Self.expectGone(scratch)
    }

    @Test func isKilledWhenItsTaskIsCancelled() async throws {
        let scratch = try Scratch()
        let shell = shell
        await #expect(throws: ExecutionError.cancelled(program: "sh")) {
            try await Self.cancelling(whenThereIs: "\(scratch.path)/ready") {
                _ = try await shell.run([
                    "-c",
                    "cd \(scratch.path); trap '' TERM; echo $$ >pids; sleep 3600 & echo $! >>pids; echo >ready; wait",
                ])
            }
        }
        try await Self.expectGone(scratch)
    }

    @Test("on our own terminal it may tidy up when its task is cancelled, and is waited for")
    func attached() async throws {
        let scratch = try Scratch()
        let shell = shell
        await #expect(throws: ExecutionError.cancelled(program: "sh")) {
            try await Self.cancelling(whenThereIs: "\(scratch.path)/ready") {
                try await shell.attached(
                    [
                        "-c",
                        "cd \(scratch.path); trap 'echo tidy >end; exit' TERM; echo >ready; while :; do sleep 0.1; done",
                    ], environment: [:])
            }
        }
        #expect(try scratch.sh("cat end") == Array("tidy\n".utf8))
    }

    @Test func isKilledWhenItTakesTooLong() async throws {
        let scratch = try Scratch()
        await #expect(throws: ExecutionError.timedOut(program: "sh", seconds: 1)) {
            try await shell.run(
                ["-c", "trap '' TERM; echo $$ >\(scratch.path)/pids; sleep 3600; sleep 3600"], within: 1)
        }
        try await Self.expectGone(scratch)
    }

    private static func cancelling(
        whenThereIs path: String, _ body: @escaping @Sendable () async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await body() }
            while (try? Tool.sh("test -e '\(path)'", in: "/")) == nil { await Task.yield() }
            group.cancelAll()
            try await group.waitForAll()
        }
    }

    /// Killed processes may be seen for a moment, and as zombies until their new parent looks.
    private static func expectGone(_ scratch: Scratch) async throws {
        let script = """
            for pid in $(cat pids); do
                if grep -q '^State:.[^ZX]' /proc/$pid/status 2>/dev/null; then echo $pid; fi
            done
            """
        while try !scratch.sh(script).isEmpty { await Task.yield() }
    }
}
