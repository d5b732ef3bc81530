// SPDX-License-Identifier: Apache-2.0

internal import Distribution
internal import Storage
internal import Vocabulary

/// An image that stands in a content store without a layout around it: a build of this workshop.
struct StoredImage: ImageSource {
    let root: Descriptor
    let store: ContentStore
    /// Referrer manifests of the build, by their subject; all of them are in the store.
    var attached: [Descriptor] = []

    func resolve(_ tag: ImageReference.Tag?) -> Descriptor? { tag == nil ? root : nil }

    func manifest(_ descriptor: Descriptor) throws -> [UInt8] {
        try store.read(descriptor.digest, limit: 4 << 20)
    }

    func blob(_ descriptor: Descriptor, limit: Int) throws -> [UInt8] {
        try store.read(descriptor.digest, limit: limit)
    }

    func fetch(_ descriptor: Descriptor, into target: ContentStore) throws {
        guard !target.contains(descriptor.digest) else { return }
        throw PipelineError.inputMissing(what: "a layer", digest: descriptor.digest, tried: [store.root.text])
    }

    func referrers(of subject: Digest) throws -> [Descriptor] {
        try attached.filter { referrer in
            let manifest: ImageManifest = try CanonicalJSON.decode(
                from: try manifest(referrer), what: "the referrer \(referrer.digest)")
            return manifest.subject?.digest == subject
        }
    }
}
