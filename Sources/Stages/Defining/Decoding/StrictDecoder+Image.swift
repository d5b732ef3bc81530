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

    /// `{}` is apko's word for none.
    mutating func layering(_ node: YAMLNode?) -> ImageDefinition.Layering? {
        guard let node, let fields = fields(node, .layering) else { return nil }
        let strategy = word(fields["strategy"], "strategy", of: ["origin"])
        let budgetNode = fields["budget"]
        // What apko writes for an empty one.
        if fields["strategy"] == nil, budgetNode.map({ YAMLScalar.integer(of: $0) == 0 }) ?? true {
            return nil
        }
        guard fields["strategy"] != nil, let budgetNode else {
            bad(node, "layering", "…", "'strategy: origin' and a 'budget' go together")
            return nil
        }
        let budget = integer(budgetNode, "budget", in: 1...100)
        guard strategy != nil, let budget else { return nil }
        return ImageDefinition.Layering(budget: Int(budget))
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
