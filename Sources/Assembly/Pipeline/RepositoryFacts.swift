// SPDX-License-Identifier: Apache-2.0

internal import Building
internal import Vocabulary

/// What is told of keeping a repository, of either family.
package enum RepositoryFacts {
    /// A package that was made.
    package struct Packed: Sendable, Encodable {
        package let path: String
        package let name: String
        package let version: String
        package let architecture: String
        /// Bytes.
        package let size: Int64
        /// Bytes.
        package let installedSize: Int64
        /// Files, directories and links.
        package let entries: Int

        /// - Parameter path: where the package went; where it was packed without it.
        init(_ packed: PackedPackage, at path: HostPath? = nil) {
            self.path = (path ?? packed.path).text
            name = packed.name.text
            version = packed.version
            architecture = packed.architecture
            size = packed.size
            installedSize = packed.installedSize
            entries = packed.entries
        }
    }

    /// An index that was written, or already said what it should.
    package struct Indexed: Sendable, Encodable {
        package let path: String
        package let packages: Int
        /// File names of the packages that were read through.
        package let read: [String]
        /// Of the packages whose record was kept.
        package let kept: Int
        /// Of the packages that were in the index before.
        package let gone: Int
        package let changed: Bool
    }
}
