// SPDX-License-Identifier: Apache-2.0

import Distribution
import Storage
import TestHouse
import Vocabulary

/// An image and its evidence in memory, as a registry would hand them out: bytes that are not those of their digest
/// are found out on the way.
struct MemoryImage: ImageSource {
    var rootDescriptor: Descriptor
    var blobs: [Digest: [UInt8]]
    var referrers: [Digest: [Descriptor]] = [:]
    var tags: [String: Descriptor] = [:]
    /// Set where the source does not answer.
    var isDown = false

    init(_ sample: SampleImage) {
        rootDescriptor = sample.image.index
        blobs = sample.blobs
    }

    mutating func put(_ bytes: [UInt8], _ type: MediaType) -> Descriptor {
        let descriptor = Descriptor(bytes, mediaType: type)
        blobs[descriptor.digest] = bytes
        return descriptor
    }

    /// Hangs bundles beside their subjects and writes the `.sig` tags, as publishing does.
    mutating func publish(_ attestations: Attestations) throws {
        for item in attestations.evidence + attestations.signatures {
            _ = put(item.bundle, .sigstoreBundle)
            referrers[item.subject.digest, default: []].append(put(item.manifest, .imageManifest))
        }
        for simple in attestations.simpleSignatures {
            let tag = SimpleSigningManifest.tag(of: simple.subject)
            var manifest = SimpleSigningManifest()
            if let old = tags[tag], let bytes = blobs[old.digest] {
                manifest = try SimpleSigningManifest(bytes)
            }
            manifest.append(simple)
            _ = put(simple.payload, .simpleSigning)
            let (config, bytes) = try manifest.encode()
            _ = put(config, .imageConfig)
            tags[tag] = put(bytes, .imageManifest)
        }
    }

    /// Hangs one bundle beside a subject.
    mutating func refer(to subject: Descriptor, bundle: [UInt8], _ type: PredicateType = .signature) throws {
        _ = put(bundle, .sigstoreBundle)
        referrers[subject.digest, default: []].append(
            put(
                try ReferrerManifest.encode(
                    bundle: bundle, predicateType: type, subject: subject, created: Timestamp(seconds: 0)),
                .imageManifest))
    }

    func resolve(_ tag: ImageReference.Tag?) async throws -> Descriptor? {
        try answer()
        guard let tag else { return rootDescriptor }
        return tags[tag.name]
    }

    func manifest(_ descriptor: Descriptor) async throws -> [UInt8] {
        try await blob(descriptor, limit: 4 << 20)
    }

    func blob(_ descriptor: Descriptor, limit: Int) async throws -> [UInt8] {
        try answer()
        let what = "\(descriptor.digest)"
        guard let bytes = blobs[descriptor.digest] else { throw DistributionError.notFound(what: what) }
        let found = ContentHasher.digest(of: bytes)
        guard found == descriptor.digest else {
            throw DistributionError.wrongDigest(what: what, expected: descriptor.digest, found: found)
        }
        return bytes
    }

    func fetch(_ descriptor: Descriptor, into store: ContentStore) async throws {
        _ = try store.write(try await blob(descriptor, limit: .max))
    }

    func referrers(of subject: Digest) async throws -> [Descriptor] {
        try answer()
        return referrers[subject] ?? []
    }

    private func answer() throws {
        if isDown { throw DistributionError.unreachable(registry: "registry.example.org", reason: "down") }
    }
}
