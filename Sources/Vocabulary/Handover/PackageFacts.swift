// SPDX-License-Identifier: Apache-2.0

/// What a package file of either family says and holds, for people and programs to read.
package struct PackageFacts: Sendable, Encodable, Equatable {
    /// One line of the package's own description, in its order and words.
    package struct Field: Sendable, Encodable, Equatable {
        package let name: String
        package let value: String

        package init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    package struct File: Sendable, Encodable, Equatable {
        /// Without a leading slash.
        package var path: String
        /// `file`, `directory`, `symlink`, `hardlink`, …
        package var kind: String
        /// Octal.
        package var mode: String
        package var uid: UInt32
        package var gid: UInt32
        /// Bytes.
        package var size: Int64
        package var target: String?
        /// Names of extended attributes.
        package var attributes: [String] = []

        package init(path: String, kind: String, mode: UInt16, uid: UInt32, gid: UInt32, size: Int64) {
            self.path = path
            self.kind = kind
            self.mode = String(mode, radix: 8)
            self.uid = uid
            self.gid = gid
            self.size = size
        }
    }

    package var name: String
    package var version: String
    package var architecture: String
    /// Bytes of the package file.
    package var size: Int64
    /// SHA-256 of the package file.
    package var digest: Digest
    /// How an index names the package where that is not its SHA-256: `Q1…`.
    package var checksum: String?
    /// Algorithm and key of each signature; nobody has checked them.
    package var signatures: [String] = []
    package var fields: [Field] = []
    /// Names of the scripts that a package manager would run.
    package var scripts: [String] = []
    package var files: [File] = []

    package init(name: String, version: String, architecture: String, size: Int64, digest: Digest) {
        self.name = name
        self.version = version
        self.architecture = architecture
        self.size = size
        self.digest = digest
    }
}
