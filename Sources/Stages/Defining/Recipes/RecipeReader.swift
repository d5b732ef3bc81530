// SPDX-License-Identifier: Apache-2.0

package import Vocabulary

/// Reads a recipe: melange's language, for one architecture.
package struct RecipeReader: Sendable {
    private let library: PipelineLibrary
    private let architecture: Architecture
    /// Names of the recipe's `options` that are switched on.
    private let options: [String]

    /// - Parameter library: finds the pipelines that steps use.
    package init(
        library: PipelineLibrary = PipelineLibrary(), architecture: Architecture, options: [String] = []
    ) {
        self.library = library
        self.architecture = architecture
        self.options = options
    }

    /// The meaning of `bytes`, which the user knows as `file`. Throws every problem that the text has, each with its
    /// place; the diagnostics are those of a recipe that can be built.
    package func read(
        _ bytes: [UInt8], file: String
    ) throws(DefinitionError) -> (recipe: Recipe, diagnostics: [Diagnostic]) {
        let start = SourceLocation(file: file, line: 1, column: 1)
        guard let root = try YAMLDocument(file: file).compose(bytes), !root.isNull else {
            throw DefinitionError([DefinitionProblem(.syntax("the recipe is empty"), at: start)])
        }
        var run = RecipeRun(
            library: library, architecture: architecture, options: options,
            digest: ContentHasher.digest(of: bytes), file: file)
        let recipe = run.recipe(root)
        guard run.decoder.problems.isEmpty, let recipe else {
            throw DefinitionError(
                run.decoder.problems.isEmpty
                    ? [DefinitionProblem(.syntax("the recipe has no package"), at: start)]
                    : run.decoder.problems)
        }
        return (recipe, run.decoder.diagnostics)
    }
}

/// One reading of one recipe.
struct RecipeRun {
    let library: PipelineLibrary
    let architecture: Architecture
    let options: [String]
    let digest: Digest
    let file: String
    var decoder = StrictDecoder()
    /// Of the whole recipe: package, variables, host.
    var scope = SubstitutionScope()
    private var dataSets: [String: [(key: String, value: String)]] = [:]
    private var knownOptions: [String: StrictDecoder.Fields] = [:]

    init(
        library: PipelineLibrary, architecture: Architecture, options: [String], digest: Digest, file: String
    ) {
        self.library = library
        self.architecture = architecture
        self.options = options
        self.digest = digest
        self.file = file
    }

    /// Everything is looked at before nothing is returned, so that all problems are found in one run.
    mutating func recipe(_ root: YAMLNode) -> Recipe? {
        guard let fields = decoder.fields(root, .recipe),
            let packageNode = decoder.require("package", fields),
            let outline = decoder.fields(packageNode, .recipePackage)
        else { return nil }
        let name = packageName(decoder.require("name", outline), "name")
        let version = decoder.line(decoder.require("version", outline), "version")
        let epoch = decoder.integer(decoder.require("epoch", outline), "epoch", in: 0...Int64(Int32.max))
        guard let name, let version, let epoch else { return nil }
        checkVersion(version, outline["version"])
        readOptions(fields["options"])
        define(name: name, version: version, epoch: epoch, description: outline["description"])
        readVariables(fields)
        readData(fields["data"])

        let main = package(packageNode, keys: .recipePackage, name: name, origin: name)
        var environment = environment(fields["environment"])
        var compiler = PipelineCompiler(
            library: library, needsKey: decoder.language.needsKey)
        let steps = compiler.steps(fields["pipeline"], in: scope(of: name, isMain: true))
        let test = test(fields["test"], scope(of: name, isMain: true), &compiler)
        var packages = [Recipe.Package(metadata: main.metadata, steps: steps, test: test)]
        packages[0].adopt(main)
        for node in decoder.list(fields["subpackages"], "subpackages") {
            packages += subpackages(node, origin: name, &compiler)
        }
        decoder.absorb(compiler.decoder)
        add(compiler.needs, to: &environment)
        var recipe = Recipe(
            file: file, digest: digest, architecture: architecture, name: name, version: version,
            epoch: UInt32(epoch), environment: environment, packages: packages)
        decoder.describe(&recipe, outline)
        recipe.capabilities = decoder.capabilities(fields["capabilities"])
        recipe.update = decoder.update(fields["update"])
        checkNames(packages, at: packageNode.location)
        return recipe
    }

    // MARK: - Variables

    /// Where steps find things, as melange has it: recipes write some of it out.
    static let workspace = "/home/build"
    static let output = "/home/build/melange-out"

