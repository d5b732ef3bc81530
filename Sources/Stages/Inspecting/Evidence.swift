// SPDX-License-Identifier: Apache-2.0

internal import Vocabulary

/// The files that say what an image is and what is installed in it.
enum Evidence {
    /// os-release(5): the second place where the first has nothing.
    static let operatingSystem = ["etc/os-release", "usr/lib/os-release"]
    /// Databases of families whose packages Slipway does not list yet, with the family's name.
    static let others = [
        ("var/lib/rpm/rpmdb.sqlite", "rpm"),
        ("var/lib/rpm/Packages", "rpm"), ("usr/lib/sysimage/rpm/rpmdb.sqlite", "rpm"),
        ("var/lib/pacman/local/ALPM_DB_VERSION", "pacman"), ("usr/lib/opkg/status", "opkg"),
    ]

    /// The most bytes that are kept of a file; nil for one that nothing is read from.
    static func limit(for path: ImagePath) -> Int? {
        if path.name == "os-release" { return 64 << 10 }
        return PackageFamily.databases.lazy.compactMap { $0.limit(for: path) }.first
    }
}
