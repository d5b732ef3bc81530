// SPDX-License-Identifier: Apache-2.0
import Glibc
import Synchronization
import Testing
import Vocabulary

@testable import Storage

@Suite struct WorkerThreadsTests {
    private struct Failed: Error, Equatable { let number: Int }

    @Test func runsOffTheCooperativePool() async throws {
        let workers = WorkerThreads(count: 2)
        let threads = try await workers.map(Array(0..<50), atMost: 4) { _ in pthread_self() }
        #expect(Set(threads).count <= 2)
        #expect(try await workers.run { 42 } == 42)
        await #expect(throws: Failed(number: 1)) { try await workers.run { throw Failed(number: 1) } }
    }

    @Test func resultsStandByIndexWhateverTheOrder() async throws {
        let workers = WorkerThreads(count: 3)
        let started = Mutex<[Int]>([])
        let results = try await workers.map([3, 1, 4, 1, 5, 9, 2, 6], atMost: 1, weight: { Int64($0) }) {
            item in
            started.withLock { $0.append(item) }
            return item * 10
        }
        #expect(results == [30, 10, 40, 10, 50, 90, 20, 60])
        #expect(started.withLock { $0 } == [9, 6, 5, 4, 3, 2, 1, 1])
        #expect(try await workers.map([Int](), atMost: 2) { $0 }.isEmpty)
    }

    @Test func keepsToTheWidth() async throws {
        let workers = WorkerThreads(count: 8)
        let state = Mutex((now: 0, most: 0))
        _ = try await workers.map(Array(0..<200), atMost: 3) { _ in
            state.withLock {
                $0.now += 1
                $0.most = max($0.most, $0.now)
            }
            sched_yield()
            state.withLock { $0.now -= 1 }
        }
        #expect(state.withLock { $0.most } <= 3)
    }

    /// Both of the first two fail, the second one first: the error is the first one's, on every run, and hardly
    /// anything is started afterwards.
    @Test func throwsTheFirstFailureByIndex() async throws {
        for _ in 0..<20 {
            let workers = WorkerThreads(count: 2)
            let secondFailed = gate()
            let started = Counter()
            await #expect(throws: Failed(number: 0)) {
                try await workers.map(Array(0..<100), atMost: 2) { item in
                    started.increase()
                    if item == 0 { secondFailed.wait() }
                    if item == 1 { secondFailed.open() }
                    throw Failed(number: item)
                }
            }
            #expect(started.value <= 3)
        }
    }

    @Test func cancellationReachesTheBodyAndStopsTheRest() async throws {
        let workers = WorkerThreads(count: 2)
        let inside = gate()
        let started = Counter()
        await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                do {
                    _ = try await workers.map(Array(0..<100), atMost: 2) { _ in
                        started.increase()
                        inside.open()
                        while !Task.isCancelled { sched_yield() }
                        try Task.checkCancellation()
                    }
                    return false
                } catch { return error is CancellationError }
            }
            group.addTask {
                // Waits on a thread of its own, so that the pool stays free.
                let waiter = WorkerThreads(count: 1)
                return (try? await waiter.run { inside.wait() }) != nil
            }
            #expect(await group.next() == true)
            group.cancelAll()
            #expect(await group.next() == true)
        }
        #expect(started.value <= 2)
    }

    @Test func threadsEndWithTheirOwner() async throws {
        func threads() throws -> Int { try HostDirectory.names(in: .init("/proc/self/task")).count }
        let before = try threads()
        for _ in 0..<50 {
            let workers = WorkerThreads(count: 4)
            _ = try await workers.run { 1 }
        }
        // Threads of the last rounds may still be on their way out, and other tests start some of theirs.
        var rounds = 0
        while try threads() > before + 100, rounds < 1_000_000 { rounds += 1; sched_yield() }
        #expect(try threads() <= before + 100)
    }

    /// A gate between threads, built on nothing but what the standard library has.
    private final class Gate: Sendable {
        private let isOpen = Atomic<Bool>(false)
        func open() { isOpen.store(true, ordering: .releasing) }
        func wait() { while !isOpen.load(ordering: .acquiring) { sched_yield() } }
    }

    private final class Counter: Sendable {
        private let count = Atomic<Int>(0)
        func increase() { count.add(1, ordering: .relaxed) }
        var value: Int { count.load(ordering: .relaxed) }
    }

    private func gate() -> Gate { Gate() }
}
