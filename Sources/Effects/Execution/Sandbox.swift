// SPDX-License-Identifier: Apache-2.0

internal import Glibc
package import Vocabulary

/// Runs programs that nobody vouches for with bubblewrap: in a root file system of their own that they cannot change, as
/// user 1000 of their own, without network, without capabilities, and with no process but their own in sight.
package struct Sandbox: Sendable {
    /// What a program in it finds.
    package struct Room: Sendable, Equatable {
        /// A folder of the host at a place of the room.
        package struct Folder: Sendable, Equatable {
            package var host: HostPath
            package var place: String
            package var isWritable: Bool

            package init(host: HostPath, place: String, isWritable: Bool) {
                self.host = host
                self.place = place
                self.isWritable = isWritable
            }
        }

        /// The root file system. It must hold `proc`, `dev`, `tmp`, `run` and the places of the folders.
        package var root: HostPath
        package var folders: [Folder] = []
        /// All of it: nothing of the caller's is seen.
        package var environment: [String: String] = [:]
        package var workingDirectory = "/"
        /// Of everything that runs in it together, as far as this machine lets us hold them.
        package var limits = ControlGroup.Limits()
        /// Bytes that `/tmp` holds; nil for half of the machine's memory.
        package var temporarySize: Int64?
        /// Capabilities (`CAP_…`) that programs have over what is theirs: in a namespace of their own.
        package var capabilities: [String] = []

        package init(root: HostPath) { self.root = root }
    }

    /// Whom programs run as; files that they make belong to the caller.
    package static let user: UInt32 = 1000

    /// How a program ended.
    package struct Outcome: Sendable, Equatable {
        /// The status; 128 + n where signal n ended it.
        package var exit: Int32
        package var events = ControlGroup.Events()
    }

    private let bubblewrap: Program
    private let shell: Program
    /// In whose mount namespace rooms are opened.
    private var folder: BoundedFolder?

    /// Uses bwrap of the system directories.
    package static func find() throws(ExecutionError) -> Sandbox {
        Sandbox(
            bubblewrap: try Program.find("bwrap", debianPackage: "bubblewrap"),
            shell: try Program.find("sh", debianPackage: "dash"))
    }

    /// The same for rooms that hold the folder; what is in it counts as memory beside the rooms' own.
    package func seeing(_ folder: BoundedFolder) -> Sandbox {
        var sandbox = self
        sandbox.folder = folder
        return sandbox
    }

    /// Runs a program to its end and hands on what it writes as it comes; returns its exit status. It and everything
    /// that it started are gone afterwards, however it ended. Throws `timedOut`, or why bubblewrap could not be started.
    package func run(
        _ arguments: [String], in room: Room, within seconds: Int? = nil,
        to receive: @escaping @Sendable (Program.Stream, [UInt8]) -> Void
    ) async throws(ExecutionError) -> Int32 {
        try await outcome(of: arguments, in: room, within: seconds, to: receive).exit
    }

    /// The same, with what became of the room's limits.
    package func outcome(
        of arguments: [String], in room: Room, within seconds: Int? = nil,
        to receive: @escaping @Sendable (Program.Stream, [UInt8]) -> Void
    ) async throws(ExecutionError) -> Outcome {
        let group = group(for: room)
        defer { withExtendedLifetime(group) {} }
        let all = entrance(to: group) + Self.arguments(for: seen(room)) + arguments
        let exit: Int32
        if let seconds {
            exit = try await shell.stream(all, within: seconds, to: receive)
        } else {
            exit = try await shell.stream(all, to: receive)
        }
        return Outcome(exit: exit, events: group?.events() ?? ControlGroup.Events())
    }

    /// Opens the room on the caller's terminal and waits until the program ends. The program gets a terminal of its own
    /// (script(1) hands on what is typed), so that it can neither read the caller's nor type on it (TIOCSTI).
    package func open(_ arguments: [String], in room: Room, terminal: String) async throws(ExecutionError) {
        let script = try Program.find("script", debianPackage: "bsdutils")
        let group = group(for: room)
        defer { withExtendedLifetime(group) {} }
        var room = room
        room.environment["TERM"] = terminal
        let all =
            [shell.path.text] + entrance(to: group)
            + Self.arguments(for: seen(room)).filter { $0 != "--new-session" } + arguments
        let line = all.map { "'\($0.replacing("'", with: "'\\''"))'" }.joined(separator: " ")
        try await script.attached(
            ["--quiet", "--return", "--command", "exec \(line)", "/dev/null"],
            environment: ["TERM": terminal, "SHELL": shell.path.text])
    }

    /// Paths that lead through the process that holds the folder, as that process has them itself.
    private func seen(_ room: Room) -> Room {
        guard let folder else { return room }
        var room = room
        for index in room.folders.indices {
            room.folders[index].host = folder.inside(room.folders[index].host)
        }
        return room
    }

    private func group(for room: Room) -> ControlGroup? {
        guard room.limits != ControlGroup.Limits() else { return nil }
        var limits = room.limits
        limits.memory = limits.memory.map { $0 + (folder?.size ?? 0) }
        return ControlGroup.make(limits)
    }

    /// The shell's arguments: it goes into the group, and becomes bubblewrap, whose arguments follow.
    private func entrance(to group: ControlGroup?) -> [String] {
        let doors = group?.doors ?? []
        var arguments = [
            "-c",
            "n=$1; shift; while [ $n -gt 0 ]; do echo 0 >\"$1\" || exit 125; shift; n=$((n - 1)); done; exec \"$@\"",
            "sh", "\(doors.count)",
        ]
        arguments += doors.map(\.text)
        if let folder {
            arguments += ["nsenter", "--mount=/proc/\(folder.holder)/ns/mnt"]
            if geteuid() != 0 {
                arguments += ["--user=/proc/\(folder.holder)/ns/user", "--preserve-credentials"]
            }
            arguments += ["--"]
        }
        return arguments + [bubblewrap.path.text]
    }

    /// Where root has his way with the kernel, without any capability: as the owner of these files. Where the caller is
    /// root, whom the sandbox knows as its user, they must not be writable.
    private static let kernelSettings = [
        "/proc/sys", "/proc/bus", "/proc/fs", "/proc/irq", "/proc/sysrq-trigger",
    ]
    /// What he could read of it.
    private static let kernelSecrets = [
        "/proc/kcore", "/proc/keys", "/proc/kmsg", "/proc/latency_stats", "/proc/sched_debug",
        "/proc/timer_list", "/proc/kpagecount", "/proc/kpageflags", "/proc/vmallocinfo", "/proc/slabinfo",
    ]

    /// bubblewrap's own arguments, up to the program's.
    static func arguments(for room: Room) -> [String] {
        var arguments = [
            "--unshare-all", "--unshare-user", "--uid", "\(user)", "--gid", "\(user)", "--hostname", "build",
            "--die-with-parent", "--new-session", "--cap-drop", "ALL", "--clearenv",
            "--ro-bind", room.root.text, "/", "--proc", "/proc", "--dev", "/dev",
        ]
        for capability in room.capabilities { arguments += ["--cap-add", capability] }
        let size = room.temporarySize.map { ["--size", "\($0)"] } ?? []
        arguments += size + ["--tmpfs", "/tmp"] + size + ["--tmpfs", "/run"]
        for place in kernelSettings where access(place, F_OK) == 0 {
            arguments += ["--ro-bind", place, place]
        }
        for place in kernelSecrets where access(place, F_OK) == 0 {
            arguments += ["--ro-bind", "/dev/null", place]
        }
        for folder in room.folders {
            arguments += [folder.isWritable ? "--bind" : "--ro-bind", folder.host.text, folder.place]
        }
        for (name, value) in room.environment.sorted(by: { $0.key < $1.key }) {
            arguments += ["--setenv", name, value]
        }
        return arguments + ["--chdir", room.workingDirectory, "--"]
    }
}
