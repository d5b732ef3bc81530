// SPDX-License-Identifier: Apache-2.0

import Distribution
import Storage
import Vocabulary

/// What the world sees of an image at one place: tags, and which kinds of evidence stand beside which of its
/// manifests. Two runs of the same build agree in all of it, though every signature of theirs differs.
struct PublishedView: Equatable, Sendable {
    /// Plain tags with what they point to; cosign's tags with nothing.
    var tags: [String: Digest?] = [:]
    /// By tag or digest that was looked at: "index" or the platform → sorted kinds of evidence.
    var evidence: [String: [String: [String]]] = [:]

    /// Of a repository; nothing where there is none.
    init(of repository: ImageReference, _ client: RegistryClient) async throws {
        for tag in try await client.tags(of: repository) {
            guard !ReferrerTags.isAttached(tag.name) else {
                tags[tag.name] = Digest?.none
                continue
            }
            let image = RegistryImage(repository.tagged(tag), client: client)
            let root = try await image.root()
            tags[tag.name] = root.digest
            evidence[tag.name] = try await Self.evidence(of: root, in: image)
        }
    }

    /// Of a layout with one image and without tags of its own.
    init(of layout: ImageLayout, _ workers: WorkerThreads) async throws {
        let image = try await LayoutImage(layout, workers: workers)
        let root = try await image.root()
        for entry in try layout.index().manifests {
            if let tag = entry.annotations?[ImageLayout.tagAnnotation] { tags[tag] = Digest?.none }
        }
        evidence[root.digest.description] = try await Self.evidence(of: root, in: image)
    }

    /// Plain tags of images that are not proven, by a report beside each of their platforms, to have passed.
    var untestedTags: [String] {
        tags.keys.sorted().filter { tag in
            guard let subjects = evidence[tag] else { return false }
            let platforms = subjects.filter { $0.key != "index" }
            return platforms.isEmpty || !platforms.allSatisfy { $0.value.contains("test-result PASSED") }
        }
    }

    private static func evidence(
        of root: Descriptor, in image: some ImageSource
    ) async throws -> [String: [String]] {
        let index: ImageIndex = try CanonicalJSON.decode(
            from: try await image.manifest(root), what: "the index")
        var found = ["index": try await kinds(of: root.digest, in: image)]
        for child in index.manifests {
            found[child.platform?.description ?? "?"] = try await kinds(of: child.digest, in: image)
        }
        return found
    }

    private static func kinds(of subject: Digest, in image: some ImageSource) async throws -> [String] {
        var kinds: [String] = []
        for referrer in try await image.referrers(of: subject) {
            let manifest: ImageManifest = try CanonicalJSON.decode(
                from: try await image.manifest(referrer), what: "a referrer")
            guard manifest.artifactType == .sigstoreBundle, let layer = manifest.layers.first else {
                kinds.append(manifest.artifactType?.rawValue ?? "?")
                continue
            }
            kinds.append(try kind(of: try await image.blob(layer, limit: SigstoreBundle.sizeLimit)))
        }
        return kinds.sorted()
    }

    private static func kind(of bundle: [UInt8]) throws -> String {
        let payload = try SigstoreBundle(bundle).envelope.payload
        let header: StatementHeader = try CanonicalJSON.decode(from: payload, what: "a statement")
        guard header.predicateType == .testResult else { return header.predicateType.rawValue }
        let statement: Statement<TestResult> = try CanonicalJSON.decode(from: payload, what: "a report")
        return "test-result \(statement.predicate.result.rawValue)"
    }
}
