// SPDX-License-Identifier: Apache-2.0

internal import Building
internal import Defining
internal import Fetching
internal import Storage
internal import Vocabulary

/// Builds a package again from what its build was given, and holds both against one another. The archive is the signer's
/// word: its digest stands in a provenance whose signature held.
struct RecipeRebuild {
    private static let check = "rebuild"

    private let workshop: Workshop

    init(_ workshop: Workshop) { self.workshop = workshop }

    /// Of each package identical, the first file that differs, or what is missing so that it cannot be told.
    /// - Parameter packages: of one build and one form.
    func compare(
        _ packages: [HostPath], _ form: PackageForm, _ provenance: Provenance, inputs archive: HostPath
    ) async throws -> [Verdict.Check] {
        let title = packages.map { String($0.name) }.joined(separator: ", ")
        workshop.report(.began(.rebuild, title))
        let scratch = try TemporaryDirectory(in: workshop.directories.temporary)
        defer { withExtendedLifetime(scratch) {} }
        let checks: [Verdict.Check]
        do {
            let again = try await build(form, provenance, archive, in: scratch.path)
            checks = try await workshop.workers.run {
                try packages.enumerated().map { number, package in
                    try compare(package, with: again, form, in: scratch.path / "compared-\(number)")
                }
            }
        } catch {
            try Task.checkCancellation()
            checks = try packages.map { try verdict($0, on: error) }
        }
        workshop.report(.ended(.rebuild, title))
        return checks
    }

    private func compare(
        _ package: HostPath, with again: [PackedPackage], _ form: PackageForm, in scratch: HostPath
    ) throws -> Verdict.Check {
        let theirs = form.open(package)
        let facts = try theirs.facts()
        guard let ours = again.first(where: { $0.name.text == facts.name }) else {
            return Verdict.Check(
                Self.check, subject: facts.digest, outcome: .failed, expected: facts.name,
                found: "the recipe makes no such package")
        }
        try HostDirectory.create(scratch)
        return try PackageComparison(theirs: theirs, ours: form.open(ours.path), scratch: scratch).verdict()
    }

    /// What a build that did not end says of the package: another result, where the recipe itself failed, and nothing, where
    /// something was not at hand.
    /// - Throws: `error`, where it is this machine's.
    private func verdict(_ package: HostPath, on error: any Error) throws -> Verdict.Check {
        func check(_ outcome: Verdict.Outcome, _ expected: String, _ found: String) -> Verdict.Check {
            Verdict.Check(Self.check, subject: nil, outcome: outcome, expected: expected, found: found)
        }
        switch error {
        case BuildingError.storage: throw error
        case is BuildingError where RecipeBuildRun.isVerdict(error):
            return check(
                .failed, "a build that ends", "'\(package)' was built again, and that failed: \(error)")
        case PipelineError.inputMissing, PipelineError.damagedEvidence, is BuildingError, is DefinitionError,
            is FetchingError:
            return check(
                .unchecked, "every input at hand", "'\(package)' cannot be built again: \(error)")
        default: throw error
        }
    }

    /// The recipe's packages, built in the same root from the same sources.
    private func build(
        _ form: PackageForm, _ provenance: Provenance, _ archive: HostPath, in scratch: HostPath
    ) async throws -> [PackedPackage] {
        let folder = scratch / "inputs"
        let inputs = try await workshop.workers.run {
            try FolderArchive.extract(archive, to: folder)
            return try RecipeInputs(at: folder)
        }
        let store = workshop.packages
        for name in try HostDirectory.names(in: folder / RecipeInputs.Place.content) {
            try await workshop.workers.run {
                let writer = try store.writer()
                try FileReader(folder / RecipeInputs.Place.content / name).forEachPiece {
                    try writer.write($0)
                }
                _ = try writer.finish(expecting: try Digest(hex: name))
            }
        }
        let file = try RecipeFile(
            folder / RecipeInputs.Place.recipe / inputs.recipe, architecture: inputs.architecture,
            pipelines: [folder / RecipeInputs.Place.pipelines], options: inputs.options)
        let sources = try await SourceRun(workshop, recorded: inputs.sources).sources(of: file)
        let root = try await root(of: inputs, in: folder / RecipeInputs.Place.roots[0])
        var sysroot: BuildRoot.Kept?
        let place = folder / RecipeInputs.Place.roots[1]
        if try HostDirectory.exists(place) { sysroot = try await self.root(of: inputs, in: place) }
        let roots = BuildRoot.Roots(root: root, sysroot: sysroot)
        var order = RecipeBuildRun.Order(output: scratch, forms: [form])
        order.time = provenance.buildDefinition.internalParameters.sourceDateEpoch
        order.namespace = inputs.namespace
        let log = try LogFile(scratch / "log")
        let site = BuildSite(
            sources: sources, roots: roots,
            place: try BuildPlace(workshop, StepLimits(file.recipe.limits), at: scratch / "workspace"))
        let built = try await RecipeBuildRun(workshop) { log.append($0) }.carryOut(
            file, order, on: site, log: { log.append($0) })
        try log.close()
        let repository = scratch / "packages"
        try HostDirectory.create(repository)
        return try await form.packages(workshop).pack(built, into: repository)
    }

    private func root(of inputs: RecipeInputs, in folder: HostPath) async throws -> BuildRoot.Kept {
        let path = folder / "definition.yaml"
        var definition = try DefinitionFile(
            path, bytes: try HostDirectory.read(path, limit: DefinitionFile.limits.definition)
        ) { source, _ in
            guard let content = inputs.keys[source] else {
                throw PipelineError.damagedEvidence(
                    what: "the archive of inputs",
                    reason: "its build root wants '\(source)', which it has not")
            }
            return content
        }
        definition.local.sources.merge(inputs.keys) { first, _ in first }
        let text = try HostDirectory.read(folder / "lock.json", limit: DefinitionFile.limits.lock)
        let lock: Lock
        do throws(CanonicalJSON.ReadError) {
            lock = try CanonicalJSON.decode(
                from: text, what: "the build root's lock", limit: DefinitionFile.limits.lock)
        } catch {
            throw PipelineError.damagedEvidence(what: "the archive of inputs", reason: error.description)
        }
        // A tree that is kept was used by builds and is checked by nobody.
        return try await BuildRoot(workshop).made(definition, lock: lock, at: folder / "tree")
    }
}
