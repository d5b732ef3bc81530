// SPDX-License-Identifier: Apache-2.0

internal import Building
internal import Storage
internal import Verifying
package import Vocabulary

/// Checks a package that a recipe made: from its repository's signature to its bytes, what was signed of where it comes
/// from, and, where asked, all of that by building it again.
package struct RecipeVerification: Sendable {
    private let workshop: Workshop
    private let keys: RecipeKeys

    package init(_ workshop: Workshop, keys: RecipeKeys) {
        self.workshop = workshop
        self.keys = keys
    }

    /// Every check, what it saw and what it expected. What was built together is built again together, and nothing of which a
    /// check said no before.
    /// - Throws: where no answer could be formed: `PipelineError`, `StorageError`, `ExecutionError`.
    package func verify(_ packages: [HostPath], rebuilding: Bool) async throws -> [Verdict] {
        var checked: [Checked] = []
        for package in packages { checked.append(try await check(package)) }
        guard rebuilding else { return checked.map(\.verdict) }
        var groups: [[Int]] = []
        for number in checked.indices where checked[number].verdict.outcome != .failed {
            if let group = groups.firstIndex(where: { checked[$0[0]].isBuilt(with: checked[number]) }) {
                groups[group].append(number)
            } else {
                groups.append([number])
            }
        }
        for group in groups {
            let first = checked[group[0]]
            guard let provenance = first.provenance, let archive = first.archive else {
                for number in group { checked[number].verdict.checks.append(checked[number].unproven) }
                continue
            }
            let checks = try await RecipeRebuild(workshop).compare(
                group.map { packages[$0] }, first.form, provenance, inputs: archive)
            for (number, check) in zip(group, checks) { checked[number].verdict.checks.append(check) }
        }
        return checked.map(\.verdict)
    }

    /// A package after everything that is seen without building it.
    private struct Checked {
        let form: PackageForm
        var verdict: Verdict
        var provenance: Provenance?
        var archive: HostPath?

        var unproven: Verdict.Check {
            Verdict.Check(
                "rebuild", subject: nil, outcome: .unchecked,
                expected: "a provenance and its archive of inputs",
                found: "cannot be built again without")
        }

        func isBuilt(with other: Checked) -> Bool {
            form.name == other.form.name && archive == other.archive
                && provenance?.buildDefinition.internalParameters.buildKey
                    == other.provenance?.buildDefinition.internalParameters.buildKey
        }
    }

    private func check(_ package: HostPath) async throws -> Checked {
        workshop.report(.began(.verify, package.text))
        let form = try PackageForm.of(package)
        guard try HostDirectory.exists(package) else { throw PipelineError.noPackage(package) }
        var checked = Checked(form: form, verdict: Verdict(reference: package.text, checks: []))
        checked.verdict.checks = try await form.chain(workshop, package, keys)
        let digest = try await workshop.workers.run { try FileReader(package).digest() }
        let (checks, provenance) = try provenance(of: package, digest)
        checked.verdict.checks += checks
        checked.provenance = provenance
        if let provenance {
            let (check, found) = try await workshop.workers.run { try Self.inputs(of: package, provenance) }
            checked.verdict.checks.append(check)
            checked.archive = found
        }
        workshop.report(.ended(.verify, Figures.count(checked.verdict.checks.count, "check")))
        return checked
    }

    private func provenance(
        of package: HostPath, _ digest: Digest
    ) throws -> (checks: [Verdict.Check], Provenance?) {
        func check(_ outcome: Verdict.Outcome, _ expected: String, _ found: String) -> Verdict.Check {
            Verdict.Check("provenance", subject: digest, outcome: outcome, expected: expected, found: found)
        }
        let path = HostPath("\(package)\(RecipeEvidence.ending)")
        let expected = "a provenance of this file by a key that was given"
        // Who gives no key did not ask who made it.
        guard !keys.provenance.isEmpty else {
            return ([check(.unchecked, expected, "no P-256 key was given with --key")], nil)
        }
        guard try HostDirectory.exists(path) else {
            return ([check(.failed, expected, "there is no '\(path)'")], nil)
        }
        let bytes = try HostDirectory.read(path, limit: SigstoreBundle.sizeLimit)
        let found = FoundEvidence(bundles: [.init(place: "'\(path)'", bytes: bytes)])
        var refusals: [JudgedEvidence.Refusal] = []
        for key in keys.provenance {
            let judged = EvidenceJudge(key: key).judge(found, about: digest)
            refusals += judged.refusals
            guard let payload = judged.attestations(.provenance).first?.payload else { continue }
            do throws(CanonicalJSON.ReadError) {
                let statement: Statement<Provenance> = try CanonicalJSON.decode(
                    from: payload, what: "the provenance", limit: SigstoreBundle.sizeLimit)
                let build = statement.predicate.buildDefinition
                guard build.buildType == SlipwayURI.packageBuildType else {
                    return ([check(.failed, SlipwayURI.packageBuildType, "built as \(build.buildType)")], nil)
                }
                return (
                    [
                        check(
                            .passed, expected,
                            "\(build.externalParameters.definition), \(build.resolvedDependencies.count) dependencies"
                        )
                    ], statement.predicate
                )
            } catch { return ([check(.failed, expected, error.description)], nil) }
        }
        let reasons = Set(refusals.map(\.words)).sorted()
        return (
            [
                check(
                    .failed, expected,
                    reasons.isEmpty ? "it says nothing of that" : reasons.joined(separator: "; "))
            ],
            nil
        )
    }

    /// The archive that a provenance names, in a folder above the package.
    private static func inputs(
        of package: HostPath, _ provenance: Provenance
    ) throws -> (Verdict.Check, HostPath?) {
        let named = provenance.buildDefinition.externalParameters.inputs.sha256
        func check(_ outcome: Verdict.Outcome, _ found: String) -> Verdict.Check {
            Verdict.Check(
                "inputs", subject: named, outcome: outcome,
                expected: named?.description ?? "a digest of the inputs", found: found)
        }
        guard let named else { return (check(.failed, "the provenance names none"), nil) }
        var folder = try HostDirectory.canonical(package).parent
        while true {
            let path = folder / RecipeEvidence.folder / RecipeEvidence.name(of: named)
            if try HostDirectory.exists(path) {
                let digest = try FileReader(path).digest()
                guard digest == named else { return (check(.failed, "'\(path)' is \(digest)"), nil) }
                return (check(.passed, path.text), path)
            }
            guard folder.parent != folder else {
                return (check(.unchecked, "no folder above the package has it"), nil)
            }
            folder = folder.parent
        }
    }
}

extension JudgedEvidence.Refusal {
    fileprivate var words: String {
        switch reason {
        case .foreign(let words), .damaged(let words), .malformed(let words): "\(place): \(words)"
        case .badSignature: "\(place): it names this key, and the signature is not the key's"
        case .payloadType(let type): "\(place): it signs a \(type), and no statement"
        case .otherSubject(_, let digests):
            "\(place): it is about \(digests.map(\.description).joined(separator: ", "))"
        }
    }
}
