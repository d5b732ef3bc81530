// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import Subprocess
internal import SystemPackage
package import Vocabulary

/// What a finished program left.
package struct ProgramResult: Sendable, Equatable {
    /// The exit status; 128 + n where signal n ended it.
    package let exit: Int32
    package let stdout: [UInt8]
    package let stderr: [UInt8]

    package init(exit: Int32, stdout: [UInt8], stderr: [UInt8]) {
        self.exit = exit
        self.stdout = stdout
        self.stderr = stderr
    }

    /// The last lines of stderr, for an error's text.
    package var complaint: String {
        let lines = String(decoding: stderr.suffix(2000), as: UTF8.self).split(separator: "\n")
        return lines.suffix(3).joined(separator: "; ")
    }
}

/// A program of the system. It is looked for in fixed directories and never through PATH, which belongs to whoever
/// started us: a `gpgv` first on it must not decide what is trusted.
package struct Program: Sendable, Equatable {
    package static let systemDirectories = ["/usr/bin", "/bin", "/usr/sbin", "/sbin", "/usr/local/bin"]
        .map { HostPath($0) }

    package let name: String
    package let path: HostPath

    /// The named program; throws `missing` with the line that installs `debianPackage`, and `untrusted` where others
    /// than root could have put it there.
    package static func find(_ name: String, debianPackage: String) throws(ExecutionError) -> Program {
        try find(name, debianPackage: debianPackage, in: systemDirectories, owner: 0)
    }

    static func find(
        _ name: String, debianPackage: String, in directories: [HostPath], owner: UInt32
    ) throws(ExecutionError) -> Program {
        for directory in directories {
            let path = directory / name
            guard access(path.text, X_OK) == 0 else { continue }
            for checked in [directory, path] {
                var status = stat()
                guard stat(checked.text, &status) == 0 else { continue }
                guard status.st_uid == owner || status.st_uid == 0 else {
                    throw .untrusted(
                        path: checked, reason: "it belongs to user \(status.st_uid) and not to root")
                }
                guard status.st_mode & 0o002 == 0 else {
                    throw .untrusted(path: checked, reason: "everybody may write to it")
                }
            }
            return Program(name: name, path: path)
        }
        throw .missing(program: name, package: debianPackage)
    }

    /// Runs the program to its end. Its input is empty. It sees PATH (the system directories), LC_ALL=C.UTF-8, HOME=/ and `environment`,
    /// and nothing of ours. It is killed with its whole process group when it takes longer than `seconds`, when it
    /// writes more than `outputLimit` bytes to either stream, and when the task is cancelled.
    package func run(
        _ arguments: [String], environment: [String: String] = [:],
        outputLimit: Int = 1 << 20, within seconds: Int? = nil
    ) async throws(ExecutionError) -> ProgramResult {
        try await limited(to: seconds) {
            try await execute(arguments, environment: environment, outputLimit: outputLimit)
        }
    }

    /// What `work` returns where it ends in time; it is cancelled where it does not.
    func limited<Outcome: Sendable>(
        to seconds: Int?, _ work: @escaping @Sendable () async throws -> Outcome
    ) async throws(ExecutionError) -> Outcome {
        do {
            return try await withThrowingTaskGroup(of: Outcome?.self) { group in
                group.addTask { try await work() }
                if let seconds {
                    group.addTask {
                        try await Task.sleep(for: .seconds(seconds))
                        return nil
                    }
                }
                defer { group.cancelAll() }
                guard let outcome = try await group.next() ?? nil else {
                    throw ExecutionError.timedOut(program: name, seconds: seconds ?? 0)
                }
                return outcome
            }
        } catch let error as ExecutionError {
            throw error
        } catch is CancellationError {
            throw .cancelled(program: name)
        } catch {
            throw .cannotStart(program: name, reason: "\(error)")
        }
    }

    /// The first line that `--version` prints.
    package func version() async throws(ExecutionError) -> String {
        let result = try await run(["--version"], outputLimit: 64 << 10, within: 60)
        return String(String(decoding: result.stdout, as: UTF8.self).split(separator: "\n").first ?? "")
    }

    private func execute(
        _ arguments: [String], environment: [String: String], outputLimit: Int
    ) async throws -> ProgramResult {
        var options = PlatformOptions()
        // A session of its own: its children die with it, and a Ctrl-C reaches us alone.
        options.createSession = true
        options.teardownSequence = [
            .send(signal: .kill, toProcessGroup: true, allowedDurationToNextStep: .seconds(1))
        ]
        var variables: [Environment.Key: String] = [
            "PATH": Self.systemDirectories.map(\.text).joined(separator: ":"), "LC_ALL": "C.UTF-8",
            "HOME": "/",
        ]
        for (name, value) in environment { variables[Environment.Key(stringLiteral: name)] = value }
        let result = try await Subprocess.run(
            .path(FilePath(path.text)), arguments: Arguments(arguments), environment: .custom(variables),
            workingDirectory: "/", platformOptions: options, input: .none, output: .sequence,
            error: .sequence
        ) { try await gather($0, limit: outputLimit) }
        try Task.checkCancellation()
        let exit: Int32 =
            switch result.terminationStatus {
            case .exited(let code): code
            case .signaled(let signal): 128 + signal
            }
        let output = result.closureResult
        return ProgramResult(exit: exit, stdout: output.stdout, stderr: output.stderr)
    }

    private typealias Running = Execution<NoInput, SequenceOutput, SequenceOutput>

    /// Both streams to their ends; throws `tooMuchOutput` as soon as either passes the limit. The library's own limited
    /// output does not end the program there: it waits for it, and nothing cancels that wait.
    private func gather(
        _ running: Running, limit: Int
    ) async throws -> (stdout: [UInt8], stderr: [UInt8]) {
        try await withThrowingTaskGroup(of: (Stream, [UInt8]).self) { group in
            for (stream, pieces) in [
                (Stream.stdout, running.standardOutput), (.stderr, running.standardError),
            ] {
                group.addTask {
                    do {
                        return (stream, try await gather(pieces, limit: limit))
                    } catch {
                        try? running.send(signal: .kill, toProcessGroup: true)
                        throw error
                    }
                }
            }
            var gathered: (stdout: [UInt8], stderr: [UInt8]) = ([], [])
            for try await (stream, bytes) in group {
                switch stream {
                case .stdout: gathered.stdout = bytes
                case .stderr: gathered.stderr = bytes
                }
            }
            return gathered
        }
    }

    private func gather(_ pieces: SubprocessOutputSequence, limit: Int) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        for try await piece in pieces {
            guard bytes.count + piece.count <= limit else {
                throw ExecutionError.tooMuchOutput(program: name, limit: limit)
            }
            piece.withUnsafeBytes { bytes.append(contentsOf: $0) }
        }
        return bytes
    }
}
