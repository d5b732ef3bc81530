// SPDX-License-Identifier: Apache-2.0

/// Whose packages they are, as os-release (os-release(5)) and scanners name it: `debian-13`, `alpine-3.20.3`, `wolfi`.
package struct Distribution: Hashable, Sendable, CustomStringConvertible {
    package var id: String
    /// VERSION_ID, or a codename where there is no number; nil where it is not known.
    package var version: String?

    package init(id: String, version: String?) {
        self.id = id
        self.version = version
    }

    /// What an image says it is.
    package init(_ system: ImageInventory.OperatingSystem) {
        self.init(id: system.id, version: system.versionID ?? system.codename)
    }

    package var description: String { version.map { "\(id)-\($0)" } ?? id }
}