    private mutating func define(
        name: PackageName, version: String, epoch: Int64, description: YAMLNode?
    ) {
        let triplets = HostTriplets(architecture)
        for (key, value) in [
            ("package.name", name.text), ("package.version", version), ("package.epoch", "\(epoch)"),
            ("package.full-version", "\(version)-r\(epoch)"),
            ("package.description", decoder.text(description, "description") ?? ""),
            ("package.srcdir", Self.workspace), ("build.arch", RecipeWords.name(of: architecture)),
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

    private mutating func readVariables(_ fields: StrictDecoder.Fields) {
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
            _ = substituted(text, "vars.\(name)", node, in: scope)
        }
        for item in decoder.list(fields["var-transforms"], "var-transforms") { transform(item) }
    }

    private mutating func transform(_ item: YAMLNode) {
        guard let fields = decoder.fields(item, .varTransform) else { return }
        let from = decoder.text(decoder.require("from", fields), "from")
        let match = decoder.text(decoder.require("match", fields), "match")
        let target = decoder.line(decoder.require("to", fields), "to")
        let replace = decoder.text(fields["replace"], "replace") ?? ""
        guard let from, let match, let target, let fromNode = fields["from"], let matchNode = fields["match"],
            let text = substituted(from, "from", fromNode, in: scope)
        else { return }
        do throws(TextPattern.Malformed) {
            scope["vars.\(target)"] = try TextPattern(match).replacing(in: text, with: replace)
        } catch { decoder.bad(matchNode, "match", match, error.reason) }
    }

    private mutating func readData(_ node: YAMLNode?) {
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
                        ? "" : substituted(decoder.text(value, key) ?? "", key, value, in: scope) ?? ""
                )
            }
        }
    }

    private mutating func readOptions(_ node: YAMLNode?) {
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

    private mutating func checkOptions(_ known: [String]) {
        for option in options where !known.contains(option) {
            let nearest = EditDistance.nearest(to: option, among: known)
            decoder.fail(
                .unknownKey(option, in: "'options'", nearest: nearest),
                at: SourceLocation(file: file, line: 1, column: 1))
        }
    }

    /// The text with its variables written out; nil, and a problem, where one is unknown.
    mutating func substituted(
        _ text: String, _ key: String, _ node: YAMLNode, in scope: SubstitutionScope
    ) -> String? {
        do throws(SubstitutionScope.Failure) {
            return try scope.substituting(text)
        } catch {
            decoder.bad(node, key, text, error.description)
            return nil
        }
    }

    /// A whole tree with its variables written out.
    mutating func resolved(_ node: YAMLNode, in scope: SubstitutionScope) -> YAMLNode {
        var node = node
        switch node.content {
        case .scalar(let text, let plain):
            guard text.contains("${{"), let value = substituted(text, "value", node, in: scope) else {
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

    // MARK: - Packages

    private mutating func subpackages(
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
    private mutating func ranges(_ node: YAMLNode?) -> [[String: String]] {
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

    private mutating func package(
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

    private mutating func test(
        _ node: YAMLNode?, _ scope: SubstitutionScope, _ compiler: inout PipelineCompiler
    ) -> Recipe.Test? {
        guard let node, let fields = decoder.fields(node, .recipeTest) else { return nil }
        var environment = environment(fields["environment"], in: scope)
        let (steps, needs) = compiler.testSteps(fields["pipeline"], in: scope)
        add(needs, to: &environment)
        return Recipe.Test(environment: environment, steps: steps)
    }

    private mutating func packageName(_ node: YAMLNode?, _ key: String) -> PackageName? {
        guard let node, let text = decoder.line(node, key) else { return nil }
        guard let name = PackageName(text) else {
            decoder.bad(node, key, text, "it is not a package's name")
            return nil
        }
        return name
    }

    private mutating func checkVersion(_ version: String, _ node: YAMLNode?) {
        guard let node, !RecipeWords.isVersion(version) else { return }
        decoder.bad(node, "version", version, "it is no version, as 1.2.3 or 1.2_rc1 is")
    }

    private mutating func checkNames(_ packages: [Recipe.Package], at location: SourceLocation) {
        var seen: Set<PackageName> = []
        for package in packages where !seen.insert(package.metadata.name).inserted {
            decoder.fail(
                .badValue(
                    key: "name", value: package.metadata.name.text,
                    reason: "two packages of the recipe have it"),
                at: location)
        }
    }

    // MARK: - The build root

    private mutating func environment(_ node: YAMLNode?, in scope: SubstitutionScope? = nil)
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

    private mutating func apply(_ option: String, to contents: inout ImageDefinition.Contents) {
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

    private mutating func add(_ needs: [Located<String>], to environment: inout ImageDefinition) {
        var known = Set(environment.contents.packages.map(\.value.description))
        for need in needs where known.insert(need.value).inserted {
            let node = YAMLNode(content: .scalar(need.value, plain: true), location: need.location)
            environment.contents.packages += decoder.requests(
                YAMLNode(content: .sequence([node]), location: need.location))
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
