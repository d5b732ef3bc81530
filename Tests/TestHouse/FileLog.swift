// SPDX-License-Identifier: Apache-2.0

/// What the shim wrote down: the operations of one run on files and directories, in order.
package struct FileLog: Sendable {
    package enum Event: Sendable, Equatable {
        case wrote(file: String, path: String)
        /// The data of a file, or the names in a directory, are on disk.
        case synced(file: String, path: String)
        /// The whole file system is.
        case syncedAll
        case made(directory: String)
        case named(file: String, path: String)
        case killed(at: Int, path: String)
    }

    package let events: [Event]

    package init(_ text: String) {
        events = text.split(separator: "\n").compactMap { line in
            let parts = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
            switch (parts[0], parts.count) {
            case ("write", 3): return .wrote(file: parts[1], path: parts[2])
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
}
