// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import FoundationEssentials
internal import Glibc
internal import Logging
internal import Pipeline
internal import Synchronization
internal import UnixSignals
internal import Vocabulary

/// What every command takes.
struct CommonOptions: ParsableArguments {
    @Flag(help: "Print the facts as JSON on stdout.")
    var json = false

    @Flag(name: .shortAndLong, help: "Say nothing but warnings and errors.")
    var quiet = false

    @Option(help: "Codecs at once; the processor's count where not given.")
    var threads: Int?
}

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

    /// Runs `body` in a workshop; errors become one sentence on stderr and an exit code.
    func run(_ body: @escaping @Sendable (Workshop) async throws -> ExitCode) async throws {
        let code = await outcome {
            try await Workshop.with(
                environment: environment,
                threads: options.threads ?? Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))),
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

    private func outcome(_ work: @escaping @Sendable () async throws -> ExitCode) async -> ExitCode {
        await withTaskGroup(of: ExitCode?.self) { group in
            group.addTask {
                do {
                    return try await work()
                } catch is CancellationError {
                    return nil
                } catch let code as ExitCode {
                    return code
                } catch {
                    terminal.fail("\(error)")
                    return (error as? any ExitCoded)?.exitCode ?? .failure
                }
            }
            group.addTask {
                for await _ in await UnixSignalsSequence(trapping: [.sigint, .sigterm]) { return nil }
                return nil
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            if let first { return first }
            // Interrupted: the work is given the time to clean up behind itself.
            await group.waitForAll()
            terminal.clear()
            terminal.say("interrupted")
            return ExitCode(130)
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
}

/// Errors that mean "no" rather than "no answer".
protocol ExitCoded {
    var exitCode: ExitCode { get }
}

extension ExitCode {
    /// A check, test or gate said no.
    static let refused = ExitCode(2)
    /// Nothing said no, but something could not be checked.
    static let unchecked = ExitCode(3)
}

extension PipelineError: ExitCoded {
    var exitCode: ExitCode {
        switch self {
        case .testsFailed, .gateRefused, .notAttested: .refused
        case .testsNotRun, .inputMissing: .unchecked
        default: .failure
        }
    }
}
