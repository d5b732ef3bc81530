// SPDX-License-Identifier: Apache-2.0

internal import Vocabulary

extension StrictDecoder {
    /// The family's own where none is named, which the user hears.
    mutating func architectures(_ node: YAMLNode?, at root: SourceLocation) -> [Architecture] {
        guard let node, node.content != .sequence([]) else {
            report(Diagnostic(.note, .defaultArchitecture, language.defaultArchitecturesNote, at: root))
            return language.defaultArchitectures
        }
        return architectures(node, "archs")
    }

    /// Each once.
    mutating func architectures(_ node: YAMLNode, _ key: String) -> [Architecture] {
        var architectures: [Architecture] = []
        for item in list(node, key) {
            guard let text = line(item, key) else { continue }
            guard let architecture = language.architecture(text) else {
                let names = language.architectureNames
                let nearest = EditDistance.nearest(to: text, among: names)
                bad(
                    item, key, text,
                    "use one of \(names.joined(separator: ", "))"
                        + (nearest.map { "; did you mean '\($0)'?" } ?? ""))
                continue
            }
            if architectures.contains(architecture) {
                report(
                    Diagnostic(
                        .warning, .duplicateValue, "'\(text)' is named twice under '\(key)'",
                        at: item.location))
            } else {
                architectures.append(architecture)
            }
        }
        return architectures
    }

    mutating func certificates(_ node: YAMLNode?) -> ImageDefinition.Certificates {
        var certificates = ImageDefinition.Certificates()
        guard let node, let fields = fields(node, .certificates) else { return certificates }
        certificates.additional = namedTexts(fields["additional"], "additional")
        for certificate in certificates.additional {
            let count = certificate.value.content.split(separator: "\n").count {
                $0.hasPrefix("-----BEGIN CERTIFICATE-----")
            }
            guard count != 1 else { continue }
            fail(
                .badValue(
                    key: "content", value: certificate.value.name,
                    reason: "it holds \(count) certificates in PEM form; write one for each item"),
                at: certificate.location)
        }
        certificates.providers = list(fields["providers"], "providers").compactMap { item in
            line(item, "providers").map { Located($0, at: item.location) }
        }
        return certificates
    }

    /// Image formats and runtimes set no number, but those in use end between 125 and 127 layers.
    private static let mostLayers = 100

    /// As in apko: `{}` means none, and a strategy without a budget means a budget of one.
    mutating func layering(_ node: YAMLNode?) -> ImageDefinition.Layering? {
        guard let node, let fields = fields(node, .layering) else { return nil }
        let strategy = word(fields["strategy"], "strategy", of: ["origin"])
        let written = integer(fields["budget"], "budget", in: Keys.budgets)
        guard let place = fields["strategy"] else {
            if let written, written > 0 {
                bad(node, "layering", "…", "'budget' needs 'strategy: origin' beside it")
            }
            return nil
        }
        guard strategy != nil, written != nil || fields["budget"] == nil else { return nil }
        let budget = Int(written ?? 0)
        if budget == 0 {
            report(
                Diagnostic(
                    .warning, .layeringBudget,
                    "'layering' names no 'budget': all packages share one layer, as in apko",
                    at: place.location))
        } else if budget > Self.mostLayers {
            report(
                Diagnostic(
                    .warning, .layeringBudget,
                    "a 'budget' of \(budget) is taken for \(Self.mostLayers): runtimes read no more than 125 layers",
                    at: fields["budget"]?.location))
        }
        return ImageDefinition.Layering(budget: min(max(1, budget), Self.mostLayers))
    }

    /// Layers are tar archives.
    mutating func format(_ node: YAMLNode?) {
        guard let node, let text = line(node, "format"), text != "tar" else { return }
        bad(
            node, "format", text,
            text == "erofs"
                ? "file systems as layers are a draft that few runtimes read; use 'tar', or remove the key"
                : "use 'tar', or remove the key")
    }
}
