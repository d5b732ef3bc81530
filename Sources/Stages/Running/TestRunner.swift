// SPDX-License-Identifier: Apache-2.0

package import Execution
package import Storage
package import Vocabulary

/// Runs an image's tests in a real runtime: as the image's user, on a read-only root, without capabilities and without
/// network. What could not be run is reported as such and never as passed.
package struct TestRunner: Sendable {
    /// Seconds that a container has to end after its stop signal.
    private static let grace = 2
    private static let outputLimit = 4 << 20

    /// Where images are unpacked and where the runtime keeps its state; the same for every run of a machine, so that
    /// what a killed one left is found.
    let directory: HostPath
    let workers: WorkerThreads
    private let findRuntime: @Sendable (HostPath) async throws -> ContainerRuntime

    package init(
        directory: HostPath, workers: WorkerThreads,
        findRuntime: @escaping @Sendable (HostPath) async throws -> ContainerRuntime = {
            try await ContainerRuntime.find(state: $0)
        }
    ) {
        self.directory = directory
        self.workers = workers
        self.findRuntime = findRuntime
    }

    /// Runs the tests one after the other. Throws `CancellationError`, and `StorageError.full`, which is no answer about
    /// the image; everything else is in the report.
    package func run(_ image: RunnableImage, tests: [ImageTest]) async throws -> TestReport {
        var report = TestReport(
            platform: image.platform, manifest: image.manifest.digest, runtime: "", emulator: nil, results: []
        )
        guard !tests.isEmpty else { return report }
        let session: ContainerSession
        do {
            let runtime = try await findRuntime(directory / "state")
            report.runtime = "\(runtime.name) \(runtime.version)"
            session = try await ContainerSession(
                image, runtime: runtime, directory: directory, workers: workers)
        } catch {
            try Self.rethrowWhatSaysNothing(error)
            report.results = tests.map { Self.notRunOrFailed($0, error) }
            return report
        }
        report.emulator = session.emulatorVersion
        for (number, test) in tests.enumerated() {
            try Task.checkCancellation()
            do {
                let (outcome, detail) = try await run(test, number: number + 1, in: session)
                report.results.append(.init(name: test.name, outcome: outcome, detail: detail))
            } catch {
                try Self.rethrowWhatSaysNothing(error)
                report.results.append(Self.notRunOrFailed(test, error))
            }
            // A cancelled test looks like a failed one.
            try Task.checkCancellation()
        }
        return report
    }

    /// Removes every container that a killed run left on this machine. Returns their ids.
    @discardableResult
    package func reap() async throws -> [String] {
        let runtime = try await findRuntime(directory / "state")
        return try await AbandonedRuns(directory: directory, runtime: runtime).clear()
    }

    /// A failed test is remembered, and refuses the image; with more space the next run may find that it passes.
    private static func rethrowWhatSaysNothing(_ error: any Error) throws {
        try Task.checkCancellation()
        if case .full? = error as? StorageError { throw error }
    }

    /// A missing tool is nobody's failure; anything else is the image's.
    private static func notRunOrFailed(_ test: ImageTest, _ error: any Error) -> TestReport.Result {
        let isMissing: Bool
        switch error {
        case ExecutionError.missing, ExecutionError.noRuntime, ExecutionError.untrusted: isMissing = true
        case RunningError.noEmulator, RunningError.notStatic: isMissing = true
        default: isMissing = false
        }
        return .init(name: test.name, outcome: isMissing ? .notRun : .failed, detail: "\(error)")
    }

    // MARK: One test

    private enum Event: Sendable {
        case ran(Attempt)
        case executed(Attempt)
        case timedOut
        case graceOver
    }

    private func run(
        _ test: ImageTest, number: Int, in session: ContainerSession
    ) async throws -> (TestReport.Outcome, String) {
        let plan = try session.plan(
            arguments: test.run, tmpfs: test.tmpfs, with: test.with, usesHostNetwork: test.network)
        // Found out before anything is started.
        let commands = try test.exec.map { try session.command($0, in: plan) }
        let id = session.id(number)
        let bundle = try session.bundle(plan, id: id)
        let result = await withTaskGroup(of: Event.self) { group in
            group.addTask {
                .ran(
                    await Self.attempt {
                        try await session.runtime.run(
                            bundle: bundle, id: id, outputLimit: Self.outputLimit)
                    })
            }
            group.addTask {
                try? await Task.sleep(for: .seconds(test.within))
                return .timedOut
            }
            let result = await drive(TestProgress(test), commands, id: id, in: session, &group)
            group.cancelAll()
            return result
        }
        try await session.runtime.delete(id: id)
        return result
    }

    private func drive(
        _ progress: TestProgress, _ commands: [[String]], id: String, in session: ContainerSession,
        _ group: inout TaskGroup<Event>
    ) async -> (TestReport.Outcome, String) {
        var progress = progress
        var action = progress.begin()
        var hasEnded = false
        while true {
            switch action {
            case .finish(let outcome, let detail):
                if !hasEnded { await stop(id, session, &group) }
                return (outcome, detail)
            case .wait: break
            case .exec(let step, let afterPause):
                let command = commands[step]
                let seconds = progress.test.within
                group.addTask {
                    if afterPause { try? await Task.sleep(for: .milliseconds(150)) }
                    return .executed(
                        await Self.attempt {
                            try await session.runtime.exec(
                                id: id, .init(command), outputLimit: Self.outputLimit, within: seconds)
                        })
                }
            }
            switch await group.next() {
            case .ran(let attempt):
                hasEnded = true
                action = progress.runEnded(attempt)
            case .executed(let attempt): action = progress.execEnded(attempt)
            case .graceOver: continue
            case .timedOut, nil:
                let log = await stop(id, session, &group)
                return progress.timedOut(log: log)
            }
        }
    }

    /// Asks the container to end, and waits; the caller removes what is left. Returns what its process left, where it
    /// ended by itself.
    @discardableResult
    private func stop(
        _ id: String, _ session: ContainerSession, _ group: inout TaskGroup<Event>
    ) async -> Attempt? {
        let signal = session.image.configuration.config?.stopSignal ?? "SIGTERM"
        try? await session.runtime.kill(id: id, signal: signal)
        group.addTask {
            try? await Task.sleep(for: .seconds(Self.grace))
            // Whatever still runs ends now, and its output comes to be known.
            try? await session.runtime.delete(id: id)
            try? await Task.sleep(for: .seconds(1))
            return .graceOver
        }
        while let event = await group.next() {
            if case .ran(let attempt) = event { return attempt }
            if case .graceOver = event { break }
        }
        return nil
    }

    private static func attempt(_ body: () async throws -> ProgramResult) async -> Attempt {
        do {
            let result = try await body()
            return Attempt(
                exit: result.exit, stdout: String(decoding: result.stdout, as: UTF8.self),
                stderr: String(decoding: result.stderr, as: UTF8.self))
        } catch {
            return Attempt(exit: nil, stdout: "", stderr: "\(error)")
        }
    }
}
