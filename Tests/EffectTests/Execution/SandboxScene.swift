// SPDX-License-Identifier: Apache-2.0

import Execution
import Synchronization
import TestHouse
import Testing
import Vocabulary

/// A root file system of busybox alone, and a workspace.
final class SandboxScene: Sendable {
    static let isPossible = Tool.exists("bwrap") && Tool.exists("busybox")
    static let why: Comment = "needs bubblewrap and busybox-static"

    let scratch: Scratch
    private let output = Mutex<[UInt8]>([])

    init() throws {
        scratch = try Scratch()
        try scratch.sh(
            """
            mkdir -p root/proc root/dev root/tmp root/run root/etc root/home/build workspace
            \(Tool.busybox(in: "root/bin"))
            """)
    }

    var workspace: HostPath { HostPath("\(scratch.path)/workspace") }

    /// Runs a script with the workspace, or another folder, as its home; what it said, on both streams, and how it ended.
    func run(
        _ script: String, _ limits: ControlGroup.Limits = .init(), in folder: BoundedFolder? = nil,
        within seconds: Int = 60, temporary: Int64? = nil, capabilities: [String] = []
    ) async throws -> (outcome: Sandbox.Outcome, text: String) {
        var room = Sandbox.Room(root: HostPath("\(scratch.path)/root"))
        room.folders = [.init(host: folder?.path ?? workspace, place: "/home/build", isWritable: true)]
        room.environment = ["PATH": "/bin", "HOME": "/home/build"]
        room.workingDirectory = "/home/build"
        (room.limits, room.temporarySize, room.capabilities) = (limits, temporary, capabilities)
        output.withLock { $0 = [] }
        var sandbox = try Sandbox.find()
        if let folder { sandbox = sandbox.seeing(folder) }
        let outcome = try await sandbox.outcome(of: ["/bin/sh", "-c", script], in: room, within: seconds) {
            [self] _, bytes in output.withLock { $0 += bytes }
        }
        return (outcome, output.withLock { String(decoding: $0, as: UTF8.self) })
    }
}
