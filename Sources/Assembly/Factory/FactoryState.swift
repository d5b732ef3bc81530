// SPDX-License-Identifier: Apache-2.0

package import Records
internal import Storage
package import Vocabulary

/// The state directory of a factory: its locks and its records.
package struct FactoryState: Sendable {
    package let directory: HostPath
    package let records: FactoryRecords
    /// Held by the one factory of the directory; nil for orders beside it.
    private let lock: FileLock?

    /// Takes the directory for this process, making it where it is missing: whoever holds the value is the only one who
    /// has rounds there.
    /// - Throws: `FactoryError.alreadyRunning`, `StorageError`, `RecordsError`.
    package init(claiming directory: HostPath) throws {
        try HostDirectory.create(directory, durable: true)
        do {
            lock = try FileLock(directory / "factory.lock", waiting: false)
        } catch StorageError.locked {
            throw FactoryError.alreadyRunning(directory)
        }
        self.directory = directory
        records = try Self.open(directory)
    }

    /// The directory for somebody who only moves tags, which may be done while a factory works there.
    /// - Throws: `StorageError`, `RecordsError`.
    package init(beside directory: HostPath) throws {
        lock = nil
        self.directory = directory
        records = try Self.records(in: directory)
    }

    /// The records alone, for readers beside the factory.
    package static func records(in directory: HostPath) throws -> FactoryRecords {
        try HostDirectory.create(directory, durable: true)
        return try open(directory)
    }

    private static func open(_ directory: HostPath) throws -> FactoryRecords {
        try FactoryRecords(at: directory / "factory.sqlite")
    }

    /// Runs `body`, which reads where tags stand, moves them and writes that down, while nobody else does: a rollback
    /// and a rebuild never pass between each other's steps.
    func movingTags<Value: Sendable>(
        _ workers: WorkerThreads, _ body: () async throws -> Value
    ) async throws -> Value {
        let path = directory / "tags.lock"
        let lock = try await workers.run { try FileLock(path) }
        defer { withExtendedLifetime(lock) {} }
        return try await body()
    }
}
