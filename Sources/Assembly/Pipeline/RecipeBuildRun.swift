// SPDX-License-Identifier: Apache-2.0

internal import Building
internal import Execution
internal import Fetching
internal import Storage
package import Vocabulary

/// Builds a recipe's packages: sources are fetched, steps run in a sandbox, what they leave is packed, tested, and given its
/// place in a repository.
package struct RecipeBuildRun: Sendable {
    /// What was asked for.
    package struct Order: Sendable {
        /// The repository: packages go to their places in it, and its index is written anew.
        package var output: HostPath
        /// At least one.
        package var forms: [PackageForm]
        /// `SOURCE_DATE_EPOCH`; nil takes the newest time in the sources.
        package var time: Timestamp?
        package var runsTests = true
        /// A shell is opened on the caller's terminal where a step fails.
        package var opensShell = false
        /// Whether a package that is published already may become another one of the same version.
        package var replaces = false
        /// Signs where the packages come from; nil publishes them without saying.
        package var provenanceKey: KeyPair?
        /// Of the packages' URLs: whose they are. melange's word for it is the default.
        package var namespace = "unknown"
        /// Of the images in which it is built and tested.
        package var options = BuildOptions()

        package init(output: HostPath, forms: [PackageForm]) {
            self.output = output
            self.forms = forms
        }
    }

    /// What became of it.
    package struct Outcome: Sendable {
        package let packages: [RepositoryFacts.Packed]
        /// The same as a factory remembers them.
        package let published: [PublishedPackage]
        /// Sonames of shared libraries, sorted: what the packages offer, and what they need of others.
        package let offeredLibraries: [String]
        package let neededLibraries: [String]
        /// What may stand in the packages' programs of build root and sysroot: by name, with versions. Empty where every
        /// program is linked by a loader.
        package let staticInputs: [String: String]
    }

    let workshop: Workshop
    private let log: @Sendable ([UInt8]) -> Void

    /// - Parameter log: is given what steps write, as it comes.
    package init(_ workshop: Workshop, log: @escaping @Sendable ([UInt8]) -> Void) {
        self.workshop = workshop
        self.log = log
    }

    /// Packages in the repository `output`, and the whole log in its folder of the architecture's name. Where a step or a
    /// test fails nothing is there but the log, and what was there before stays.
    package func build(_ file: RecipeFile, _ order: Order) async throws -> Outcome {
        let recipe = file.recipe
        let started = workshop.now()
        let shell = try FailureShell(order, workshop, log: log)
        let scratch = try TemporaryDirectory(in: workshop.directories.temporary)
        defer { withExtendedLifetime(scratch) {} }
        let sources = try await SourceRun(workshop).sources(of: file)
        let order = try await buildingOnItself(order, recipe)
        let roots = try await BuildRoot(workshop).roots(of: file, order.options)
        try HostDirectory.create(order.output / recipe.packages[0].metadata.architecture)
        let record = try LogFile(order.output / recipe.logPath)
        let write: @Sendable ([UInt8]) -> Void = { [log] bytes in
            record.append(bytes)
            log(bytes)
        }
        do {
            let limits = StepLimits(recipe.limits)
            workshop.report.report(limits.diagnostics)
            let site = BuildSite(
                sources: sources, roots: roots,
                place: try BuildPlace(workshop, limits, at: scratch.path / "workspace"), shell: shell)
            // Packages are packed from the workspace, which goes with it.
            defer { withExtendedLifetime(site) {} }
            let built = try await carryOut(file, order, on: site, log: write)
            try await LintRun(workshop).check(recipe, in: site.place.workspace)
            let tests = RecipeTestRun(
                workshop: workshop, sources: sources, log: write,
                output: site.place.workspace / Recipe.output, shell: shell)
            let staged = try await pack(built, order, tests, in: scratch.path)
            try record.close()
            let evidence = try await RecipeEvidence(
                workshop, built, order, started: started, in: scratch.path)
            return try await outcome(
                of: try await publish(staged, recipe, order, evidence), built, roots)
        } catch {
            try record.close()
            // What a step says that was ended because the run was is no word on the recipe.
            try Task.checkCancellation()
            throw error
        }
    }

    private func outcome(
        of published: [RecipePublication.Published], _ built: BuiltRecipe, _ roots: BuildRoot.Roots
    ) async throws -> Outcome {
        try await workshop.workers.run {
            let ties = try LibraryTies(of: built.output)
            return Outcome(
                packages: published.map(\.packed),
                published: published.compactMap { item in
                    let packed = item.packed
                    return PackageName(packed.name).map { name in
                        PublishedPackage(
                            name: name, version: packed.version, architecture: packed.architecture,
                            digest: item.digest, size: packed.size, installedSize: packed.installedSize)
                    }
                }, offeredLibraries: ties.offered.sorted(), neededLibraries: ties.needed.sorted(),
                staticInputs: ties.hasStaticPrograms ? roots.staticInputs : [:])
        }
    }

    /// The steps alone, in a sandbox whose root is the image.
    func carryOut(
        _ file: RecipeFile, _ order: Order, on site: BuildSite, log: @escaping @Sendable ([UInt8]) -> Void
    ) async throws -> BuiltRecipe {
        let recipe = file.recipe
        let title = "\(recipe.name) \(recipe.fullVersion)"
        let workspace = site.place.workspace
        workshop.report(.began(.build, title))
        var runner = StepRunner(
            sandbox: site.place.sandbox, root: site.roots.root.path, sysroot: site.roots.sysroot?.path,
            workers: workshop.workers, log: log)
        runner.onFailure = site.shell?.open
        let newest = try await runner.build(
            recipe, sources: site.sources, local: try file.localFolder(), in: workspace,
            time: order.time?.seconds)
        workshop.report(.ended(.build, title))
        return BuiltRecipe(
            file: file,
            output: RecipeOutput(recipe, workspace: workspace, time: order.time?.seconds ?? newest),
            roots: site.roots, sources: site.sources.list(of: recipe), namespace: order.namespace)
    }

    /// The packages of one form, in a repository of their own.
    private struct Staged {
        let form: PackageForm
        let repository: HostPath
        let packages: [PackedPackage]
    }

    /// Every form's packages, all of them tried before one of them is published.
    private func pack(
        _ built: BuiltRecipe, _ order: Order, _ tests: RecipeTestRun, in scratch: HostPath
    ) async throws -> [Staged] {
        var staged: [Staged] = []
        for form in order.forms {
            let place = scratch / form.name
            let repository = place / "packages"
            try HostDirectory.create(repository)
            let packed = try await form.packages(workshop).pack(built, into: repository)
            for package in packed { workshop.report.report(package.diagnostics) }
            if order.runsTests {
                try await tests.test(built.file, order, form, in: repository, scratch: place)
            }
            staged.append(Staged(form: form, repository: repository, packages: packed))
        }
        return staged
    }

    private func publish(
        _ staged: [Staged], _ recipe: Recipe, _ order: Order, _ evidence: RecipeEvidence?
    ) async throws -> [RecipePublication.Published] {
        var published: [RecipePublication.Published] = []
        for item in staged {
            let publication = RecipePublication(
                workshop: workshop, packages: item.form.packages(workshop), recipe: recipe,
                repository: order.output, replaces: order.replaces)
            published += try await publication.publish(item.packages, from: item.repository) {
                digest, place in
                try evidence?.put(of: digest, item.form, beside: place)
            }
        }
        return published
    }
}

extension Recipe {
    /// Where the log of its build is, below the repository.
    package var logPath: String { "\(packages[0].metadata.architecture)/\(name)-\(fullVersion).log" }
}
