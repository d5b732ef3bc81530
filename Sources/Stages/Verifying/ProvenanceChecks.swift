// SPDX-License-Identifier: Apache-2.0

package import Vocabulary

/// Provenance against the inputs that it names, and both against the image.
struct ProvenanceChecks {
    let evidence: EvidenceChecks
    let platform: Platform?
    /// The index that is verified; nil where a manifest is verified alone.
    let index: Digest?
    let inputs: [Digest: FoundInputs]

    /// - Returns: the checks, and the lock of each provenance that holds.
    func run() -> (checks: [Verdict.Check], locks: [Lock]) {
        if let missing = evidence.missing("provenance", .provenance) { return ([missing], []) }
        var checks: [Verdict.Check] = []
        var locks: [Lock] = []
        for attestation in evidence.judged.attestations(.provenance) {
            let provenance: Provenance
            do throws(CanonicalJSON.ReadError) {
                provenance = try decodePredicate(of: attestation)
            } catch {
                checks.append(
                    evidence.check(
                        "provenance", false, "SLSA provenance of Slipway's build type",
                        "\(attestation.place): \(error)"))
                continue
            }
            checks.append(definition(of: provenance, at: attestation.place))
            let (check, lock) = inputs(of: provenance)
            checks.append(check)
            if let lock {
                checks.append(packages(of: provenance, lock))
                locks.append(lock)
            }
        }
        return (checks, locks)
    }

    private func definition(of provenance: Provenance, at place: String) -> Verdict.Check {
        let build = provenance.buildDefinition
        var wrong: [String] = []
        if build.buildType != SlipwayURI.buildType { wrong.append("build type '\(build.buildType)'") }
        if let platform, build.internalParameters.platform != platform.description {
            wrong.append("platform \(build.internalParameters.platform)")
        }
        return evidence.check(
            "provenance", wrong.isEmpty,
            "build type \(SlipwayURI.buildType)\(platform.map { ", platform \($0)" } ?? "")",
            wrong.isEmpty
                ? "\(place): as expected, by \(provenance.runDetails.builder.id)"
                : wrong.joined(separator: ", "))
    }

    private func inputs(of provenance: Provenance) -> (Verdict.Check, Lock?) {
        let name = "provenance-inputs"
        guard let digest = provenance.buildDefinition.externalParameters.inputs.sha256 else {
            return (evidence.check(name, false, "the digest of an inputs artifact", "none"), nil)
        }
        let expected = "the inputs artifact \(digest), whole and of this image"
        guard let found = inputs[digest] else { return (evidence.check(name, false, expected, "none"), nil) }
        var problems = found.problems
        if let artifact = found.artifact {
            if let index, artifact.subject.digest != index {
                problems.append("it refers to \(artifact.subject.digest), not to the index \(index)")
            } else if !found.images.contains(evidence.judged.subject) {
                problems.append(
                    "the index that it refers to, \(artifact.subject.digest), does not list this manifest")
            }
        }
        if let lock = found.lock, let artifact = found.artifact,
            lock.content.definition != artifact.definition.digest
        {
            problems.append(
                "its lock holds for the definition \(lock.content.definition), not for \(artifact.definition.digest)"
            )
        }
        guard problems.isEmpty, let artifact = found.artifact, let lock = found.lock else {
            return (
                evidence.check(
                    name, false, expected, problems.isEmpty ? "no lock" : problems.joined(separator: "; ")),
                nil
            )
        }
        let contents =
            "definition \(artifact.definition.digest.short), lock, \(artifact.localFiles.count) local files, \(artifact.releases.count) release files"
        return (evidence.check(name, true, expected, contents), lock)
    }

    /// Each dependency by digest: the lock's packages, its indexes and its release files, all of them and no other.
    private func packages(of provenance: Provenance, _ lock: Lock) -> Verdict.Check {
        let name = "provenance-packages"
        let architectures = lock.content.architectures.filter {
            platform == nil || $0.architecture.platform == platform
        }
        var expected: [Digest: String] = [:]
        for repository in lock.witness.repositories {
            for file in repository.signedFiles { expected[file.digest] = file.url }
            for index in repository.indexes { expected[index.digest] = index.path }
        }
        for package in architectures.flatMap(\.packages) {
            expected[package.digest] = "\(package.name) \(package.version)"
        }
        var found: [Digest: String] = [:]
        var unnamed = 0
        for dependency in provenance.buildDefinition.resolvedDependencies {
            if let digest = dependency.sha256 {
                found[digest] = dependency.name ?? dependency.uri ?? "?"
            } else {
                unnamed += 1
            }
        }
        var differences = Difference(
            missing: expected.filter { found[$0.key] == nil }.map(\.value),
            surplus: found.filter { expected[$0.key] == nil }.map(\.value)
        ).sentences
        if unnamed > 0 { differences.append("\(unnamed) dependencies without a digest") }
        if architectures.isEmpty { differences.append("the lock has no packages for this platform") }
        return evidence.check(
            name, differences.isEmpty, "the lock's \(expected.count) packages, indexes and release files",
            differences.isEmpty ? "the same, digest by digest" : differences.joined(separator: "; "))
    }
}

/// Two sets of names that should be one.
struct Difference {
    var missing: [String]
    var surplus: [String]

    var sentences: [String] {
        func list(_ names: [String]) -> String {
            names.sorted().prefix(10).joined(separator: ", ")
                + (names.count > 10 ? " and \(names.count - 10) more" : "")
        }
        return (missing.isEmpty ? [] : ["missing: \(list(missing))"])
            + (surplus.isEmpty ? [] : ["not expected: \(list(surplus))"])
    }
}

/// The predicate of a statement whose signature was checked. Throws where it is not of this form.
package func decodePredicate<Predicate: Codable & Sendable>(
    of attestation: JudgedEvidence.Attestation
) throws(CanonicalJSON.ReadError) -> Predicate {
    try CanonicalJSON.decode(
        Statement<Predicate>.self, from: attestation.payload, what: "the predicate",
        limit: SigstoreBundle.sizeLimit
    ).predicate
}
