// SPDX-License-Identifier: Apache-2.0

internal import Composing
internal import Distribution
internal import Fetching
internal import Inspecting
internal import Storage
internal import Verifying
package import Vocabulary

/// Proves an image by building it again from nothing but its own evidence: its `inputs` artifact names definition,
/// lock, local files and signed release files; packages come by digest from the recorded places. Caches begin empty.
///
/// It is run after the signature held: the provenance that names the inputs is then the signer's word.
package struct RebuildProof: Sendable {
    private let workshop: Workshop
    private let verifier: ImageVerifier

    /// - Parameter key: the public key whose provenance is believed.
    /// - Throws: `StorageError`; `VerifyingError` where it is no key.
    package init(_ workshop: Workshop, key: HostPath) throws {
        self.workshop = workshop
        verifier = try VerificationRun.verifier(key)
    }

    /// The verdict with what rebuilding found added to it.
    package func prove(_ text: String, after verdict: Verdict) async throws -> Verdict {
        workshop.report(.began(.rebuild, text))
        let source = try await ImageLocator.source(text, workshop)
        let root = try await source.root()
        let scratch = try TemporaryDirectory(in: workshop.directories.temporary)
        let store = try ContentStore(at: scratch.path / "image", .disposable)
        var verdict = verdict
        do {
            let image = try await rebuild(root, from: source, into: store, scratch.path)
            verdict.checks += try await compare(image, with: root, of: source, store)
        } catch let error as PipelineError {
            guard case .inputMissing = error else { throw error }
            verdict.checks.append(
                Verdict.Check(
                    "rebuild", subject: root.digest, outcome: .unchecked, expected: "every input at hand",
                    found: "\(error)"))
        }
        workshop.report(.ended(.rebuild, "\(root.digest)"))
        return verdict
    }

    private func rebuild(
        _ root: Descriptor, from source: any ImageSource, into store: ContentStore, _ scratch: HostPath
    ) async throws -> ComposedImage {
        let (provenance, artifact) = try await provenance(of: root, in: source)
        let definition = try await source.blob(artifact.definition, limit: DefinitionFile.limits.definition)
        let lock: Lock = try CanonicalJSON.decode(
            from: try await source.blob(artifact.lock, limit: DefinitionFile.limits.lock),
            what: "the lock of the evidence",
            limit: DefinitionFile.limits.lock)
        let packages = try ContentStore(at: scratch / "packages", .disposable)
        for file in artifact.localFiles { try await source.fetch(file.content, into: packages) }
        let sources = Dictionary(
            artifact.localFiles.map { ($0.source, $0.content) }, uniquingKeysWith: { first, _ in first })
        let file = try DefinitionFile(HostPath(artifact.definitionName), bytes: definition) { name, _ in
            guard let content = sources[name] else {
                throw PipelineError.damagedEvidence(
                    what: "the inputs artifact", reason: "it lacks the file '\(name)'")
            }
            return content
        }
        let fetcher = PackageFetcher(
            transport: workshop.transport, store: packages, workers: workshop.workers)
        var fetched: [FetchedPackages] = []
        for architecture in lock.content.architectures {
            do {
                fetched.append(try await fetcher.fetch(architecture, witness: lock.witness, snapshots: []))
            } catch {
                throw PipelineError.inputMissing(
                    what: "a package for \(architecture.architecture): \(error)", digest: root.digest,
                    tried: [])
            }
        }
        let composer = Composer(
            packages: packages, store: store, cache: try Cache(at: scratch / "cache"),
            workers: workshop.workers)
        return try await composer.compose(
            file.definition, packages: fetched, lock: lock, local: file.local,
            sourceDateEpoch: provenance.buildDefinition.internalParameters.sourceDateEpoch)
    }

    /// What the key's owner said that the image was made of: of the first platform that has such provenance, since all
    /// of a build share their inputs.
    private func provenance(
        of root: Descriptor, in source: any ImageSource
    ) async throws -> (Provenance, InputsArtifact) {
        for manifest in try await ImageLocator.platforms(of: root, in: source) {
            let found = try await verifier.provenance(of: manifest.digest, source: source) { _ in }
            for (provenance, inputs) in found {
                guard let artifact = inputs.artifact, artifact.subject.digest == root.digest else { continue }
                return (provenance, artifact)
            }
        }
        throw PipelineError.noInputs(root.digest)
    }

    /// Identical, or the first file that differs and the package that owns it.
    private func compare(
        _ image: ComposedImage, with root: Descriptor, of source: any ImageSource, _ store: ContentStore
    ) async throws -> [Verdict.Check] {
        func check(_ subject: Digest, _ outcome: Verdict.Outcome, _ expected: String, _ found: String)
            -> Verdict.Check
        {
            Verdict.Check("rebuild", subject: subject, outcome: outcome, expected: expected, found: found)
        }
        if image.index.digest == root.digest {
            return [check(root.digest, .passed, "\(root.digest)", "identical, index, manifests and layers")]
        }
        let inspector = Inspector(workers: workshop.workers)
        let theirs = try await inspector.inventory(of: source, store: workshop.packages)
        let ours = try await inspector.inventory(
            of: StoredImage(root: image.index, store: store), store: store)
        var checks: [Verdict.Check] = []
        for platform in image.platforms {
            let other = theirs.first { $0.platform == platform.architecture.platform }
            let mine = ours.first { $0.manifest.digest == platform.manifest.digest }
            guard other?.manifest.digest != platform.manifest.digest else { continue }
            let difference = Self.firstDifference(mine?.files ?? [], other?.files ?? [])
            let owner = difference.flatMap { path in platform.files.first { $0.path == path }?.owner }
            let place = difference.map { "differs at \($0)\(owner.map { " of \(Self.name($0))" } ?? "")" }
            checks.append(
                check(
                    platform.manifest.digest, .failed, "\(platform.manifest.digest)",
                    place
                        ?? "the same files, and another manifest \(other?.manifest.digest.description ?? "is missing")"
                ))
        }
        return checks.isEmpty
            ? [check(root.digest, .failed, "\(image.index.digest)", "another index")] : checks
    }

    private static func firstDifference(
        _ mine: [ImageInventory.File], _ theirs: [ImageInventory.File]
    ) -> ImagePath? {
        let others = Dictionary(theirs.map { ($0.path, $0) }, uniquingKeysWith: { first, _ in first })
        if let path = mine.first(where: { others[$0.path] != $0 })?.path { return path }
        let known = Set(mine.map(\.path))
        return theirs.first { !known.contains($0.path) }?.path
    }

    private static func name(_ owner: ComposedFile.Owner) -> String {
        switch owner {
        case .package(let name): "\(name)"
        case .definition: "the definition"
        case .rule(let rule): "the rule '\(rule)'"
        }
    }
}
