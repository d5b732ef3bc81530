// SPDX-License-Identifier: Apache-2.0

internal import Attesting
internal import Building
internal import Storage
internal import Vocabulary

/// What is said of packages beside them: the archive of everything that their build was given, and for each package a
/// signed provenance that names it.
struct RecipeEvidence: Sendable {
    /// Below the repository, by digest: several versions and architectures share a folder and never a name.
    static let folder = "inputs"
    /// Behind the package file's whole name.
    static let ending = ".sigstore.json"

    private let attester: PackageAttester
    private let repository: HostPath
    private let archive: HostPath
    private let inputs: Descriptor
    private let built: BuiltRecipe
    /// `SOURCE_DATE_EPOCH`, where the caller set it.
    private let time: Timestamp?
    private let started: Timestamp
    private let finished: Timestamp

    static func name(of inputs: Digest) -> String { "\(inputs.hex).tar.gz" }

    /// Nil, with a note, where nobody's key signs.
    init?(
        _ workshop: Workshop, _ built: BuiltRecipe, _ order: RecipeBuildRun.Order, started: Timestamp,
        in scratch: HostPath
    ) async throws {
        guard let key = order.provenanceKey else {
            workshop.report(
                .diagnostic(
                    Diagnostic(
                        .note, .noProvenance,
                        "nothing says where the packages come from; --provenance-key signs it, and what they were built "
                            + "from is kept")))
            return nil
        }
        attester = PackageAttester(key: key.signingKey)
        repository = order.output
        let archive = scratch / "inputs.tar.gz"
        let store = workshop.packages
        let (digest, size) = try await workshop.workers.run {
            try RecipeInputs(built).write(
                of: built, from: store, gathering: scratch / "inputs", to: archive)
        }
        self.archive = archive
        inputs = Descriptor(mediaType: .slipwayPackageInputs, digest: digest, size: size)
        self.built = built
        time = order.time
        self.started = started
        finished = workshop.now()
    }

    /// Puts what is said of a package, by its file's digest, beside its place. What says it already by the same key stays.
    func put(of digest: Digest, _ form: PackageForm, beside place: HostPath) throws {
        let folder = repository / Self.folder
        let kept = folder / Self.name(of: inputs.digest)
        if try !HostDirectory.exists(kept) {
            try HostDirectory.create(folder, durable: true)
            try AtomicFile.write(kept) { file in try FileReader(archive).forEachPiece { try file.write($0) } }
        }
        let path = HostPath("\(place)\(Self.ending)")
        let existing =
            try HostDirectory.exists(path)
            ? try HostDirectory.read(path, limit: SigstoreBundle.sizeLimit) : nil
        let bundle = try attester.provenance(
            of: (String(place.name), digest), try facts(form), existing: existing)
        if bundle != existing { try AtomicFile.replace(path, with: bundle) }
    }

    private func facts(_ form: PackageForm) throws -> PackageBuildFacts {
        let key = ContentHasher.digest(
            of: try CanonicalJSON.encode([
                inputs.digest.description, form.name, Slipway.version, time?.description ?? "",
            ]))
        var facts = PackageBuildFacts(
            recipe: String(built.file.path.name), inputs: inputs, inputsName: Self.name(of: inputs.digest),
            architecture: built.output.recipe.architecture, sources: built.sources,
            roots: built.roots.all.map { .init(image: $0.image.manifest.digest, lock: $0.resolved) },
            buildKey: key, toolVersion: Slipway.version, compressor: form.name, started: started,
            finished: finished)
        facts.sourceDateEpoch = time
        return facts
    }
}

extension Diagnostic.Code {
    static let noProvenance = Self(rawValue: "no-provenance")
}
