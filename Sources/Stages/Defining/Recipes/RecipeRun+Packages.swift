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
                guard decoder.holds(text, condition, in: scope) else { continue }
            }
            guard let nameNode = decoder.require("name", fields),
                let name = packageName(resolved(nameNode, in: scope), "name")
            else { continue }
            let own = self.scope(of: name, isMain: false).adding(values)
            var package = package(described(node, .subpackage, in: own), name: name, origin: origin)
            package.steps = compiler.steps(fields["pipeline"], in: own)
            package.test = test(fields["test"], own, &compiler)
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

    /// What is said of a package beside its steps, which have variables of their own; variables are written out.
    mutating func described(
        _ node: YAMLNode, _ keys: Keys, in scope: SubstitutionScope
    ) -> StrictDecoder.Fields? {
        guard case .mapping(let entries) = node.content else { return nil }
        let described = entries.filter { !["pipeline", "test", "range", "if"].contains($0.key) }
        let tree = resolved(YAMLNode(content: .mapping(described), location: node.location), in: scope)
        // Its unknown keys are named already.
        var quiet = StrictDecoder()
        return quiet.fields(tree, keys)
    }

    /// A package as it is described, still without steps.
    mutating func package(
        _ fields: StrictDecoder.Fields?, name: PackageName, origin: PackageName
    ) -> Recipe.Package {
        var metadata = PackageMetadata(
            name: name, version: self.scope["package.full-version"] ?? "",
            architecture: RecipeWords.name(of: architecture),
            description: "")
        metadata.origin = origin.text
        var package = Recipe.Package(metadata: metadata, steps: [], test: nil)
        if let fields { decoder.describe(&package, fields) }
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
        guard let node, RecipeVersion(version) == nil else { return }
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
