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
        guard system.id == "debian" else {
            self.init(unknown: "the distribution '\(label)' is not one that Slipway knows advisories for")
            return
        }
        // Testing and unstable have no VERSION_ID and no fixed set of advisories.
        guard let release = system.versionID?.split(separator: ".").first, Int(release) != nil else {
            self.init(unknown: "the image is Debian without a release number (testing or unstable)")
            return
        }
        self.init(
            name: label, ecosystem: AdvisoryEcosystem(family: "Debian", release: String(release)),
            family: .debian,
            reason: nil)
    }

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
