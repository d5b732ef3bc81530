// SPDX-License-Identifier: Apache-2.0

package import Distribution
package import Vocabulary

/// Checks an image by one public key: every byte, every signature, and that what was attested is what is there.
/// A verdict on an index covers each of its manifests; nothing that is not signed is believed.
package struct ImageVerifier: Sendable {
    private let judge: EvidenceJudge

    package init(key: VerificationKey) { judge = EvidenceJudge(key: key) }

    /// - Parameters:
    ///   - reference: how the user named the image, for the verdict.
    ///   - inventories: what the image's own content says is installed, by the digest of the platform's manifest;
    ///     without one the SBOM's check is `unchecked`.
    ///   - content: reads every byte of a blob where the source has it, and throws `DistributionError` where they are
    ///     not those of its digest.
    /// - Throws: `VerifyingError` or `DistributionError` where the source does not answer; never for what a check says.
    package func verify(
        source: any ImageSource, reference: String, inventories: [Digest: ImageInventory],
        content: @escaping @Sendable (Descriptor) async throws -> Void
    ) async throws -> Verdict {
        let reader = EvidenceReader(source: source, content: content)
        let root = try await source.root()
        var verdict = Verdict(reference: reference, checks: [])
        let bytes = try await reader.manifest(root)
        if root.mediaType.isIndex {
            let children = check(index: root, bytes, into: &verdict)
            let judged = judge.judge(try await reader.evidence(of: root.digest), about: root.digest)
            let checks = EvidenceChecks(judged, key: judge.key)
            verdict.checks += [checks.signature, checks.attestations]
            for child in children {
                verdict.checks += try await check(
                    manifest: child, in: root.digest, try await reader.manifest(child), reader, inventories)
            }
        } else {
            verdict.checks += try await check(manifest: root, in: nil, bytes, reader, inventories)
        }
        return verdict
    }

    /// The provenance of one platform's manifest that this key signed, each with the inputs that it names: all that
    /// building the image again starts from. Nothing beyond the signatures is checked here; `verify` comes first.
    /// Throws as `verify` does.
    package func provenance(
        of manifest: Digest, source: any ImageSource,
        content: @escaping @Sendable (Descriptor) async throws -> Void
    ) async throws -> [(provenance: Provenance, inputs: FoundInputs)] {
        let reader = EvidenceReader(source: source, content: content)
        let judged = judge.judge(try await reader.evidence(of: manifest), about: manifest)
        var found: [(provenance: Provenance, inputs: FoundInputs)] = []
        for attestation in judged.attestations(.provenance) {
            guard let provenance: Provenance = try? decodePredicate(of: attestation),
                let named = provenance.buildDefinition.externalParameters.inputs.content
            else { continue }
            found.append((provenance, try await reader.inputs(named)))
        }
        return found
    }

    /// The bills of materials of one platform's manifest that this key signed. Throws as `verify` does.
    package func billsOfMaterials(
        of manifest: Digest, source: any ImageSource,
        content: @escaping @Sendable (Descriptor) async throws -> Void
    ) async throws -> [JudgedEvidence.Attestation] {
        let evidence = try await EvidenceReader(source: source, content: content).evidence(of: manifest)
        return judge.judge(evidence, about: manifest).attestations(.spdx)
    }

    static let childLimit = 64

    /// The index itself; hands back its manifests, each once.
    private func check(
        index: Descriptor, _ bytes: EvidenceReader.Reading<[UInt8]>, into verdict: inout Verdict
    ) -> [Descriptor] {
        var children: [Descriptor] = []
        var problem: String?
        switch bytes {
        case .damaged(let reason): problem = reason
        case .read(let bytes):
            do throws(CanonicalJSON.ReadError) {
                let read: ImageIndex = try CanonicalJSON.decode(from: bytes, what: "the index")
                var seen: Set<Digest> = []
                children = read.manifests.filter { seen.insert($0.digest).inserted }
                problem = ManifestShape.problem(bytes, as: index.mediaType)
                if let other = children.first(where: { !$0.mediaType.isManifest }) {
                    problem = "it lists \(other.digest), which is a '\(other.mediaType)' and no manifest"
                } else if children.isEmpty || children.count > Self.childLimit {
                    problem =
                        "it lists \(children.count) manifests; between 1 and \(Self.childLimit) are verified"
                }
            } catch { problem = error.description }
        }
        verdict.checks.append(
            Verdict.Check(
                "index", subject: index.digest, outcome: problem == nil ? .passed : .failed,
                expected: "an image index of these \(index.size) bytes",
                found: problem ?? "\(children.count) manifests"))
        return problem == nil ? children : []
    }

    /// One platform's image: its bytes, its signature, its evidence.
    private func check(
        manifest descriptor: Descriptor, in index: Digest?, _ bytes: EvidenceReader.Reading<[UInt8]>,
        _ reader: EvidenceReader, _ inventories: [Digest: ImageInventory]
    ) async throws -> [Verdict.Check] {
        let content = ContentChecks(descriptor: descriptor, reader: reader)
        var (checks, platform) = try await content.run(bytes)
        let judged = judge.judge(try await reader.evidence(of: descriptor.digest), about: descriptor.digest)
        let evidence = EvidenceChecks(judged, key: judge.key)
        checks += [evidence.signature, evidence.attestations]
        var inputs: [Digest: FoundInputs] = [:]
        for named in namedInputs(judged) { inputs[named.digest] = try await reader.inputs(named) }
        let provenance = ProvenanceChecks(
            evidence: evidence, platform: platform, index: index, inputs: inputs
        ).run()
        checks += provenance.checks
        checks += BillOfMaterialsChecks(
            evidence: evidence, inventory: inventories[descriptor.digest], architecture: platform,
            locks: provenance.locks
        ).run()
        return checks + TestReportChecks(evidence: evidence).run()
    }

    /// The inputs artifacts that signed provenance about the subject names.
    private func namedInputs(_ judged: JudgedEvidence) -> [Descriptor] {
        judged.attestations(.provenance).compactMap { attestation in
            let provenance: Provenance? = try? decodePredicate(of: attestation)
            return provenance?.buildDefinition.externalParameters.inputs.content
        }
    }
}
