// SPDX-License-Identifier: Apache-2.0

internal import Vocabulary

/// Which distribution's advisories hold for an image, from its os-release (os-release(5)). `ID_LIKE` is not asked:
/// a derivative's versions and fixes are its own.
struct ScannedDistribution {
    /// "debian 13", nil where it is not known.
    let name: String?
    let ecosystem: AdvisoryEcosystem?
    let family: PackageFamily?
    /// Why nothing is known about it; nil where something is.
    let reason: String?

    /// What people call it, known or not.
    var label: String { name ?? "this distribution" }

    init(_ system: ImageInventory.OperatingSystem?) {
        guard let system else {
            self.init(unknown: "the image has no os-release, so its distribution is not known")
            return
        }
        let label = system.id + (system.versionID.map { " \($0)" } ?? "")
        guard let known = Self.known[system.id] else {
            self.init(unknown: "the distribution '\(label)' is not one that Slipway knows advisories for")
            return
        }
        let release: String?
        switch known.release {
        case .none: release = nil
        case .parts(let count, let prefix):
            let parts = (system.versionID ?? "").split(separator: ".")
            // What moves has no VERSION_ID or more than numbers in it (3.22.0_alpha20250108), and no fixed set of
            // advisories.
            guard parts.count >= count, parts.allSatisfy({ Int($0) != nil }) else {
                self.init(
                    unknown:
                        "the image is \(known.ecosystem) without a release number (a moving one, such as "
                        + "testing, unstable or edge)")
                return
            }
            release = prefix + parts.prefix(count).joined(separator: ".")
        }
        self.init(
            name: label, ecosystem: AdvisoryEcosystem(family: known.ecosystem, release: release),
            family: known.family, reason: nil)
    }

    /// How an ecosystem of OSV calls a release of a distribution (OSV schema, "Defined ecosystems").
    private enum Release {
        /// It has no releases.
        case none
        /// So many parts of VERSION_ID, after a prefix: `13`, `v3.20`.
        case parts(Int, prefix: String)
    }

    private static let known: [String: (ecosystem: String, release: Release, family: PackageFamily)] = [
        "debian": ("Debian", .parts(1, prefix: ""), .debian),
        "alpine": ("Alpine", .parts(2, prefix: "v"), .alpine),
        "wolfi": ("Wolfi", .none, .alpine),
        "chainguard": ("Chainguard", .none, .alpine),
    ]

    private init(unknown reason: String) {
        self.init(name: nil, ecosystem: nil, family: nil, reason: reason)
    }

    private init(name: String?, ecosystem: AdvisoryEcosystem?, family: PackageFamily?, reason: String?) {
        self.name = name
        self.ecosystem = ecosystem
        self.family = family
        self.reason = reason
    }
}
