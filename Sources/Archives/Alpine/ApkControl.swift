// SPDX-License-Identifier: Apache-2.0
package import Vocabulary

/// What a package (.apk, version 2) or an index holds before what its signatures are about.
package struct ApkSignature: Sendable, Equatable {
    /// `RSA` (PKCS #1 v1.5 with SHA-1), `RSA256`, `RSA512`, or whatever else stands there.
    package let algorithm: String
    /// The file name of the public key that made it: `wolfi-signing.rsa.pub`.
    package let key: String
    package let bytes: [UInt8]
}

/// One gzip member of a package file.
package struct ApkMember: Sendable, Equatable {
    /// Place in the file, in bytes.
    package let range: Range<Int64>
    /// As it stands in the file: what is hashed and signed.
    package let compressed: [UInt8]
}

/// A file of the control member: `.PKGINFO`, `.post-install`, `.trigger`, …
package struct ApkControlFile: Sendable, Equatable {
    package let name: String
    /// Permission bits.
    package let mode: UInt16
    /// Seconds since 1970.
    package let mtime: Int64
    package let bytes: [UInt8]
}

/// Everything of a package that stands before its files.
package struct ApkControl: Sendable, Equatable {
    package let info: PackageInfo
    /// In their order, `.PKGINFO` among them.
    package let files: [ApkControlFile]
    /// What the signatures are about, and `checksum`.
    package let member: ApkMember
    /// Nil in an unsigned package.
    package let signatureMember: ApkMember?
    package let signatures: [ApkSignature]

    /// How indexes, locks and the installed database name the package: `Q1` and the SHA-1 of the compressed control
    /// member in base64.
    package var checksum: String { "Q1" + Base64.encode(ContentHasher.sha1(of: member.compressed)) }
}
