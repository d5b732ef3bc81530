// SPDX-License-Identifier: Apache-2.0

extension Distribution {
    /// Packages that bring os-release, and whose it is then.
    private static let alpineOwners = [
        ("wolfi-baselayout", "wolfi"), ("chainguard-baselayout", "chainguard"), ("alpine-release", "alpine"),
        ("alpine-baselayout", "alpine"), ("alpine-base", "alpine"),
    ]

    /// A distribution of the Alpine family by the package that brings its os-release: an index does not say whose it
    /// is. Only alpine-release has the distribution's own version. Nil where no such package is in the image.
    static func alpine(_ lock: ArchitectureLock) -> Distribution? {
        for (owner, id) in alpineOwners {
            guard let package = lock.packages.first(where: { $0.name.text == owner }) else { continue }
            let version = owner == "alpine-release" ? package.version.split(separator: "-").first : nil
            return Distribution(id: id, version: version.map(String.init))
        }
        return nil
    }
}
