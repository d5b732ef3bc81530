// SPDX-License-Identifier: Apache-2.0

internal import Composing
internal import Distribution
internal import Fetching
internal import Inspecting
internal import Storage
internal import Verifying
package import Vocabulary

/// Proves an image by building it again from nothing but its own evidence: its `inputs` artifact names definition,
/// lock, local files and signed release files; packages and indexes come by digest from the recorded places, or from a
/// folder that holds them. Stores and caches begin empty, and are gone afterwards.
///
/// It is run after the signature held: the provenance that names the inputs is then the signer's word.
package struct RebuildProof: Sendable {
    private let workshop: Workshop
    private let verifier: ImageVerifier
    private let inputs: HostPath?

    /// - Parameters:
    ///   - key: the public key whose provenance is believed.
    ///   - inputs: a folder with packages and indexes, for when the recorded places no longer have them.
    /// - Throws: `StorageError`; `VerifyingError` where it is no key.
    package init(_ workshop: Workshop, key: HostPath, inputs: HostPath? = nil) throws {
        self.workshop = workshop
        verifier = try VerificationRun.verifier(key)
        self.inputs = inputs
    }

    /// The verdict with what rebuilding found added to it: `repository-signature`, and `rebuild`, which is identical,
    /// differs at a file of a package, or cannot be told because an input is missing.
    package func prove(_ text: String, after verdict: Verdict) async throws -> Verdict {
        workshop.report(.began(.rebuild, text))
        let source = try await ImageLocator.source(text, workshop)
        let root = try await source.root()
        let scratch = try TemporaryDirectory(in: workshop.directories.temporary)
        let bench = try RebuildBench(
            workshop, at: scratch.path, inputs: try inputs.map { try InputsFolder($0) })
        var verdict = verdict
        do {
            let (provenance, artifact) = try await provenance(of: root, in: source)
            let gathered = try await bench.gather(artifact, from: source)
            verdict.checks.append(chain(gathered, root.digest))
            let image = try await bench.compose(
                gathered, sourceDateEpoch: provenance.buildDefinition.internalParameters.sourceDateEpoch)
            let comparison = RebuildComparison(rebuilt: image, root: root)
            verdict.checks +=
                comparison.isIdentical
                ? [comparison.identical] : try await differences(comparison, source, bench)
        } catch let error as PipelineError {
            guard error.isMissingInput else { throw error }
            verdict.checks.append(
                Verdict.Check(
                    "rebuild", subject: root.digest, outcome: .unchecked, expected: "every input at hand",
                    found: "cannot be built again: \(error)"))
        }
        workshop.report(.ended(.rebuild, "\(root.digest)"))
        return verdict
    }

    /// What the key's owner said that the image was made of: of the first platform that has such provenance, since all
    /// of a build share their inputs. They are about the index, also where one of its manifests is to be proven.
    private func provenance(
        of root: Descriptor, in source: any ImageSource
    ) async throws -> (Provenance, InputsArtifact) {
        for manifest in try await ImageLocator.platforms(of: root, in: source) {
            let found = try await verifier.provenance(of: manifest.digest, source: source) { _ in }
            for (provenance, inputs) in found {
                guard let artifact = inputs.artifact,
                    artifact.subject.digest == root.digest || inputs.images.contains(root.digest)
                else { continue }
                return (provenance, artifact)
            }
        }
        throw PipelineError.noInputs(root.digest)
    }

    /// Whether each package's way back to a repository's signature was walked again. What no index names is refused
    /// where all of them were read; where some are gone, the lock's digest has to do, and a diagnostic says so.
    private func chain(_ gathered: RebuildBench.Gathered, _ root: Digest) -> Verdict.Check {
        let items = gathered.packages.flatMap(\.items)
        let strangers = items.filter { !$0.chainVerified }.map(\.package.name.text)
        let unsigned = gathered.lock.witness.repositories.filter(\.isUnsigned).map { "'\($0.line)'" }
        var refusal = gathered.refusal
        let found: String
        if strangers.isEmpty {
            found = "all \(items.count) packages, by indexes that the recorded release files name"
        } else if gathered.isChainComplete {
            found = "no index that a repository signed names \(strangers.prefix(10).joined(separator: ", "))"
            refusal = refusal ?? found
        } else {
            found =
                "\(items.count - strangers.count) of \(items.count) packages; digests of the lock for the others"
        }
        return Verdict.Check(
            "repository-signature", subject: root,
            outcome: refusal != nil ? .failed : unsigned.isEmpty ? .passed : .unchecked,
            expected: "nothing that a repository did not sign",
            found: refusal ?? (unsigned.isEmpty ? found : "\(unsigned.joined(separator: ", ")) is not signed")
        )
    }

    private func differences(
        _ comparison: RebuildComparison, _ source: any ImageSource, _ bench: RebuildBench
    ) async throws -> [Verdict.Check] {
        let inspector = Inspector(workers: workshop.workers)
        let ours = try await inspector.inventory(
            of: StoredImage(root: comparison.rebuilt.index, store: bench.images), store: bench.images)
        do {
            let theirs = try await inspector.inventory(of: source, store: bench.packages)
            return comparison.checks(ours: ours, theirs: theirs)
        } catch let error as InspectingError {
            return [comparison.unreadable("\(error)")]
        }
    }
}

extension PipelineError {
    /// Whether it says that building again is not possible, as opposed to that it went wrong.
    fileprivate var isMissingInput: Bool {
        switch self {
        case .inputMissing, .noInputs, .damagedEvidence: true
        default: false
        }
    }
}
