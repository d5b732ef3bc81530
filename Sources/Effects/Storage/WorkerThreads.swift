// SPDX-License-Identifier: Apache-2.0

internal import CShim
internal import Glibc
internal import Synchronization

/// Threads for everything that blocks or computes for long: codecs, hashing, fsync, locks. The cooperative pool stays
/// free. The threads end with this object.
package final class WorkerThreads: TaskExecutor, Sendable {
    package let count: Int
    private let queue: WorkQueue

    /// Starts `count` threads (at least one).
    package init(count: Int) {
        self.count = max(1, count)
        queue = WorkQueue()
        for _ in 0..<self.count { WorkQueue.startThread(serving: queue) }
    }

    deinit { queue.close(threads: count) }

    package func enqueue(_ job: consuming ExecutorJob) {
        queue.push(UnownedJob(job), asUnownedTaskExecutor())
    }

    /// Runs `body` on one of the threads. Cancellation is seen before it starts, and in it by `Task.isCancelled`.
    package func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withThrowingTaskGroup(of: Value.self) { group in
            group.addTask(executorPreference: self) {
                try Task.checkCancellation()
                return try body()
            }
            guard let value = try await group.next() else { throw CancellationError() }
            return value
        }
    }

    /// Runs `body` on every item, at most `width` at a time; results stand by index. Items start in their order, or
    /// the heaviest first where `weight` says how heavy they are. After a failure nothing more is started, and of the
    /// failures the one with the lowest index is thrown.
    package func map<Item: Sendable, Value: Sendable>(
        _ items: [Item], atMost width: Int, weight: ((Item) -> Int64)? = nil,
        _ body: @escaping @Sendable (Item) throws -> Value
    ) async throws -> [Value] {
        let order = Self.order(of: items, weight: weight)
        var outcomes: [Result<Value, any Error>?] = Array(repeating: nil, count: items.count)
        await withTaskGroup(of: (Int, Result<Value, any Error>).self) { group in
            var next = 0
            func start() {
                guard next < order.count else { return }
                let index = order[next]
                let item = items[index]
                next += 1
                group.addTask(executorPreference: self) {
                    (
                        index,
                        Result {
                            try Task.checkCancellation()
                            return try body(item)
                        }
                    )
                }
            }
            for _ in 0..<max(1, width) { start() }
            var failed = false
            while let (index, outcome) = await group.next() {
                outcomes[index] = outcome
                if case .failure = outcome { failed = true }
                if !failed { start() }
            }
        }
        for case .failure(let error)? in outcomes { throw error }
        return try outcomes.map { outcome in
            guard let outcome else { throw CancellationError() }
            return try outcome.get()
        }
    }

    private static func order<Item>(of items: [Item], weight: ((Item) -> Int64)?) -> [Int] {
        guard let weight else { return Array(items.indices) }
        let weights = items.map(weight)
        return items.indices.sorted { weights[$0] == weights[$1] ? $0 < $1 : weights[$0] > weights[$1] }
    }
}

/// Jobs for the threads, and the semaphore they sleep on.
private final class WorkQueue: Sendable {
    private struct State {
        var jobs: [(job: UnownedJob, executor: UnownedTaskExecutor)] = []
        var first = 0
        var closed = false
    }

    private let state = Mutex(State())
    /// An eventfd: a pthread semaphore cannot be stored in a Sendable class.
    private let semaphore = shim_semaphore_create()

    init() { precondition(semaphore >= 0, "the process has no file descriptor left for its worker threads") }

    deinit { Glibc.close(semaphore) }

    func push(_ job: UnownedJob, _ executor: UnownedTaskExecutor) {
        state.withLock { $0.jobs.append((job, executor)) }
        _ = shim_semaphore_post(semaphore, 1)
    }

    func close(threads: Int) {
        state.withLock { $0.closed = true }
        _ = shim_semaphore_post(semaphore, UInt64(threads))
    }

    /// Runs jobs until the queue is closed and empty.
    private func serve() {
        while shim_semaphore_wait(semaphore) == 0 {
            let (next, closed) = state.withLock { state -> ((UnownedJob, UnownedTaskExecutor)?, Bool) in
                guard state.first < state.jobs.count else { return (nil, state.closed) }
                let entry = state.jobs[state.first]
                state.first += 1
                if state.first == state.jobs.count {
                    state.jobs.removeAll(keepingCapacity: true)
                    state.first = 0
                }
                return ((entry.job, entry.executor), state.closed)
            }
            if let (job, executor) = next {
                job.runSynchronously(on: executor)
            } else if closed {
                return
            }
        }
    }

    static func startThread(serving queue: WorkQueue) {
        var thread = pthread_t()
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        // Codecs and parsers recurse little; two MiB are four times what the cooperative pool gives.
        pthread_attr_setstacksize(&attributes, 2 << 20)
        let argument = Unmanaged.passRetained(queue)
        let code = pthread_create(
            &thread, &attributes,
            { argument in
                if let argument { Unmanaged<WorkQueue>.fromOpaque(argument).takeRetainedValue().serve() }
                return nil
            }, argument.toOpaque())
        precondition(code == 0, "the system refuses to start a thread")
    }
}
