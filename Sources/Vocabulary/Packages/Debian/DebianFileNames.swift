// SPDX-License-Identifier: Apache-2.0

extension LockedPackage {
    /// What a Debian package's file is called in a pool, which leaves epochs out, and in apt's cache, which escapes them.
    var debianFileNames: [String] {
        let parts = version.split(separator: ":", maxSplits: 1)
        return [parts.last.map(String.init) ?? "", parts.joined(separator: "%3a")].map {
            "\(name)_\($0)_\(architecture).deb"
        }
    }
}
