// SPDX-License-Identifier: Apache-2.0
import Execution
import Running
import Storage
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
            image, .init(arguments: ["sh", "-c", "cat; echo two >&2; exit 42"]), input: Array("one".utf8))
        #expect(other.exit == 42)
        #expect(String(decoding: other.stdout, as: UTF8.self) == "one")
        #expect(String(decoding: other.stderr, as: UTF8.self) == "two\n")
    }
}
