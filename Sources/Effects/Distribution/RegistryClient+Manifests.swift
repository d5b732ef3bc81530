// SPDX-License-Identifier: Apache-2.0

internal import Transport
package import Vocabulary

extension RegistryClient {
    /// How often a lost update of a fallback tag is made again.
    private static let fallbackAttempts = 5

    /// Pushes a manifest or an index, whose blobs and children must be there, under the reference's tag, or under its
    /// own digest where it has none. Where it names a subject and the registry keeps no list of referrers, the list
    /// at the fallback tag is kept in its place (distribution-spec, "Pushing Manifests with Subject").
    @discardableResult
    package func pushManifest(
        _ bytes: [UInt8], mediaType: MediaType, to reference: ImageReference
    ) async throws -> Descriptor {
        let descriptor = Descriptor(bytes, mediaType: mediaType)
        if let named = reference.digest, named != descriptor.digest {
            throw DistributionError.wrongDigest(
                what: "\(reference)", expected: named, found: descriptor.digest)
        }
        let outline: ManifestOutline
        do throws(CanonicalJSON.ReadError) {
            outline = try ManifestOutline(bytes, what: "the manifest for \(reference)")
        } catch { throw DistributionError.badManifest(what: "\(reference)", reason: "\(error)") }
        let talk = talk(reference)
        let name = reference.tag?.name ?? descriptor.digest.description
        let reply = try await talk.ask(
            "PUT", talk.url("manifests/\(name)"), [("Content-Type", mediaType.rawValue)], body: .bytes(bytes))
        guard reply.isSuccess else { throw RegistryTalk.refusal("pushing \(reference.name):\(name)", reply) }
        let hint = reply.headers["Docker-Content-Digest"].flatMap { try? Digest($0) }
        if let hint, hint.algorithm == .sha256, hint != descriptor.digest {
            throw DistributionError.wrongDigest(
                what: "\(reference)", expected: descriptor.digest, found: hint)
        }
        if let subject = outline.subject, reply.headers["OCI-Subject"] == nil,
            try await !hasReferrersAPI(for: subject.digest, reference)
        {
            let entry = outline.referrer(descriptor)
            try await updateFallback(of: subject.digest, in: reference) { listed in
                if !listed.contains(where: { $0.digest == entry.digest }) { listed.append(entry) }
            }
        }
        return descriptor
    }

    // MARK: - Referrers

    /// The manifests that name `subject`, at most 500: from the referrers API, or from the fallback tag where the
    /// registry has none. See `ImageSource.referrers(of:)` for how far the descriptors can be trusted.
    package func referrers(of subject: Digest, in reference: ImageReference) async throws -> [Descriptor] {
        let talk = talk(reference)
        var found: [Descriptor] = []
        var next: String? = talk.url("referrers/\(subject)")
        for page in 0..<Self.limits.pages {
            guard let url = next, found.count <= Self.limits.referrers else { break }
            let reply = try await talk.ask("GET", url, [("Accept", MediaType.imageIndex.rawValue)])
            if page == 0, Self.lacksAPI(reply) {
                found = try await fallback(of: subject, in: reference)
                next = nil
                break
            }
            guard reply.status == 200 else {
                throw RegistryTalk.refusal("the referrers of \(reference.name)@\(subject)", reply)
            }
            found += try index(reply.body, "the referrers of \(reference.name)@\(subject)").manifests
            next = try talk.nextPage(reply)
        }
        guard found.count <= Self.limits.referrers, next == nil else {
            throw DistributionError.tooLarge(
                what: "the list of referrers of \(reference.name)@\(subject) (entries)",
                bytes: Int64(found.count),
                limit: Int64(Self.limits.referrers))
        }
        var seen: Set<Digest> = []
        return found.filter { seen.insert($0.digest).inserted }
    }

    /// 404 by the specification; registries older than it say 405, or answer with a page of their own.
    private static func lacksAPI(_ reply: HTTPReply) -> Bool {
        if reply.status == 404 || reply.status == 405 { return true }
        let isIndex = reply.headers["Content-Type"]?.hasPrefix(MediaType.imageIndex.rawValue) ?? true
        return reply.status == 200 && !isIndex
    }

    func hasReferrersAPI(for subject: Digest, _ reference: ImageReference) async throws -> Bool {
        let talk = talk(reference)
        let reply = try await talk.ask("GET", talk.url("referrers/\(subject)"))
        return reply.status == 200 && !Self.lacksAPI(reply)
    }

    private func index(_ bytes: [UInt8], _ what: String) throws(DistributionError) -> ImageIndex {
        do throws(CanonicalJSON.ReadError) {
            return try CanonicalJSON.decode(ImageIndex.self, from: bytes, what: what)
        } catch { throw .badManifest(what: what, reason: "\(error)") }
    }

    private func fallback(of subject: Digest, in reference: ImageReference) async throws -> [Descriptor] {
        let tag = reference.tagged(ReferrerTags.fallback(of: subject))
        do {
            return try index(try await manifest(tag).1, "\(tag)").manifests
        } catch DistributionError.notFound { return [] }
    }

    /// Changes the list at the fallback tag, and looks afterwards whether the change is there: the tag has no lock,
    /// and another writer may have replaced it in between.
    func updateFallback(
        of subject: Digest, in reference: ImageReference, _ change: (inout [Descriptor]) -> Void
    ) async throws {
        let tag = reference.tagged(ReferrerTags.fallback(of: subject))
        for _ in 0..<Self.fallbackAttempts {
            let before = try await fallback(of: subject, in: reference)
            var after = before
            change(&after)
            if after == before { return }
            do {
                try await pushManifest(
                    CanonicalJSON.encode(ImageIndex(manifests: after)), mediaType: .imageIndex, to: tag)
            } catch let error as DistributionError {
                // Another writer's entry may have been deleted meanwhile, so that the list cannot be pushed.
                guard case .refused(_, 404, _) = error else { throw error }
            }
        }
        var last = try await fallback(of: subject, in: reference)
        let read = last
        change(&last)
        guard last == read else {
            throw DistributionError.badAnswer(
                what: "\(tag)",
                reason: "others change it all the time, so the list of referrers is not complete")
        }
    }
}
