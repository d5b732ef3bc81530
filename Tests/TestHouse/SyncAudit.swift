// SPDX-License-Identifier: Apache-2.0

/// Holds a run's log against the rule that nothing is lost when the power fails: a file's data are on disk before it
/// has its name; before a name that others follow moves (tag, index.json, lock, history), everything that was named
/// before it is on disk with its name; history is on disk before the work goes on; and at the end nothing is left in
/// memory.
package struct SyncAudit {
    private let roots: [String]
    /// Written since they were synced.
    private var dirty: [String: String] = [:]
    /// Directories with names that may not be on disk.
    private var pending: [String: Set<String>] = [:]
    private var violations: [String] = []
    /// How many names were held against the rule: an audit that saw nothing proves nothing.
    package private(set) var judged = 0

    /// Only what is below `roots` must survive; caches need not.
    package init(roots: [String]) { self.roots = roots }

    /// Every breach, as a sentence.
    package mutating func violations(of log: FileLog) -> [String] {
        for event in log.events { take(event) }
        for (_, path) in dirty.sorted(by: { $0.key < $1.key }) {
            violations.append("\(path) is never synced")
        }
        for name in pending.values.joined().sorted() {
            violations.append("\(name) has its name, and its directory is never synced")
        }
        return violations
    }

    private mutating func take(_ event: FileLog.Event) {
        switch event {
        case .named, .made, .sent: requireHistoryOnDisk()
        case .wrote, .synced, .syncedAll, .killed: break
        }
        switch event {
        case .wrote(let file, let path, _):
            // SQLite's shared memory is rebuilt at every start.
            if isKept(path), !path.hasSuffix("-shm") { dirty[file] = path }
        case .synced(let file, let path):
            // A write-ahead log's sync is the moment in which history moves.
            if isKept(path), path.hasSuffix("-wal") { requireOnDisk(before: path) { _ in true } }
            dirty[file] = nil
            pending[path] = nil
        case .syncedAll:
            dirty = [:]
            pending = [:]
        case .made(let directory):
            // What stands above a root holds it.
            if isKept(directory) || roots.contains(where: { $0.hasPrefix("\(directory)/") }) {
                pending[Self.parent(directory), default: []].insert(directory)
            }
        case .named(let file, let path): name(file, path)
        case .sent, .killed: break
        }
    }

    private mutating func name(_ file: String, _ path: String) {
        // A temporary name may be lost.
        guard isKept(path), !Self.last(path).hasPrefix(".new-") else { return }
        judged += 1
        if dirty[file] != nil { violations.append("\(path) has its name before its data are on disk") }
        let parts = path.split(separator: "/")
        if parts.contains(where: { ["_blobs", "_manifests", "_referrers"].contains($0) }) {
            // A registry takes several uploads at once: this name follows its own content alone.
            requireOnDisk(before: path) { Self.last($0) == Self.last(path) || path.hasPrefix("\($0)/") }
        } else if !path.contains("/blobs/sha256/") {
            requireOnDisk(before: path) { _ in true }
        }
        pending[Self.parent(path), default: []].insert(path)
    }

    private mutating func requireOnDisk(before path: String, _ isFollowed: (String) -> Bool) {
        for name in pending.values.joined().sorted() where name != path && isFollowed(name) {
            violations.append("\(path) moves while the name \(name) may not be on disk")
        }
    }

    /// A transaction of SQLite is short: where the work goes on, what it wrote is acknowledged.
    private mutating func requireHistoryOnDisk() {
        for (file, path) in dirty where path.hasSuffix("-wal") {
            violations.append("\(path) is acknowledged before it is on disk")
            dirty[file] = nil
        }
    }

    private func isKept(_ path: String) -> Bool { roots.contains { path == $0 || path.hasPrefix("\($0)/") } }

    private static func parent(_ path: String) -> String {
        path.split(separator: "/").dropLast().map { "/\($0)" }.joined()
    }

    private static func last(_ path: String) -> Substring { path.split(separator: "/").last ?? "" }
}
