// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import FoundationEssentials
internal import Glibc
internal import Logging
internal import Pipeline
internal import UnixSignals
internal import Vocabulary

/// One run of a command: its terminal, its workshop, its way to end. Ctrl-C cancels the work, which leaves nothing
/// half-done, and exits with 130.
struct Session: Sendable {
    let terminal: Terminal
    let environment: [String: String]
    let options: CommonOptions

    init(_ options: CommonOptions) {
        environment = ProcessInfo.processInfo.environment
        terminal = Terminal.current(environment: environment)
        self.options = options
    }

    static let now: @Sendable () -> Timestamp = { Timestamp(seconds: Int64(time(nil))) }

    /// `SOURCE_DATE_EPOCH` of the environment, where it is set.
    func sourceDateEpoch() throws -> Timestamp? {
        guard let epoch = environment["SOURCE_DATE_EPOCH"] else { return nil }
        guard let seconds = Int64(epoch), seconds >= 0 else {
            throw ValidationError("SOURCE_DATE_EPOCH is '\(epoch)'; it is a number of seconds since 1970")
        }
        return Timestamp(seconds: seconds)
    }

    /// Runs `body` in a workshop; errors become one sentence on stderr and an exit code. `offline`: nothing in the
    /// workshop reaches the network.
    func run(
        offline: Bool = false, _ body: @escaping @Sendable (Workshop) async throws -> ExitCode
    ) async throws {
        let code = await outcome {
            try await Workshop.with(
                environment: environment,
                threads: options.threads ?? Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))), offline: offline,
                report: ProgressLines(terminal, isQuiet: options.quiet).reporter, logger: Self.logger,
                now: Self.now, body)
        }
        terminal.clear()
        if code != .success { throw code }
    }

    private static var logger: Logger {
        var logger = Logger(label: "slipway")
        logger.logLevel = .warning
        return logger
    }

    private enum Ending {
        case finished(ExitCode)
        case interrupted(ExitCode)
        /// Cancelled from within; whoever did it says why.
        case cancelled
    }

    private func outcome(_ work: @escaping @Sendable () async throws -> ExitCode) async -> ExitCode {
        await withTaskGroup(of: Ending.self) { group in
            group.addTask { await ending(of: work) }
            group.addTask {
                for await signal in await UnixSignalsSequence(trapping: [.sigint, .sigterm]) {
                    return .interrupted(signal == .sigterm ? .terminated : .interrupted)
                }
                return .cancelled
            }
            let first = await group.next() ?? .cancelled
            group.cancelAll()
            if case .finished(let code) = first { return code }
            // Interrupted: the work is given the time to clean up behind itself.
            await group.waitForAll()
            terminal.clear()
            terminal.say("interrupted")
            if case .interrupted(let code) = first { return code }
            return .interrupted
        }
    }

    private func ending(of work: @Sendable () async throws -> ExitCode) async -> Ending {
        do {
            return .finished(try await work())
        } catch is CancellationError {
            return .cancelled
        } catch let code as ExitCode {
            return .finished(code)
        } catch {
            // What a step says of being interrupted is no error of its own.
            if Task.isCancelled { return .cancelled }
            terminal.fail("\(error)")
            return .finished((error as? any ExitCoded)?.exitCode ?? .failure)
        }
    }

    /// Facts as JSON for programs, or as the lines that `text` makes of them.
    func show(_ facts: some Encodable, _ text: () -> [String]) throws {
        if options.json {
            terminal.print(try CanonicalJSON.encodeForPeople(facts))
        } else {
            for line in text() { terminal.print(line) }
        }
    }

    /// One thing that happened in a command that goes on: a line of JSON for programs, a line of talk for people.
    func announce(_ fact: some Encodable, _ text: () -> String) {
        if options.json, let line = try? CanonicalJSON.encode(fact) {
            terminal.print(line + [0x0A])
        } else {
            terminal.say(text())
        }
    }
}
