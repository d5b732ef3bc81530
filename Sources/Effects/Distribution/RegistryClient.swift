// SPDX-License-Identifier: Apache-2.0

package import Storage
package import Transport
package import Vocabulary

/// Speaks to OCI registries (distribution-spec 1.1), anonymously; over plain HTTP to loopback, else over HTTPS. What
/// comes back was checked against its digest. Functions throw `DistributionError`, or `CancellationError`.
package struct RegistryClient: Sendable {
    /// What is read at most of what others wrote.
    static let limits = (referrers: 500, tags: 100_000, pages: 200)

    let transport: HTTPTransport
    let workers: WorkerThreads
    /// Blobs that move at once.
    let width: Int

    /// - Parameter width: how many blobs are pulled or pushed at once.
    package init(
        transport: HTTPTransport, workers: WorkerThreads = WorkerThreads(count: 4), width: Int = 4
    ) {
        self.transport = transport
        self.workers = workers
        self.width = width
    }

    func talk(_ reference: ImageReference) -> RegistryTalk {
        RegistryTalk(transport: transport, reference: reference)
    }

    // MARK: - Reading

    /// What a tag or a digest stands for; nil where the registry has no such manifest or repository. The digest of a
    /// tag is the registry's word, which `manifest` holds against the bytes.
    package func resolve(_ reference: ImageReference) async throws -> Descriptor? {
        let talk = talk(reference)
        let reply = try await talk.ask(
            "HEAD", talk.url("manifests/\(reference.manifestReference)"), [("Accept", RegistryTalk.accepted)])
        if reply.status == 404 { return nil }
        guard reply.status == 200 else { throw RegistryTalk.refusal("\(reference)", reply) }
        let hint = reply.headers["Docker-Content-Digest"].flatMap { try? Digest($0) }
        guard let digest = hint, let size = reply.headers["Content-Length"].flatMap({ Int64($0) }), size > 0,
            let type = Self.mediaType(reply)
        else {
            // Not every registry tells without the body.
            return try await manifest(reference).0
        }
        if let named = reference.digest, named != digest {
            throw DistributionError.wrongDigest(what: "\(reference)", expected: named, found: digest)
        }
        return Descriptor(mediaType: type, digest: digest, size: size)
    }

    /// A manifest or index, with its bytes as the registry keeps them.
    package func manifest(_ reference: ImageReference) async throws -> (Descriptor, [UInt8]) {
        let talk = talk(reference)
        let reply = try await talk.ask(
            "GET", talk.url("manifests/\(reference.manifestReference)"), [("Accept", RegistryTalk.accepted)],
            limit: ManifestOutline.sizeLimit)
        if reply.status == 404 { throw DistributionError.notFound(what: "\(reference)") }
        guard reply.status == 200 else { throw RegistryTalk.refusal("\(reference)", reply) }
        let digest = ContentHasher.digest(of: reply.body)
        // The registry's own word is no proof, but where the two differ something was lost on the way.
        let hint = reply.headers["Docker-Content-Digest"].flatMap { try? Digest($0) }
        for expected in [reference.digest, hint?.algorithm == .sha256 ? hint : nil] {
            if let expected, expected != digest {
                throw DistributionError.wrongDigest(what: "\(reference)", expected: expected, found: digest)
            }
        }
        let outline: ManifestOutline
        do throws(CanonicalJSON.ReadError) {
            outline = try ManifestOutline(reply.body, what: "\(reference)")
        } catch { throw DistributionError.badManifest(what: "\(reference)", reason: "\(error)") }
        guard let type = outline.mediaType ?? Self.mediaType(reply) else {
            throw DistributionError.badManifest(what: "\(reference)", reason: "nothing says what it is")
        }
        return (Descriptor(mediaType: type, digest: digest, size: Int64(reply.body.count)), reply.body)
    }

    /// Without parameters, which some registries add.
    private static func mediaType(_ reply: HTTPReply) -> MediaType? {
        let type = reply.headers["Content-Type"]?.prefix { $0 != ";" && $0 != " " }
        return type.flatMap { $0.isEmpty ? nil : MediaType(rawValue: String($0)) }
    }

    /// Every tag of a repository, in the order of their names; none where there is no such repository.
    package func tags(
        of reference: ImageReference, pageSize: Int = 1000
    ) async throws -> [ImageReference.Tag] {
        struct Page: Decodable { var tags: [String]? }
        let talk = talk(reference)
        var names: Set<String> = []
        var next: String? = talk.url("tags/list?n=\(pageSize)")
        for _ in 0..<Self.limits.pages {
            guard let url = next else { break }
            let reply = try await talk.ask("GET", url)
            if reply.status == 404 { return [] }
            guard reply.status == 200 else {
                throw RegistryTalk.refusal("the tags of \(reference.name)", reply)
            }
            do throws(CanonicalJSON.ReadError) {
                names.formUnion(
                    try CanonicalJSON.decode(Page.self, from: reply.body, what: "the tags").tags ?? [])
            } catch { throw DistributionError.badAnswer(what: reference.name, reason: "\(error)") }
            next = try talk.nextPage(reply)
            guard names.count <= Self.limits.tags else { break }
        }
        // Half of the tags would pass for all of them.
        guard next == nil, names.count <= Self.limits.tags else {
            throw DistributionError.badAnswer(
                what: "the tags of \(reference.name)",
                reason:
                    "they are more than the \(Self.limits.tags) tags on \(Self.limits.pages) pages that are read"
            )
        }
        return names.compactMap { try? ImageReference.Tag($0) }.sorted { $0.name < $1.name }
    }

    // MARK: - Deleting

    /// Deletes a tag, or the manifest of a digest. No error where it is not there. A referrer leaves its subject's
    /// fallback tag too, where the registry keeps no list itself.
    package func delete(_ reference: ImageReference) async throws {
        let talk = talk(reference)
        var subject: Digest?
        if let digest = reference.digest, let found = try await resolve(reference.at(digest)) {
            let bytes = try await manifest(reference.at(found.digest)).1
            subject = (try? ManifestOutline(bytes, what: "\(reference)"))?.subject?.digest
        }
        let reply = try await talk.ask("DELETE", talk.url("manifests/\(reference.manifestReference)"))
        guard reply.isSuccess || reply.status == 404 else {
            throw RegistryTalk.refusal("deleting \(reference)", reply)
        }
        if let subject, let digest = reference.digest, try await !hasReferrersAPI(for: subject, reference) {
            try await updateFallback(of: subject, in: reference) { $0.removeAll { $0.digest == digest } }
        }
    }
}

extension ImageReference {
    /// The last part of a manifest's URL: the digest where there is one.
    var manifestReference: String { digest?.description ?? tag?.name ?? "latest" }
}
