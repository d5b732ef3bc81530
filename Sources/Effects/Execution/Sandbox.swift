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

        package init(root: HostPath) { self.root = root }
    }

    /// Whom programs run as; files that they make belong to the caller.
    package static let user: UInt32 = 1000

    private let bubblewrap: Program

    /// Uses bwrap of the system directories.
    package static func find() throws(ExecutionError) -> Sandbox {
        Sandbox(bubblewrap: try Program.find("bwrap", debianPackage: "bubblewrap"))
    }

    /// Runs a program to its end and hands on what it writes as it comes; returns its exit status. It and everything
    /// that it started are gone afterwards, however it ended. Throws `timedOut`, or why bubblewrap could not be started.
    package func run(
        _ arguments: [String], in room: Room, within seconds: Int? = nil,
        to receive: @escaping @Sendable (Program.Stream, [UInt8]) -> Void
    ) async throws(ExecutionError) -> Int32 {
        let all = Self.arguments(for: room) + arguments
        guard let seconds else { return try await bubblewrap.stream(all, to: receive) }
        return try await bubblewrap.stream(all, within: seconds, to: receive)
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
            "--ro-bind", room.root.text, "/", "--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp",
            "--tmpfs",
            "/run",
        ]
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
