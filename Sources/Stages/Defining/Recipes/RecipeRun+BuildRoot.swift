// SPDX-License-Identifier: Apache-2.0

internal import Vocabulary

/// The images in which steps run.
extension RecipeRun {
    mutating func environment(_ node: YAMLNode?, in scope: SubstitutionScope? = nil)
        -> ImageDefinition
    {
        var environment = ImageDefinition(name: "build-root", file: file, digest: digest)
        environment.architectures = [architecture]
        guard let node else { return environment }
        let tree = resolved(node, in: scope ?? self.scope)
        guard let fields = decoder.fields(tree, .definition) else { return environment }
        environment.contents = decoder.contents(fields["contents"])
        environment.accounts = decoder.accounts(fields["accounts"])
        environment.process.environment = decoder.texts(fields["environment"], "environment")
            .compactMapValues { decoder.text($0, "environment") }
        for option in options { apply(option, to: &environment.contents) }
        return environment
    }

    /// What programs are linked with: an image like another, which may be of another family than the build root. Nil
    /// where there is none.
    mutating func sysroot(_ node: YAMLNode?) -> ImageDefinition? {
        guard let node else { return nil }
        let kept = (options, decoder.language)
        defer { (options, decoder.language) = kept }
        (options, decoder.language) = ([], FamilyLanguage.of(nil))
        return environment(node)
    }

    mutating func apply(_ option: String, to contents: inout ImageDefinition.Contents) {
        guard let node = knownOptions[option]?["environment"],
            let fields = decoder.fields(node, .optionEnvironment), let inner = fields["contents"],
            let contentFields = decoder.fields(inner, .optionContents),
            let packages = contentFields["packages"],
            let changes = decoder.fields(packages, .optionPackages)
        else { return }
        let removed = Set(decoder.list(changes["remove"], "remove").compactMap { decoder.line($0, "remove") })
        contents.packages.removeAll { removed.contains($0.value.description) }
        contents.packages += decoder.requests(changes["add"])
    }

    mutating func add(_ needs: [Located<String>], to environment: inout ImageDefinition) {
        var known = Set(environment.contents.packages.map(\.value.description))
        for need in needs where known.insert(need.value).inserted {
            let node = YAMLNode(content: .scalar(need.value, plain: true), location: need.location)
            environment.contents.packages += decoder.requests(
                YAMLNode(content: .sequence([node]), location: need.location))
        }
    }
}
