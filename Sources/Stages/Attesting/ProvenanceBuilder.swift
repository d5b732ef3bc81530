// SPDX-License-Identifier: Apache-2.0

internal import Vocabulary

/// Turns the facts of a build into the provenance of one platform's image.
struct ProvenanceBuilder {
    let facts: BuildFacts

    func provenance(of image: PlatformImage) throws(AttestingError) -> Provenance {
        Provenance(
            buildDefinition: .init(
                buildType: SlipwayURI.buildType,
                externalParameters: .init(
                    definition: facts.definitionName, inputs: ResourceDescriptor(facts.inputs)),
                internalParameters: .init(
                    platform: image.architecture.platform.description, sourceDateEpoch: facts.sourceDateEpoch,
                    compressor: facts.compressor, buildKey: facts.buildKey, diagnostics: facts.diagnostics),
                resolvedDependencies: try facts.lock.resolvedDependencies(for: image.architecture)),
            runDetails: .local(facts.toolVersion, started: facts.started, finished: facts.finished))
    }
}

extension Provenance.RunDetails {
    /// A run of this program on somebody's machine.
    static func local(_ toolVersion: String, started: Timestamp, finished: Timestamp) -> Self {
        Self(
            builder: .init(id: SlipwayURI.localBuilder, version: ["slipway": toolVersion]),
            metadata: .init(startedOn: started, finishedOn: finished))
    }
}

extension Lock {
    /// Each repository's signed files, then what they vouch for, then the packages of one architecture.
    func resolvedDependencies(
        for architecture: Architecture
    ) throws(AttestingError) -> [ResourceDescriptor] {
        guard let lock = content.architectures.first(where: { $0.architecture == architecture }) else {
            throw .missingLock(architecture)
        }
        return repositories + packages(of: lock)
    }

    /// Each repository's signed files, followed by the indexes that they vouch for; each file once.
    private var repositories: [ResourceDescriptor] {
        witness.repositories.flatMap { repository in
            repository.signedFiles.map {
                ResourceDescriptor(name: repository.line, uri: $0.url, digest: $0.digest)
            }
                + repository.vouchedIndexes.map {
                    ResourceDescriptor(name: $0.path, uri: $0.url, digest: $0.digest)
                }
        }
    }

    private func packages(of lock: ArchitectureLock) -> [ResourceDescriptor] {
        let distribution = lock.distribution(witness)
        // What a base image holds is named by that image, once.
        let base = Set(lock.packages.filter { $0.role == .base }.map(\.digest)).sorted().map { manifest in
            ResourceDescriptor(name: "base image", digest: manifest, mediaType: .imageManifest)
        }
        return base
            + lock.fetchedPackages.map { package in
                ResourceDescriptor(
                    name: package.name.text, uri: lock.packageURL(of: package, distribution: distribution),
                    digest: package.digest,
                    downloadLocation: witness.places[package.digest.description]?.first)
            }
    }
}
