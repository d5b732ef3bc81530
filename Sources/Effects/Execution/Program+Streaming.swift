// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import Subprocess
internal import SystemPackage
package import Vocabulary

extension Program {
    package enum Stream: Sendable, Equatable { case stdout, stderr }

    /// Runs the program, hands on what it writes as it comes, and returns its exit status (as `ProgramResult` has it). Its
    /// input is empty. When `seconds` are over or the task is cancelled it is asked to end, and killed with its process
    /// group where it does not within three seconds.
    package func stream(
        _ arguments: [String], within seconds: Int,
        to receive: @escaping @Sendable (Stream, [UInt8]) -> Void
    ) async throws(ExecutionError) -> Int32 {
        try await limited(to: seconds) { try await stream(arguments, to: receive) }
    }

    /// The same without an end to its time.
    package func stream(
        _ arguments: [String], to receive: @escaping @Sendable (Stream, [UInt8]) -> Void
    ) async throws(ExecutionError) -> Int32 {
        var options = PlatformOptions()
        options.createSession = true
        options.teardownSequence = [
            .send(signal: .terminate, allowedDurationToNextStep: .seconds(3)),
            .send(signal: .kill, toProcessGroup: true, allowedDurationToNextStep: .seconds(1)),
        ]
        let variables: [Environment.Key: String] = [
            "PATH": Self.systemDirectories.map(\.text).joined(separator: ":"), "LC_ALL": "C.UTF-8",
            "HOME": "/",
        ]
        do {
            let result = try await Subprocess.run(
                .path(FilePath(path.text)), arguments: Arguments(arguments), environment: .custom(variables),
                workingDirectory: "/", platformOptions: options, input: .none, output: .sequence,
                error: .sequence
            ) { execution in
                let (output, complaints) = (execution.standardOutput, execution.standardError)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await Self.forward(output, as: .stdout, to: receive) }
                    group.addTask { try await Self.forward(complaints, as: .stderr, to: receive) }
                    try await group.waitForAll()
                }
            }
            try Task.checkCancellation()
            switch result.terminationStatus {
            case .exited(let code): return code
            case .signaled(let signal): return 128 + signal
            }
        } catch is CancellationError {
            throw .cancelled(program: name)
        } catch {
            throw Task.isCancelled
                ? .cancelled(program: name) : .cannotStart(program: name, reason: "\(error)")
        }
    }

    /// Whether our input and output are a terminal.
    package static var hasTerminal: Bool { isatty(0) == 1 && isatty(1) == 1 }

    /// Runs the program on our own input and outputs, and waits until it ends, however it does. Where the task is
    /// cancelled it is asked to end, so that it can leave the terminal as it was, and killed where it does not within
    /// three seconds.
    func attached(_ arguments: [String], environment: [String: String]) async throws(ExecutionError) {
        var variables: [Environment.Key: String] = [
            "PATH": Self.systemDirectories.map(\.text).joined(separator: ":"), "LC_ALL": "C.UTF-8",
            "HOME": "/",
        ]
        for (name, value) in environment { variables[Environment.Key(stringLiteral: name)] = value }
        // In our own session, whose terminal it has.
        var options = PlatformOptions()
        options.teardownSequence = [.send(signal: .terminate, allowedDurationToNextStep: .seconds(3))]
        do {
            _ = try await Subprocess.run(
                .path(FilePath(path.text)), arguments: Arguments(arguments), environment: .custom(variables),
                workingDirectory: "/", platformOptions: options,
                input: .fileDescriptor(.standardInput, closeAfterSpawningProcess: false),
                output: .fileDescriptor(.standardOutput, closeAfterSpawningProcess: false),
                error: .fileDescriptor(.standardError, closeAfterSpawningProcess: false))
            try Task.checkCancellation()
        } catch {
            throw Task.isCancelled
                ? .cancelled(program: name) : .cannotStart(program: name, reason: "\(error)")
        }
    }

    private static func forward(
        _ pieces: SubprocessOutputSequence, as stream: Stream,
        to receive: @Sendable (Stream, [UInt8]) -> Void
    ) async throws {
        for try await piece in pieces { receive(stream, piece.withUnsafeBytes { Array($0) }) }
    }
}

extension ContainerRuntime {
    /// Runs the bundle's process to its end, handing on what it writes as it comes; returns its exit status. The
    /// runtime passes a request to end on to it.
    package func stream(
        bundle: HostPath, id: String, to receive: @escaping @Sendable (Program.Stream, [UInt8]) -> Void
    ) async throws(ExecutionError) -> Int32 {
        try await program.stream(arguments(["run", "--bundle", bundle.text, id]), to: receive)
    }
}
