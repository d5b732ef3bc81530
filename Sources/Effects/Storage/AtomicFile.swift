// SPDX-License-Identifier: Apache-2.0

internal import CShim
internal import Glibc
package import Vocabulary

/// Replacing a file so that, whenever the power fails or the process is killed, the old or the new content is there.
package enum AtomicFile {
    /// The data reach the disk, then the name moves, then the directory reaches the disk. What killed writers left
    /// beside the file is swept.
    package static func replace(
        _ path: HostPath, with bytes: [UInt8], mode: UInt32 = 0o644
    ) throws(StorageError) {
        let new = try prepared(path, bytes, mode: mode)
        _ = try new.file.publish(as: String(path.name), in: new.directory, replacing: true)
        try new.directory.synchronize()
    }

    /// The same where the file must not be there yet (keys, first tags). False, and nothing changed, where it is.
    package static func create(
        _ path: HostPath, with bytes: [UInt8], mode: UInt32 = 0o644
    ) throws(StorageError) -> Bool {
        let new = try prepared(path, bytes, mode: mode)
        guard try new.file.publish(as: String(path.name), in: new.directory, replacing: false) else {
            return false
        }
        try new.directory.synchronize()
        return true
    }

    /// The same for what `body` writes, as much as it likes. Nothing has moved where it throws.
    @discardableResult
    package static func write<Value>(
        _ path: HostPath, mode: UInt32 = 0o644, _ body: (FileWriter) throws -> Value
    ) throws -> Value {
        let directory = try OpenFile.directory(path.parent)
        try NewFile.sweep(directory)
        let new = try NewFile(in: directory, mode: 0o600)
        let writer = FileWriter(new.file)
        let value = try body(writer)
        try writer.flush()
        try OpenFile.check("set the mode of", path) { fchmod(new.file.fd, mode) }
        try new.file.synchronizeData()
        _ = try new.publish(as: String(path.name), in: directory, replacing: true)
        try directory.synchronize()
        return value
    }

    private static func prepared(
        _ path: HostPath, _ bytes: [UInt8], mode: UInt32
    ) throws(StorageError) -> (file: NewFile, directory: OpenFile) {
        let directory = try OpenFile.directory(path.parent)
        try NewFile.sweep(directory)
        // Created private, opened up only when it is whole; fchmod is not subject to the umask.
        let new = try NewFile(in: directory, mode: 0o600)
        try bytes.lending { buffer throws(StorageError) in try new.file.write(buffer) }
        try OpenFile.check("set the mode of", path) { fchmod(new.file.fd, mode) }
        try new.file.synchronizeData()
        return (new, directory)
    }
}
