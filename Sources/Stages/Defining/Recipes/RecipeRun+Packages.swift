// SPDX-License-Identifier: Apache-2.0

internal import Vocabulary

/// The package, its subpackages, and their tests.
extension RecipeRun {
    mutating func subpackages(
        _ node: YAMLNode, origin: PackageName, _ compiler: inout PipelineCompiler
    ) -> [Recipe.Package] {
        guard let fields = decoder.fields(node, .subpackage) else { return [] }
        var packages: [Recipe.Package] = []
        for values in ranges(fields["range"]) {
            let scope = scope.adding(values)
            if let condition = fields["if"], let text = decoder.text(condition, "if") {
                guard holds(text, condition, in: scope) else { continue }
            }
            guard let nameNode = decoder.require("name", fields),
                let name = packageName(resolved(nameNode, in: scope), "name")
            else { continue }
            let own = self.scope(of: name, isMain: false).adding(values)
            let described = package(node, keys: .subpackage, name: name, origin: origin, in: own)
            let steps = compiler.steps(fields["pipeline"], in: own)
            var package = Recipe.Package(
                metadata: described.metadata, steps: steps, test: test(fields["test"], own, &compiler))
            package.adopt(described)
            packages.append(package)
        }
        return packages
    }

    /// The variables of each repetition; one without any where nothing is repeated.
    mutating func ranges(_ node: YAMLNode?) -> [[String: String]] {
        guard let node, let name = decoder.line(node, "range") else { return [[:]] }
        guard let items = dataSets[name] else {
            let nearest = EditDistance.nearest(to: name, among: dataSets.keys.sorted())
            decoder.bad(
                node, "range", name,
                "no 'data' has this name" + (nearest.map { "; did you mean '\($0)'?" } ?? ""))
            return []
        }
        return items.map { ["range.key": $0.key, "range.value": $0.value] }
    }

    mutating func holds(_ condition: String, _ node: YAMLNode, in scope: SubstitutionScope) -> Bool {
        do throws(SubstitutionScope.Failure) {
            return try Expression.holds(condition, in: scope)
        } catch {
            decoder.bad(node, "if", condition, error.description)
            return false
        }
    }

    mutating func package(
        _ node: YAMLNode, keys: Keys, name: PackageName, origin: PackageName,
        in scope: SubstitutionScope? = nil
    ) -> Recipe.Package {
        var decoded = StrictDecoder.Fields?.none
        // Steps have variables of their own.
        if case .mapping(let entries) = node.content {
            let described = entries.filter { !["pipeline", "test", "range", "if"].contains($0.key) }
            let tree = resolved(
                YAMLNode(content: .mapping(described), location: node.location),
                in: scope ?? self.scope(of: name, isMain: true))
            var quiet = StrictDecoder()
            decoded = quiet.fields(tree, keys)
        }
        var metadata = PackageMetadata(
            name: name, version: self.scope["package.full-version"] ?? "",
            architecture: RecipeWords.name(of: architecture),
            description: "")
        metadata.origin = origin.text
        var package = Recipe.Package(metadata: metadata, steps: [], test: nil)
        if let decoded { decoder.describe(&package, decoded) }
        return package
    }

    mutating func test(
        _ node: YAMLNode?, _ scope: SubstitutionScope, _ compiler: inout PipelineCompiler
    ) -> Recipe.Test? {
        guard let node, let fields = decoder.fields(node, .recipeTest) else { return nil }
        var environment = environment(fields["environment"], in: scope)
        let (steps, needs) = compiler.testSteps(fields["pipeline"], in: scope)
        add(needs, to: &environment)
        return Recipe.Test(environment: environment, steps: steps)
    }

    mutating func packageName(_ node: YAMLNode?, _ key: String) -> PackageName? {
        guard let node, let text = decoder.line(node, key) else { return nil }
        guard let name = PackageName(text) else {
            decoder.bad(node, key, text, "it is not a package's name")
            return nil
        }
        return name
    }

    mutating func checkVersion(_ version: String, _ node: YAMLNode?) {
        guard let node, !RecipeWords.isVersion(version) else { return }
        decoder.bad(node, "version", version, "it is no version, as 1.2.3 or 1.2_rc1 is")
    }

    mutating func checkNames(_ packages: [Recipe.Package], at location: SourceLocation) {
        var seen: Set<PackageName> = []
        for package in packages where !seen.insert(package.metadata.name).inserted {
            decoder.fail(
                .badValue(
                    key: "name", value: package.metadata.name.text,
                    reason: "two packages of the recipe have it"),
                at: location)
        }
    }
}

extension Recipe.Package {
    /// Takes over what is said of the package beside its steps.
    mutating func adopt(_ described: Recipe.Package) {
        (options, disabledChecks) = (described.options, described.disabledChecks)
        fileCapabilities = described.fileCapabilities
    }
}
