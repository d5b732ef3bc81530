// SPDX-License-Identifier: Apache-2.0

/// An `APKINDEX.tar.gz` read by gzip and tar themselves.
package enum AlpineIndexFile {
    /// The text of the index within the archive at a path relative to `../shared/fixtures`.
    package static func text(_ fixture: String) throws -> [UInt8] {
        try Tool.sh("gzip -dc '\(SharedFixtures.path(fixture))' | tar -xOf - APKINDEX", in: ".")
    }

    /// Alpine 3.16's main repository for x86_64: 4,929 packages.
    package static func alpine316() throws -> [UInt8] {
        try text("apk/apk/alpine-316/APKINDEX.tar.gz")
    }
}
