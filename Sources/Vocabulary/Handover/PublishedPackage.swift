// SPDX-License-Identifier: Apache-2.0

/// A package file in a factory's repository.
package struct PublishedPackage: Sendable, Equatable, Codable {
    package var name: PackageName
    package var version: String
    package var architecture: String
    package var digest: Digest
    /// Bytes of the file, and of the files in it.
    package var size: Int64
    package var installedSize: Int64

    package init(
        name: PackageName, version: String, architecture: String, digest: Digest, size: Int64,
        installedSize: Int64
    ) {
        self.name = name
        self.version = version
        self.architecture = architecture
        self.digest = digest
        self.size = size
        self.installedSize = installedSize
    }
}
