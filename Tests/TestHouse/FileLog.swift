// SPDX-License-Identifier: Apache-2.0

/// What the shim wrote down: the operations of one run on files, directories and sockets, in order.
package struct FileLog: Sendable {
    package enum Event: Sendable, Equatable {
        case wrote(file: String, path: String, bytes: Int)
        /// The data of a file, or the names in a directory, are on disk.
        case synced(file: String, path: String)
        /// The whole file system is.
        case syncedAll
        case made(directory: String)
        case named(file: String, path: String)
        case sent
        case killed(at: Int, path: String)
    }

    package let events: [Event]

    package init(_ text: String) {
        events = text.split(separator: "\n").compactMap { line in
            let parts = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
            let operation = parts[0].split(separator: " ").map(String.init)
            switch (operation.first ?? "", parts.count) {
            case ("write", 3):
                return .wrote(file: parts[1], path: parts[2], bytes: operation.last.flatMap { Int($0) } ?? 0)
            case ("send", 2): return .sent
            case ("fsync", 3), ("fdatasync", 3): return .synced(file: parts[1], path: parts[2])
            case ("syncfs", 3): return .syncedAll
            case ("mkdir", 3): return .made(directory: parts[2])
            case ("link", 4), ("rename", 4): return .named(file: parts[1], path: parts[3])
            case ("killed", 3): return Int(parts[1]).map { .killed(at: $0, path: parts[2]) }
            default: return nil
            }
        }
    }

    /// Every new name of a regular file, in order: the n-th is what a kill at n stops at.
    package var names: [String] {
        events.compactMap { event in
            if case .named(_, let path) = event { path } else { nil }
        }
    }

    /// How often something was written to a socket.
    package var sendCount: Int { events.count { $0 == .sent } }

    /// Bytes that were written to files below a directory.
    package func bytesWritten(below directory: String) -> Int {
        events.reduce(0) { sum, event in
            guard case .wrote(_, let path, let bytes) = event, path.hasPrefix("\(directory)/") else {
                return sum
            }
            return sum + bytes
        }
    }
}
