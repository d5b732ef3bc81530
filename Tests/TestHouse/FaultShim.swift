// SPDX-License-Identifier: Apache-2.0

/// `Shim/faults.c`, compiled: what makes a run of `slipway` end at a rename, find the disk full, or leave a sync out,
/// and writes down in which order it wrote, synced and named its files.
package struct FaultShim: Sendable {
    package enum Fault: Sendable, Equatable {
        /// SIGKILL around the n-th rename or link of a regular file, counted from 1.
        case killed(at: Int, after: Bool)
        /// SIGKILL before the n-th write to a socket, counted from 1.
        case killedSending(at: Int)
        /// What is written below the directory beyond so many bytes gets ENOSPC.
        case fullDisk(after: Int, below: String)
        /// "fdatasync", "fsync" or "syncfs" says yes and does nothing.
        case dropped(String)
    }

    private let scratch: Scratch
    private var library: String { "\(scratch.path)/faults.so" }

    /// Whether there is a C compiler.
    package static let isPossible = Tool.exists("cc")

    package init() throws {
        scratch = try Scratch()
        try scratch.sh(
            "cc -shared -fPIC -O1 -Wall -Wextra -Werror -o faults.so '\(sourceRoot)/Tests/TestHouse/Shim/faults.c' -ldl"
        )
    }

    /// The variables that put a fault and a log into a run.
    package func environment(_ fault: Fault? = nil, log: String? = nil) -> [String: String] {
        var variables = ["LD_PRELOAD": library]
        variables["SLIPWAY_SHIM_LOG"] = log
        switch fault {
        case .killed(let number, let after):
            variables["SLIPWAY_SHIM_KILL"] = "\(number)"
            if after { variables["SLIPWAY_SHIM_KILL_AFTER"] = "1" }
        case .killedSending(let number): variables["SLIPWAY_SHIM_KILL_SENDING"] = "\(number)"
        case .fullDisk(let bytes, let directory):
            variables["SLIPWAY_SHIM_FULL"] = "\(bytes):\(directory)"
        case .dropped(let operation): variables["SLIPWAY_SHIM_DROP"] = operation
        case nil: break
        }
        return variables
    }
}
