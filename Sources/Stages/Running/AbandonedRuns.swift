// SPDX-License-Identifier: Apache-2.0

internal import Execution
internal import Storage
internal import Vocabulary

/// What runs left that were killed: containers, which live on without them, and images that were unpacked for them.
/// Each run holds the lock of its image's prefix, so what is under a lock that can be had belongs to nobody.
struct AbandonedRuns {
    let directory: HostPath
    let runtime: ContainerRuntime

    /// Removes all of it, whatever images it was of, but what bears `mine`, whose lock the caller holds. Returns the
    /// ids of the containers.
    func clear(except mine: String? = nil) async throws -> [String] {
        var ids: [String: [String]] = [:]
        for id in try await runtime.list(prefix: "slipway-") {
            ids[id.split(separator: "-").prefix(2).joined(separator: "-"), default: []].append(id)
        }
        for name in try HostDirectory.exists(directory) ? HostDirectory.names(in: directory) : []
        where name.hasPrefix("slipway-") && !name.hasSuffix(Self.lockSuffix) {
            ids[name, default: []] += []
        }
        var removed: [String] = []
        for (prefix, containers) in ids.sorted(by: { $0.key < $1.key }) where prefix != mine {
            guard let lock = try Self.lock(prefix, in: directory) else { continue }
            defer { withExtendedLifetime(lock) {} }
            for id in containers { try await runtime.delete(id: id) }
            try HostDirectory.remove(directory / prefix)
            removed += containers
        }
        return removed
    }

    private static let lockSuffix = ".lock"

    /// The lock of a prefix; nil where a run has it.
    static func lock(_ prefix: String, in directory: HostPath) throws -> FileLock? {
        do {
            return try FileLock(directory / "\(prefix)\(lockSuffix)", waiting: false)
        } catch StorageError.locked {
            return nil
        }
    }
}
