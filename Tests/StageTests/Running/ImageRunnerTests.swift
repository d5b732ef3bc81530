// SPDX-License-Identifier: Apache-2.0
import Execution
import Running
import Storage
import Synchronization
import TestHouse
import Testing
import Vocabulary

@Suite(.enabled(if: ContainersHere.works, ContainersHere.why), .serialized)
struct ImageRunnerTests {
    @Test func passesArgumentsInputOutputAndStatusThrough() async throws {
        let scratch = try Scratch()
        let store = try ContentStore(at: HostPath(scratch.path) / "store", .disposable)
        var tiny = try TestRunnerTests.image()
        tiny.process.entrypoint = ["sh", "-c", "echo entrypoint"]
        let image = try RunnableImage(try tiny.write(to: store), in: store)
        let runner = ImageRunner(directory: HostPath(scratch.path) / "run", workers: WorkerThreads(count: 1))
        let own = try await runner.run(image, .init())
        #expect(String(decoding: own.stdout, as: UTF8.self) == "entrypoint\n" && own.exit == 0)
        let other = try await runner.run(
            image, .init(arguments: ["sh", "-c", "cat; echo -n one; echo two >&2; exit 42"]))
        #expect(other.exit == 42)
        #expect(String(decoding: other.stdout, as: UTF8.self) == "one")
        #expect(String(decoding: other.stderr, as: UTF8.self) == "two\n")
    }

    /// What was received, as it came.
    private final class Received: Sendable {
        let text = Mutex("")
        func add(_ stream: Program.Stream, _ bytes: [UInt8]) {
            text.withLock { $0 += "\(stream): \(String(decoding: bytes, as: UTF8.self))" }
        }
    }

    @Test func handsOutputOnAsItComes() async throws {
        let scratch = try Scratch()
        let store = try ContentStore(at: HostPath(scratch.path) / "store", .disposable)
        let image = try RunnableImage(try TestRunnerTests.image().write(to: store), in: store)
        let runner = ImageRunner(directory: HostPath(scratch.path) / "run", workers: WorkerThreads(count: 1))
        let received = Received()
        let exit = try await runner.stream(
            image, .init(arguments: ["sh", "-c", "echo one; sleep 1; echo two >&2; exit 9"]), to: received.add
        )
        #expect(exit == 9)
        #expect(received.text.withLock { $0 } == "stdout: one\nstderr: two\n")
    }

    @Test func aCancelledStreamEndsItsContainer() async throws {
        let scratch = try Scratch()
        let store = try ContentStore(at: HostPath(scratch.path) / "store", .disposable)
        let image = try RunnableImage(try TestRunnerTests.image().write(to: store), in: store)
        let directory = HostPath(scratch.path) / "run"
        let runner = ImageRunner(directory: directory, workers: WorkerThreads(count: 1))
        let received = Received()
        await #expect(throws: (any Error).self) {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    _ = try await runner.stream(
                        image,
                        .init(arguments: [
                            "sh", "-c", "trap 'echo bye; exit' TERM; echo up; while :; do sleep 1; done",
                        ]),
                        to: received.add)
                }
                while received.text.withLock({ $0.isEmpty }) { await Task.yield() }
                group.cancelAll()
                try await group.waitForAll()
            }
        }
        #expect(received.text.withLock { $0 }.hasPrefix("stdout: up\n"))
        #expect(try await ContainerRuntime.find(state: directory / "state").list(prefix: "slipway-").isEmpty)
    }
}
