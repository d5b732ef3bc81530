// SPDX-License-Identifier: Apache-2.0

package import Storage
package import Vocabulary

/// An image in a registry.
package struct RegistryImage: ImageSource {
    package let reference: ImageReference
    private let client: RegistryClient

    package init(_ reference: ImageReference, client: RegistryClient) {
        self.reference = reference
        self.client = client
    }

    package func resolve(_ tag: ImageReference.Tag?) async throws -> Descriptor? {
        try await client.resolve(tag.map { reference.tagged($0) } ?? reference)
    }

    /// What the reference stands for; throws where the registry has no such manifest.
    package func root() async throws -> Descriptor {
        guard let root = try await resolve(nil) else {
            throw DistributionError.notFound(what: "\(reference)")
        }
        return root
    }

    package func manifest(_ descriptor: Descriptor) async throws -> [UInt8] {
        try await client.manifest(reference.at(descriptor.digest)).1
    }

    package func blob(_ descriptor: Descriptor, limit: Int) async throws -> [UInt8] {
        try await client.blob(descriptor, from: reference, limit: limit)
    }

    package func fetch(_ descriptor: Descriptor, into store: ContentStore) async throws {
        try await client.pull(descriptor, from: reference, into: store)
    }

    package func referrers(of subject: Digest) async throws -> [Descriptor] {
        try await client.referrers(of: subject, in: reference)
    }
}
