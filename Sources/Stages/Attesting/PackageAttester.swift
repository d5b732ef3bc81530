// SPDX-License-Identifier: Apache-2.0

package import Vocabulary

/// Signs where packages come from.
package struct PackageAttester: Sendable {
    private let key: SigningKey

    package init(key: SigningKey) { self.key = key }

    /// Provenance of one package file as a Sigstore bundle around a DSSE envelope (SLSA v1).
    /// - Parameters:
    ///   - file: the package file's name and digest.
    ///   - existing: a bundle that is there already; it is handed back where it says the same by the same key.
    /// - Throws: `AttestingError`.
    package func provenance(
        of file: (name: String, digest: Digest), _ facts: PackageBuildFacts, existing: [UInt8]? = nil
    ) throws(AttestingError) -> [UInt8] {
        let payload: [UInt8]
        do {
            payload = try Statement(about: file.name, file.digest, .provenance, try predicate(facts)).encode()
        } catch let error as AttestingError {
            throw error
        } catch { throw .encoding("\(error)") }
        let evidence = ExistingEvidence(
            bundles: existing.map { [file.digest: [$0]] } ?? [:], simpleSignatures: [:])
        if let known = evidence.bundle(covering: payload, about: file.digest, by: key) { return known }
        return try key.bundle(signing: payload)
    }

    private func predicate(_ facts: PackageBuildFacts) throws(AttestingError) -> Provenance {
        var inputs = ResourceDescriptor(facts.inputs)
        inputs.name = facts.inputsName
        return Provenance(
            buildDefinition: .init(
                buildType: SlipwayURI.packageBuildType,
                externalParameters: .init(definition: facts.recipe, inputs: inputs),
                internalParameters: .init(
                    platform: facts.architecture.platform.description, sourceDateEpoch: facts.sourceDateEpoch,
                    compressor: facts.compressor, buildKey: facts.buildKey, diagnostics: []),
                resolvedDependencies: facts.sources.map(Self.source)
                    + (try dependencies(of: facts))),
            runDetails: .local(facts.toolVersion, started: facts.started, finished: facts.finished))
    }

    /// Each image, and the packages in it.
    private func dependencies(of facts: PackageBuildFacts) throws(AttestingError) -> [ResourceDescriptor] {
        var dependencies: [ResourceDescriptor] = []
        for (root, name) in zip(facts.roots, ["build root", "sysroot"]) {
            dependencies.append(
                ResourceDescriptor(name: name, digest: root.image, mediaType: .imageManifest))
            dependencies += try root.lock.resolvedDependencies(for: facts.architecture)
        }
        return dependencies
    }

    /// By the digest of the bytes that were built from, of a repository too; beside it stands its commit (in-toto's
    /// `gitCommit`), by which others find it.
    private static func source(_ source: BuildSource) -> ResourceDescriptor {
        var descriptor = ResourceDescriptor(
            name: "source", uri: source.downloadLocation ?? source.uri, digest: source.digest)
        if let commit = source.commit { descriptor.digest?["gitCommit"] = commit }
        return descriptor
    }
}
