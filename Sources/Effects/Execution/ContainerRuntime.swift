// SPDX-License-Identifier: Apache-2.0

internal import Glibc
package import Vocabulary

/// An OCI runtime of the machine, runc or crun. Containers have ids that the caller chooses (deterministic, with a
/// prefix), and live under a state directory of our own, so that what a killed process left is found and reaped.
package struct ContainerRuntime: Sendable {
    /// How to run one process in a container that runs already.
    package struct Command: Sendable, Equatable {
        package var arguments: [String]
        /// `UID[:GID]`; nil for the container's own.
        package var user: String?
        package var environment: [String: String]
        package var workingDirectory: String?

        package init(
            _ arguments: [String], user: String? = nil, environment: [String: String] = [:],
            workingDirectory: String? = nil
        ) {
            self.arguments = arguments
            self.user = user
            self.environment = environment
            self.workingDirectory = workingDirectory
        }
    }

    /// "runc" or "crun".
    package let name: String
    /// "1.1.5".
    package let version: String
    let program: Program
    private let prefix: [String]
    private let state: HostPath

    /// The first of `names` that is installed; `state` is the directory in which it keeps what runs.
    package static func find(
        state: HostPath, among names: [String] = ["runc", "crun"]
    ) async throws(ExecutionError) -> ContainerRuntime {
        for name in names {
            let program: Program
            do throws(ExecutionError) {
                program = try Program.find(name, debianPackage: name)
            } catch .missing { continue }
            return try await ContainerRuntime(program, state: state)
        }
        throw .noRuntime
    }

    init(_ program: Program, state: HostPath) async throws(ExecutionError) {
        name = program.name
        let line = try await program.version()
        version = String(line.split(separator: " ").last ?? "")
        self.state = state
        // crun refuses a machine with both cgroup versions unless the second is out of its sight.
        if program.name == "crun", access("/sys/fs/cgroup/unified/cgroup.controllers", F_OK) == 0 {
            self.program = try Program.find("unshare", debianPackage: "util-linux")
            prefix = [
                "--mount", "/bin/sh", "-c", "umount /sys/fs/cgroup/unified && exec \"$@\"", "sh",
                program.path.text,
            ]
        } else {
            self.program = program
            prefix = []
        }
    }

    /// Runs the bundle's process to its end; it and everything it started are gone afterwards, however it ended.
    package func run(
        bundle: HostPath, id: String, outputLimit: Int = 1 << 20,
        within seconds: Int? = nil
    ) async throws(ExecutionError) -> ProgramResult {
        try await call(
            ["run", "--bundle", bundle.text, id], outputLimit: outputLimit, within: seconds)
    }

    /// Runs a command in a container that runs.
    package func exec(
        id: String, _ command: Command, outputLimit: Int = 1 << 20,
        within seconds: Int? = nil
    ) async throws(ExecutionError) -> ProgramResult {
        var arguments = ["exec"]
        if let user = command.user { arguments += ["--user", user] }
        if let directory = command.workingDirectory { arguments += ["--cwd", directory] }
        for (name, value) in command.environment.sorted(by: { $0.key < $1.key }) {
            arguments += ["--env", "\(name)=\(value)"]
        }
        return try await call(
            arguments + [id] + command.arguments, outputLimit: outputLimit, within: seconds)
    }

    /// Ids of our containers that begin with `prefix`, whatever state they are in, sorted.
    package func list(prefix: String) async throws(ExecutionError) -> [String] {
        guard access(state.text, F_OK) == 0 else { return [] }
        let result = try await call(["list", "--quiet"], within: 30)
        guard result.exit == 0 else {
            throw .failed(program: name, exit: result.exit, said: result.complaint)
        }
        return String(decoding: result.stdout, as: UTF8.self).split(separator: "\n").map(String.init)
            .filter { $0.hasPrefix(prefix) }.sorted()
    }

    /// Sends a signal ("SIGTERM", "TERM", "15") to the container's first process. Throws where none is there.
    package func kill(id: String, signal: String) async throws(ExecutionError) {
        let result = try await call(["kill", id, signal], within: 30)
        if result.exit != 0 { throw .container(id: id, reason: "cannot be signalled: \(result.complaint)") }
    }

    /// Kills and removes a container, also where the task was cancelled: that is when it matters most. No error where
    /// it is gone.
    package func delete(id: String) async throws(ExecutionError) {
        let outcome = await uncancelled { () async -> Result<Void, ExecutionError> in
            do throws(ExecutionError) {
                let result = try await call(["delete", "--force", id], within: 30)
                if result.exit != 0, try await list(prefix: id).contains(id) {
                    throw .container(id: id, reason: "cannot be removed: \(result.complaint)")
                }
                return .success(())
            } catch {
                return .failure(error)
            }
        }
        try outcome.get()
    }

    /// Removes what earlier processes left. Returns the ids.
    @discardableResult
    package func reap(prefix: String) async throws(ExecutionError) -> [String] {
        let ids = try await list(prefix: prefix)
        for id in ids { try await delete(id: id) }
        return ids
    }

    func call(
        _ arguments: [String], outputLimit: Int = 1 << 20, within seconds: Int? = nil
    ) async throws(ExecutionError) -> ProgramResult {
        try await program.run(
            self.arguments(arguments), outputLimit: outputLimit, within: seconds)
    }

    /// The runtime's own arguments, with what comes before each of its commands.
    func arguments(_ command: [String]) -> [String] { prefix + ["--root", state.text] + command }
}
