// SPDX-License-Identifier: Apache-2.0

extension Distribution {
    /// Debian by the codename that its signed releases have; nil without one.
    static func debian(_ witness: Witness) -> Distribution? {
        guard let first = witness.repositories.lazy.compactMap(\.codename).first else { return nil }
        let codename = String(first.prefix { $0 != "-" })
        let numbers = ["bullseye": "11", "bookworm": "12", "trixie": "13", "forky": "14"]
        return Distribution(id: "debian", version: numbers[codename] ?? codename)
    }
}
