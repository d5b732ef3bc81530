// SPDX-License-Identifier: Apache-2.0

/// Whose packages an advisory speaks about: `Debian:13` is the family Debian in its release 13
/// (OSV schema, "affected[].package field").
package struct AdvisoryEcosystem: Sendable, Hashable, CustomStringConvertible {
    package let family: String
    /// Nil speaks about every release.
    package let release: String?

    package init(family: String, release: String?) {
        self.family = family
        self.release = release
    }

    /// Reads `Debian:13` or `Debian`.
    package init(_ text: String) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        family = String(parts[0])
        release = parts.count == 2 ? String(parts[1]) : nil
    }

    package var description: String { release.map { "\(family):\($0)" } ?? family }

    /// Whether what is said about `self` holds for `other`, one release of a family.
    package func covers(_ other: AdvisoryEcosystem) -> Bool {
        family == other.family && (release == nil || release == other.release)
    }
}
