// SPDX-License-Identifier: Apache-2.0

package import Vocabulary

/// Reads `factory.yaml`.
package struct FactoryConfigurationReader {
    package init() {}

    /// The meaning of `bytes`, which the user knows as `file`. Throws every problem, each with its place.
    package func read(
        _ bytes: [UInt8], file: String
    ) throws(DefinitionError) -> (FactoryConfiguration, [Diagnostic]) {
        let start = SourceLocation(file: file, line: 1, column: 1)
        guard let root = try YAMLDocument(file: file).compose(bytes), !root.isNull else {
            throw DefinitionError([DefinitionProblem(.syntax("the configuration is empty"), at: start)])
        }
        var decoder = StrictDecoder()
        let configuration = decoder.factory(root, file: file)
        guard decoder.problems.isEmpty, let configuration else { throw DefinitionError(decoder.problems) }
        return (configuration, decoder.diagnostics)
    }
}

extension StrictDecoder {
    fileprivate mutating func factory(_ root: YAMLNode, file: String) -> FactoryConfiguration? {
        guard let fields = fields(root, .factory) else { return nil }
        let destination = destination(require("destination", fields))
        let keyNode = require("key", fields)
        let key = line(keyNode, "key")
        let interval = duration(fields["interval"], "interval", in: 1...86_400) ?? 60
        var images: [Located<FactoryConfiguration.Image>] = []
        let imagesNode = fields["packages"] == nil ? require("images", fields) : fields["images"]
        for item in list(imagesNode, "images") {
            guard let image = image(item) else { continue }
            if images.contains(where: { $0.value.definition == image.definition }) {
                bad(item, "definition", image.definition, "it is named twice")
            } else {
                images.append(Located(image, at: item.location))
            }
        }
        if let imagesNode, case .sequence(let items) = imagesNode.content, items.isEmpty {
            bad(imagesNode, "images", "[]", "name at least one image")
        }
        let packages = fields["packages"].flatMap { self.packages($0) }
        guard let destination, let key, let keyNode else { return nil }
        var configuration = FactoryConfiguration(
            file: file, destination: destination, key: Located(key, at: keyNode.location), interval: interval,
            images: images)
        configuration.packages = packages
        return configuration
    }

    private mutating func packages(_ node: YAMLNode) -> FactoryConfiguration.Packages? {
        guard let fields = fields(node, .factoryPackages) else { return nil }
        let repository = line(require("repository", fields), "repository")
        var forms: [FactoryConfiguration.Packages.Form] = []
        if let keyNode = fields["key"], let key = line(keyNode, "key") {
            forms.append(.apk(key: Located(key, at: keyNode.location)))
        }
        forms += fields["deb"].flatMap { debian($0) }.map { [$0] } ?? []
        if fields["key"] == nil, fields["deb"] == nil {
            fail(.missingKey("key", in: "'packages' (or 'deb', for .deb packages)"), at: node.location)
        }
        let recipesNode = require("recipes", fields)
        let recipes = list(recipesNode, "recipes").compactMap { item in
            line(item, "recipes").map { Located($0, at: item.location) }
        }
        if let recipesNode, case .sequence(let items) = recipesNode.content, items.isEmpty {
            bad(recipesNode, "recipes", "[]", "name at least one recipe, or a folder of them")
        }
        let pipelines = list(fields["pipelines"], "pipelines").compactMap { line($0, "pipelines") }
        let interval =
            duration(fields["upstream-interval"], "upstream-interval", in: 1...604_800) ?? 15 * 60
        guard let repository else { return nil }
        return .init(
            repository: repository, forms: forms, recipes: recipes, pipelines: pipelines,
            upstreamInterval: interval)
    }

    private mutating func debian(_ node: YAMLNode) -> FactoryConfiguration.Packages.Form? {
        guard let fields = fields(node, .factoryDebian), let key = line(require("gpg-key", fields), "gpg-key")
        else { return nil }
        return .deb(
            suite: line(fields["suite"], "suite") ?? "stable", key: key,
            home: line(fields["gpg-home"], "gpg-home"))
    }

    private mutating func destination(_ node: YAMLNode?) -> FactoryConfiguration.Destination? {
        guard let node, let text = line(node, "destination") else { return nil }
        guard let slash = text.firstIndex(of: "/") ?? text.indices.last,
            !text[slash...].contains(where: { ":@".contains($0) })
        else {
            bad(node, "destination", text, "tags belong under 'images'")
            return nil
        }
        do throws(ImageReference.ParseError) {
            // A probe's name makes a whole reference of a bare registry and of a prefix alike.
            let probe = try ImageReference(text.hasSuffix("/") ? "\(text)x" : "\(text)/x")
            let prefix = probe.repository.name.dropLast(2)
            return .init(registry: probe.registry, prefix: prefix.isEmpty ? nil : try .init(prefix))
        } catch {
            bad(node, "destination", text, error.description)
            return nil
        }
    }

    private mutating func image(_ node: YAMLNode) -> FactoryConfiguration.Image? {
        guard let fields = fields(node, .factoryImage) else { return nil }
        let definition = line(require("definition", fields), "definition")
        var tags: [ImageReference.Tag] = []
        let tagsNode = require("tags", fields)
        for item in list(tagsNode, "tags") {
            guard let text = line(item, "tags") else { continue }
            do throws(ImageReference.ParseError) {
                tags.append(try ImageReference.Tag(text))
            } catch {
                bad(item, "tags", text, error.description)
            }
        }
        if let tagsNode, case .sequence(let items) = tagsNode.content, items.isEmpty {
            bad(tagsNode, "tags", "[]", "name at least one tag")
        }
        let gates = fields["gates"].map { self.gates($0) } ?? FactoryConfiguration.Gates()
        return definition.map { FactoryConfiguration.Image(definition: $0, tags: tags, gates: gates) }
    }

    private mutating func gates(_ node: YAMLNode) -> FactoryConfiguration.Gates {
        guard let fields = fields(node, .gates) else { return FactoryConfiguration.Gates() }
        // An untested image is never published: the one value says so where people look for it.
        _ = word(fields["tests"], "tests", of: ["required"])
        let findings = word(
            fields["findings"], "findings", of: FactoryConfiguration.Gates.Findings.allCases.map(\.rawValue))
        return FactoryConfiguration.Gates(
            maxSize: byteCount(fields["max-size"], "max-size"),
            noSetuid: boolean(fields["no-setuid"], "no-setuid") ?? true,
            noShell: boolean(fields["no-shell"], "no-shell") ?? true,
            findings: findings.flatMap { .init(rawValue: $0) },
            allowUntested: fields["allow-untested"].map { architectures($0, "allow-untested") } ?? [])
    }

    /// Bytes: a number, or `40k`, `40M`, `2G` in powers of 1000.
    private mutating func byteCount(_ node: YAMLNode?, _ key: String) -> Int64? {
        guard let node, let text = line(node, key) else { return nil }
        let units: [Character: Int64] = ["k": 1000, "M": 1_000_000, "G": 1_000_000_000]
        let unit = text.last.flatMap { units[$0] }
        let digits = unit == nil ? Substring(text) : text.dropLast()
        guard (1...9).contains(digits.count), digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let number = Int64(digits), number > 0
        else {
            bad(node, key, text, "write a size as in 40M; k, M and G are powers of 1000")
            return nil
        }
        return number * (unit ?? 1)
    }
}
