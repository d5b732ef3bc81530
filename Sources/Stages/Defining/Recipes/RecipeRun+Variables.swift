// SPDX-License-Identifier: Apache-2.0

internal import Vocabulary

/// Variables, and what is made of them.
extension RecipeRun {
    private static let output = "\(Recipe.workspace)/\(Recipe.output)"

    mutating func define(
        name: PackageName, version: String, epoch: Int64, description: YAMLNode?
    ) {
        let triplets = HostTriplets(architecture)
        for (key, value) in [
            ("package.name", name.text), ("package.version", version), ("package.epoch", "\(epoch)"),
            ("package.full-version", "\(version)-r\(epoch)"),
            ("package.description", decoder.text(description, "description") ?? ""),
            ("package.srcdir", Recipe.workspace), ("build.arch", RecipeWords.name(of: architecture)),
            ("build.goarch", architecture.ociName), ("host.triplet.gnu", triplets.gnu(library: "gnu")),
            ("host.triplet.rust", triplets.rust(library: "gnu")), ("targets.outdir", Self.output),
            ("targets.destdir", "\(Self.output)/\(name)"),
            ("cross.triplet.gnu.glibc", triplets.gnu(library: "gnu")),
            ("cross.triplet.gnu.musl", triplets.gnu(library: "musl")),
            ("cross.triplet.rust.glibc", triplets.rust(library: "gnu")),
            ("cross.triplet.rust.musl", triplets.rust(library: "musl")),
        ] { scope[key] = value }
    }

    /// The variables of a package's own steps.
    func scope(of name: PackageName, isMain: Bool) -> SubstitutionScope {
        var scope = scope
        let directory = "\(Self.output)/\(name)"
        scope["context.name"] = name.text
        scope["targets.contextdir"] = directory
        if !isMain {
            scope["subpkg.name"] = name.text
            scope["targets.subpkgdir"] = directory
        }
        return scope
    }

    mutating func readVariables(_ fields: StrictDecoder.Fields) {
        let own = decoder.texts(fields["vars"], "vars")
        var waiting: [String: YAMLNode] = own
        for option in options {
            guard let fields = knownOptions[option] else { continue }
            waiting.merge(decoder.texts(fields["vars"], "vars")) { $1 }
        }
        // One may name another, in any order.
        var isProgressing = true
        while isProgressing {
            isProgressing = false
            for (name, node) in waiting.sorted(by: { $0.key < $1.key }) {
                guard let text = decoder.text(node, name),
                    let value = try? scope.substituting(text)
                else { continue }
                scope["vars.\(name)"] = value
                waiting[name] = nil
                isProgressing = true
            }
        }
        for (name, node) in waiting.sorted(by: { $0.key < $1.key }) {
            guard let text = decoder.text(node, name) else { continue }
            _ = decoder.substituted(text, "vars.\(name)", node, in: scope)
        }
        for item in decoder.list(fields["var-transforms"], "var-transforms") { transform(item) }
    }

    mutating func transform(_ item: YAMLNode) {
        guard let fields = decoder.fields(item, .varTransform) else { return }
        let from = decoder.text(decoder.require("from", fields), "from")
        let match = decoder.text(decoder.require("match", fields), "match")
        let target = decoder.line(decoder.require("to", fields), "to")
        let replace = decoder.text(fields["replace"], "replace") ?? ""
        guard let from, let match, let target, let fromNode = fields["from"], let matchNode = fields["match"],
            let text = decoder.substituted(from, "from", fromNode, in: scope)
        else { return }
        do throws(TextPattern.Malformed) {
            scope["vars.\(target)"] = try TextPattern(match).replacing(in: text, with: replace)
        } catch { decoder.bad(matchNode, "match", match, error.reason) }
    }

    mutating func readData(_ node: YAMLNode?) {
        for item in decoder.list(node, "data") {
            guard let fields = decoder.fields(item, .dataSet),
                let name = decoder.line(decoder.require("name", fields), "name")
            else { continue }
            let items = decoder.texts(decoder.require("items", fields), "items")
            if dataSets[name] != nil { decoder.bad(item, "name", name, "two sets of data have it") }
            dataSets[name] = items.sorted { $0.key < $1.key }.map { key, value in
                (
                    key,
                    value.isNull
                        ? ""
                        : decoder.substituted(decoder.text(value, key) ?? "", key, value, in: scope) ?? ""
                )
            }
        }
    }

    mutating func readOptions(_ node: YAMLNode?) {
        guard let node else { return checkOptions([]) }
        guard case .mapping(let entries) = node.content else {
            return decoder.wrongType(node, "options", "a mapping from names to options")
        }
        for entry in entries {
            scope["options.\(entry.key).enabled"] = options.contains(entry.key) ? "true" : "false"
            if let fields = decoder.fields(entry.value, .buildOption) { knownOptions[entry.key] = fields }
        }
        checkOptions(entries.map(\.key))
    }

    mutating func checkOptions(_ known: [String]) {
        for option in options where !known.contains(option) {
            let nearest = EditDistance.nearest(to: option, among: known)
            decoder.fail(
                .unknownKey(option, in: "'options'", nearest: nearest),
                at: SourceLocation(file: file, line: 1, column: 1))
        }
    }

    /// A whole tree with its variables written out.
    mutating func resolved(_ node: YAMLNode, in scope: SubstitutionScope) -> YAMLNode {
        var node = node
        switch node.content {
        case .scalar(let text, let plain):
            guard text.contains("${{"), let value = decoder.substituted(text, "value", node, in: scope) else {
                return node
            }
            node.content = .scalar(value, plain: plain)
        case .sequence(let items): node.content = .sequence(items.map { resolved($0, in: scope) })
        case .mapping(let entries):
            node.content = .mapping(
                entries.map { .init(key: $0.key, place: $0.place, value: resolved($0.value, in: scope)) })
        }
        return node
    }
}
