// SPDX-License-Identifier: Apache-2.0

internal import Vocabulary

/// One reading of one recipe.
struct RecipeRun {
    let library: PipelineLibrary
    let architecture: Architecture
    var options: [String]
    let digest: Digest
    let file: String
    var decoder = StrictDecoder()
    /// Of the whole recipe: package, variables, host.
    var scope = SubstitutionScope()
    var dataSets: [String: [(key: String, value: String)]] = [:]
    var knownOptions: [String: StrictDecoder.Fields] = [:]

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
        if fields["sysroot"] != nil { scope["targets.sysroot"] = Recipe.sysrootPlace }
        readVariables(fields)
        readData(fields["data"])

        let own = scope(of: name, isMain: true)
        let described = described(packageNode, .recipePackage, in: own)
        var main = package(described, name: name, origin: name)
        let sysroot = sysroot(fields["sysroot"])
        var environment = environment(fields["environment"])
        var compiler = PipelineCompiler(
            library: library, needsKey: decoder.language.needsKey)
        main.steps = compiler.steps(fields["pipeline"], in: own)
        main.test = test(fields["test"], own, &compiler)
        var packages = [main]
        for node in decoder.list(fields["subpackages"], "subpackages") {
            packages += subpackages(node, origin: name, &compiler)
        }
        decoder.absorb(compiler.decoder)
        add(compiler.needs, to: &environment)
        var recipe = Recipe(
            file: file, digest: digest, architecture: architecture, name: name, version: version,
            epoch: UInt32(epoch), environment: environment, packages: packages)
        recipe.sysroot = sysroot
        recipe.patches = compiler.patches
        if let described { decoder.describe(&recipe, described) }
        recipe.capabilities = decoder.capabilities(fields["capabilities"])
        recipe.update = decoder.update(fields["update"])
        checkNames(packages, at: packageNode.location)
        return recipe
    }
}
