// SPDX-License-Identifier: Apache-2.0

/// A package that was chosen and whose file is known by its index's checksum alone: Fetching finds its SHA-256 before
/// it can stand in a lock.
package struct UnpinnedPackage: Sendable, Hashable {
    package var name: PackageName
    package var version: String
    /// As the index has it (`Q1…`).
    package var checksum: String
    /// Of the package file, in bytes, as the index says.
    package var size: Int64
    /// Where the file lies, the surest first.
    package var places: [String]

    package init(name: PackageName, version: String, checksum: String, size: Int64, places: [String]) {
        self.name = name
        self.version = version
        self.checksum = checksum
        self.size = size
        self.places = places
    }
}

/// The package files behind indexes' checksums.
package struct PackagePins: Sendable, Equatable {
    package struct File: Sendable, Hashable {
        package var digest: Digest
        /// In bytes.
        package var size: Int64

        package init(digest: Digest, size: Int64) {
            self.digest = digest
            self.size = size
        }
    }

    /// Key: the checksum as the index has it.
    package var files: [String: File]

    package init(files: [String: File] = [:]) { self.files = files }

    /// What an earlier lock says: while an index calls a package by the same checksum, it stays the same file.
    package init(of lock: Lock.Content) {
        files = [:]
        for package in lock.architectures.flatMap(\.packages) {
            guard let checksum = package.checksum else { continue }
            files[checksum] = File(digest: package.digest, size: package.size)
        }
    }
}
