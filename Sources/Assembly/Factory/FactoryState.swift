// SPDX-License-Identifier: Apache-2.0

package import Records
internal import Storage
package import Vocabulary

/// The one factory of a state directory: its lock and its records. Whoever holds the value works alone there.
package struct FactoryState: Sendable {
    package let directory: HostPath
    package let records: FactoryRecords
    private let lock: FileLock

    /// Takes the directory for this process, making it where it is missing.
    /// - Throws: `FactoryError.alreadyRunning`, `StorageError`, `RecordsError`.
    package init(claiming directory: HostPath) throws {
        try HostDirectory.create(directory, durable: true)
        do {
            lock = try FileLock(directory / "factory.lock", waiting: false)
        } catch StorageError.locked {
            throw FactoryError.alreadyRunning(directory)
        }
        self.directory = directory
        records = try FactoryRecords(at: directory / "factory.sqlite")
    }

    /// The records alone, for readers beside the factory.
    package static func records(in directory: HostPath) throws -> FactoryRecords {
        try HostDirectory.create(directory, durable: true)
        return try FactoryRecords(at: directory / "factory.sqlite")
    }
}
