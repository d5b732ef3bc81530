// SPDX-License-Identifier: Apache-2.0

internal import Attesting
internal import Describing
internal import Fetching
package import Storage
package import Vocabulary

/// What is said about a build: its inputs, its bills of materials, and all of it signed.
extension ImagePipeline {
    /// Puts definition, lock, local files, keyrings and signed release files beside the image, as the one artifact that
    /// `verify --rebuild` needs, and returns it.
    package func inputs(
        of built: BuiltImage, in store: ContentStore, withIndexes: Bool = false
    ) throws -> InputsArtifact {
        let definition = Descriptor(built.file.bytes, mediaType: .slipwayDefinition)
        let lockBytes = try CanonicalJSON.encode(built.lock)
        let lock = Descriptor(lockBytes, mediaType: .slipwayLock)
        try store.write(built.file.bytes)
        try store.write(lockBytes)
        for file in built.file.local.sources.values { try bring(file.digest, into: store) }
        let repositories = built.lock.witness.repositories
        let releases = try repositories.flatMap { repository in
            try repository.signedFiles.compactMap { file in
                try place(file.digest, at: file.url, "the signed file \(file.url)", of: repository, store)
            }
        }
        let indexes =
            try !withIndexes
            ? []
            : repositories.flatMap { repository in
                try repository.vouchedIndexes.compactMap { index in
                    try place(index.digest, at: index.url, "the index \(index.path)", of: repository, store)
                }
            }
        let artifact = InputsArtifact(
            subject: built.image.index, definitionName: String(built.file.path.name), definition: definition,
            lock: lock,
            localFiles: built.file.local.sources.map { .init(source: $0.key, content: $0.value) }
                + (try keyrings(of: built.file, into: store)),
            releases: releases.withoutRepetition, indexes: indexes.withoutRepetition)
        try store.write(Array("{}".utf8))
        try store.write(try artifact.encode())
        return artifact
    }

    /// A repository's file into `store`; nil, with a diagnostic, where it is no longer at hand.
    private func place(
        _ digest: Digest, at url: String, _ what: String, of repository: RepositoryWitness,
        _ store: ContentStore
    ) throws -> InputsArtifact.RepositoryFile? {
        guard try bring(digest, into: store), let size = store.size(of: digest) else {
            workshop.report(
                .diagnostic(
                    Diagnostic(
                        .warning, .releaseNotAtHand,
                        "\(what) of \(repository.title) is no longer at hand; the evidence names it by digest alone"
                    )))
            return nil
        }
        return .init(url: url, content: Descriptor(mediaType: .slipwayRelease, digest: digest, size: size))
    }

    /// The keyrings that the definition names: whoever builds again has no other to check the release files with.
    private func keyrings(
        of file: DefinitionFile, into store: ContentStore
    ) throws -> [InputsArtifact.LocalFile] {
        try file.keyringNames.filter { file.local.sources[$0] == nil }.compactMap { name in
            let entry = try DefinitionFile.key(name, beside: file.path)
            let digest: Digest
            let size: Int64
            if let path = entry.file, try HostDirectory.exists(path) {
                (digest, size) = try DefinitionFile.take(path, into: store)
            } else if let key = try workshop.refresher().keptKey(entry), try bring(key, into: store) {
                (digest, size) = (key, store.size(of: key) ?? 0)
            } else {
                return nil
            }
            return .init(
                source: name, content: Descriptor(mediaType: .slipwayLocalFile, digest: digest, size: size))
        }
    }

    /// Everything about a build, signed: nothing of it is published by this.
    func attest(
        _ built: BuiltImage, inputs: InputsArtifact, reports: [TestReport], name: SignedName, key: SigningKey,
        existing: ExistingEvidence = .none
    ) throws -> Attestations {
        workshop.report(.began(.attest, name.subject))
        let facts = BuildFacts(
            definition: inputs.definition, definitionName: inputs.definitionName,
            inputs: try inputs.descriptor(),
            lock: built.lock, buildKey: built.key, toolVersion: Slipway.version,
            compressor: Slipway.composition,
            sourceDateEpoch: built.sourceDateEpoch, started: built.started, finished: built.finished,
            diagnostics: built.diagnostics)
        let attestations = try Attester(key: key, existing: existing).attest(
            image: built.image, facts: facts, sboms: try billsOfMaterials(built, name: name.subject),
            tests: reports, name: name)
        workshop.report(.ended(.attest, Figures.count(attestations.evidence.count, "attestation")))
        return attestations
    }

    /// SPDX documents by the digest of each platform's manifest.
    package func billsOfMaterials(_ built: BuiltImage, name: String) throws -> [Digest: [UInt8]] {
        var bills: [Digest: [UInt8]] = [:]
        for platform in built.image.platforms {
            guard
                let lock = built.lock.content.architectures.first(where: {
                    $0.architecture == platform.architecture
                })
            else { continue }
            let bill = BillOfMaterialsWriter().describe(
                lock: lock, witness: built.lock.witness, image: platform, name: name)
            bills[platform.manifest.digest] = try SPDXDocument.encode(bill)
        }
        return bills
    }

    /// Copies a blob from the package store where `store` lacks it; false where neither has it.
    @discardableResult
    private func bring(_ digest: Digest, into store: ContentStore) throws -> Bool {
        if store.contains(digest) { return true }
        guard workshop.packages.contains(digest) else { return false }
        let reader = try workshop.packages.reader(of: digest)
        let writer = try store.writer()
        try reader.forEachPiece { try writer.write($0) }
        _ = try writer.finish(expecting: digest)
        return true
    }
}

extension [InputsArtifact.RepositoryFile] {
    /// A repository may stand in a definition twice, as with a tag and without.
    fileprivate var withoutRepetition: Self {
        var seen: Set<String> = []
        return filter { seen.insert("\($0.url) \($0.content.digest)").inserted }
    }
}

extension Diagnostic.Code {
    static let releaseNotAtHand = Self(rawValue: "release-not-at-hand")
}
