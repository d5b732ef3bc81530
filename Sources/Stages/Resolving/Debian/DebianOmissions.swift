// SPDX-License-Identifier: Apache-2.0

internal import Vocabulary

/// The curated lists as they hold for one definition: what it asks for or keeps is never left out, what it drops is.
struct DebianOmissions {
    static let byDefinition = "dropped by the definition"

    /// What the walk leaves out, by name; data-only packages too, since nothing behind them is needed.
    private(set) var table: [String: DebianTranslator.Omission] = [:]
    /// Data-only packages of which some files are in the image although nothing need depend on them.
    private(set) var unasked: [DebianRules.DataOnly] = []
    /// Data-only packages by name.
    private(set) var dataOnly: [String: DebianRules.DataOnly] = [:]
    /// Data-only packages that the definition keeps whole although nothing need depend on them.
    private(set) var promoted: [Located<PackageName>] = []
    private let droppedByDefinition: Set<String>

    init(rules: DebianRules, contents: ImageDefinition.Contents) {
        let kept = Set(contents.keep.map(\.value.text)).union(contents.packages.map(\.value.name.text))
        droppedByDefinition = Set(contents.drop.map(\.value.text)).subtracting(kept)
        for drop in rules.drops where !kept.contains(drop.name) {
            table[drop.name] = DebianTranslator.Omission(
                reason: drop.reason, wantedBy: drop.wantedBy, needs: drop.needs)
        }
        for data in rules.dataOnly {
            if let keep = contents.keep.first(where: { $0.value.text == data.name }), data.when.isUnasked {
                promoted.append(keep)
            }
            guard !kept.contains(data.name), !droppedByDefinition.contains(data.name) else { continue }
            dataOnly[data.name] = data
            switch data.when {
            case .always, .beside:
                unasked.append(data)
                table[data.name] = DebianTranslator.Omission(reason: data.reason, wantedBy: [])
            case .wantedBy(let names):
                table[data.name] = DebianTranslator.Omission(reason: data.reason, wantedBy: names)
            }
        }
        for name in droppedByDefinition {
            table[name] = DebianTranslator.Omission(reason: Self.byDefinition, wantedBy: [])
        }
    }

    func isDroppedByDefinition(_ name: String) -> Bool { droppedByDefinition.contains(name) }
}

extension DebianRules.DataOnly.When {
    /// Whether nothing need depend on the package.
    var isUnasked: Bool { if case .wantedBy = self { false } else { true } }
}
