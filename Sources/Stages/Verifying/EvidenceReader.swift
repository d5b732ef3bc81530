// SPDX-License-Identifier: Apache-2.0

package import Distribution
package import Vocabulary

/// Reads what stands beside an image, in every form that it may be stored in, and separates what is missing or
/// damaged (which a check then names) from a source that does not answer (which is an error).
package struct EvidenceReader: Sendable {
    let source: any ImageSource
    /// Reads every byte of a blob, and throws where they are not those of its digest.
    let content: @Sendable (Descriptor) async throws -> Void

    /// - Parameter content: as `ImageVerifier` has it.
    package init(source: any ImageSource, content: @escaping @Sendable (Descriptor) async throws -> Void) {
        self.source = source
        self.content = content
    }

    static let referrerLimit = 500
    static let bundlesInOneReferrer = 4

    /// Bytes, or why there are none that could be used.
    enum Reading<Value: Sendable>: Sendable {
        case read(Value)
        case damaged(String)
    }

    func manifest(_ descriptor: Descriptor) async throws -> Reading<[UInt8]> {
        try await attempt { try await source.manifest(descriptor) }
    }

    func blob(_ descriptor: Descriptor, limit: Int) async throws -> Reading<[UInt8]> {
        guard descriptor.size <= Int64(limit) else {
            return .damaged("it has \(descriptor.size) bytes; \(limit) are read at most")
        }
        return try await attempt { try await source.blob(descriptor, limit: limit) }
    }

    /// Nil where every byte is as the digest says.
    func damage(in descriptor: Descriptor) async throws -> String? {
        if case .damaged(let reason) = try await attempt({ try await content(descriptor) }) {
            reason
        } else {
            nil
        }
    }

    private func attempt<Value: Sendable>(
        _ body: @Sendable () async throws -> Value
    ) async throws -> Reading<Value> {
        do {
            return .read(try await body())
        } catch let error as DistributionError {
            switch error {
            case .unreachable, .refused, .badAnswer, .noSuchTag, .ambiguous, .badArchive, .notAnImage:
                throw error
            case .notFound, .wrongDigest, .wrongSize, .tooLarge, .badManifest, .storage:
                return .damaged("\(error)")
            }
        }
    }

    /// Bundles from the referrers and simple signatures from the tag, always both. Throws where the source does not
    /// answer, or has more referrers than are read.
    package func evidence(of subject: Digest) async throws -> FoundEvidence {
        var found = FoundEvidence()
        let referrers = try await source.referrers(of: subject)
        guard referrers.count <= Self.referrerLimit else {
            throw VerifyingError.tooManyReferrers(subject, count: referrers.count, limit: Self.referrerLimit)
        }
        for referrer in referrers.sorted(by: { $0.digest < $1.digest }) {
            try await read(referrer, of: subject, into: &found)
        }
        try await readSimpleSignatures(of: subject, into: &found)
        return found
    }

    /// Opens one referrer: what its descriptor says of its type is a hint that others may have falsified.
    private func read(_ referrer: Descriptor, of subject: Digest, into found: inout FoundEvidence)
        async throws
    {
        let place = "referrer \(referrer.digest)"
        switch try await manifest(referrer) {
        case .damaged(let reason): found.damage.append(.init(place: place, reason: reason))
        case .read(let bytes):
            guard let manifest = try? CanonicalJSON.decode(ImageManifest.self, from: bytes, what: place),
                manifest.subject?.digest == subject
            else { return }
            let bundles = manifest.layers.filter { $0.mediaType == .sigstoreBundle }
            if !bundles.isEmpty { try await readConfiguration(manifest.config, at: place, into: &found) }
            for layer in bundles.prefix(Self.bundlesInOneReferrer) {
                switch try await blob(layer, limit: SigstoreBundle.sizeLimit) {
                case .damaged(let reason): found.damage.append(.init(place: place, reason: reason))
                case .read(let bytes): found.bundles.append(.init(place: place, bytes: bytes))
                }
            }
        }
    }

    /// The configuration of an evidence's manifest says nothing; it is still a part that somebody may have changed.
    private func readConfiguration(
        _ config: Descriptor, at place: String, into found: inout FoundEvidence
    ) async throws {
        if let reason = try await damage(in: config) {
            found.damage.append(.init(place: place, reason: "its configuration: \(reason)"))
        }
    }

    private func readSimpleSignatures(of subject: Digest, into found: inout FoundEvidence) async throws {
        let place = "tag \(ReferrerTags.signatures(of: subject))"
        guard let tagged = try await source.signatureManifest(of: subject) else { return }
        switch try await manifest(tagged) {
        case .damaged(let reason): found.damage.append(.init(place: place, reason: reason))
        case .read(let bytes):
            guard let manifest = try? SimpleSigningManifest(bytes) else {
                found.damage.append(.init(place: place, reason: "it is no manifest of simple signatures"))
                return
            }
            if let config = manifest.config {
                try await readConfiguration(config, at: place, into: &found)
            }
            for layer in manifest.signatures {
                switch try await blob(layer.payload, limit: SimpleSigningPayload.sizeLimit) {
                case .damaged(let reason): found.damage.append(.init(place: place, reason: reason))
                case .read(let bytes):
                    found.simpleSignatures.append(
                        .init(place: place, payload: bytes, signature: layer.signature))
                }
            }
        }
    }

    /// The inputs artifact that a provenance names, with every byte that hangs on it. Throws where the source does not
    /// answer.
    package func inputs(_ named: Descriptor) async throws -> FoundInputs {
        var found = FoundInputs(digest: named.digest, artifact: nil, lock: nil, images: [], problems: [])
        switch try await manifest(named) {
        case .damaged(let reason): found.problems.append(reason)
        case .read(let bytes):
            do throws(InputsArtifact.ReadError) {
                found.artifact = try InputsArtifact(bytes)
            } catch { found.problems.append(error.description) }
        }
        guard let artifact = found.artifact else { return found }
        try await readLock(artifact.lock, into: &found)
        for (name, part) in [("its definition", artifact.definition)]
            + artifact.localFiles.map({ ("its local file \($0.source)", $0.content) })
            + artifact.releases.map({ ("its release file \($0.url)", $0.content) })
            + artifact.indexes.map({ ("its index \($0.url)", $0.content) })
        {
            if let reason = try await damage(in: part) { found.problems.append("\(name): \(reason)") }
        }
        if case .read(let bytes) = try await manifest(artifact.subject),
            let index = try? CanonicalJSON.decode(ImageIndex.self, from: bytes, what: "the index")
        {
            found.images = Set(index.manifests.map(\.digest))
        }
        return found
    }

    private func readLock(_ descriptor: Descriptor, into found: inout FoundInputs) async throws {
        switch try await blob(descriptor, limit: Int(InputsArtifact.Limit.lock)) {
        case .damaged(let reason): found.problems.append("its lock: \(reason)")
        case .read(let bytes):
            do throws(CanonicalJSON.ReadError) {
                let lock: Lock = try CanonicalJSON.decode(
                    from: bytes, what: "its lock", limit: Int(InputsArtifact.Limit.lock))
                guard lock.content.version == 1 else {
                    found.problems.append(
                        "its lock has the format \(lock.content.version); this version reads 1")
                    return
                }
                found.lock = lock
            } catch { found.problems.append(error.description) }
        }
    }
}
