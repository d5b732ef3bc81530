// SPDX-License-Identifier: Apache-2.0

import Storage
import TestHouse
import Testing
import Vocabulary

@testable import Distribution

/// Images that are read from disk: which one is meant, and what archives are understood. The archives are made by
/// skopeo and tar where they are at hand.
@Suite struct ImageSourceTests {
    private let directory: TemporaryDirectory
    private let workers = WorkerThreads(count: 2)

    init() throws { directory = try TemporaryDirectory() }

    private var scratch: HostPath { directory.path }

    /// A layout with images at the given tags, each different from the others.
    private func layout(_ tags: [String?]) throws -> (ImageLayout, [Descriptor]) {
        let layout = try ImageLayout.create(at: directory.path / "layout")
        let images = try tags.enumerated().map { index, tag in
            var image = TinyImage()
            image.directory("etc")
            image.file("etc/name", "image \(index)\n")
            image.link("etc/link", to: "name")
            let descriptor = try image.write(to: layout.blobs)
            try layout.add(descriptor, tag: tag)
            return descriptor
        }
        return (layout, images)
    }

    @Test func theOnlyImageIsMeantWhereNoneIsNamed() async throws {
        let (layout, images) = try layout(["1"])
        #expect(try await LayoutImage(layout, workers: workers).root().digest == images[0].digest)
        #expect(try await LayoutImage(layout, name: "1", workers: workers).root().annotations == nil)
    }

    @Test func tagsAndDigestsChoose() async throws {
        let (layout, images) = try layout(["1", "2", nil])
        #expect(try await LayoutImage(layout, name: "2", workers: workers).root().digest == images[1].digest)
        let byDigest = try await LayoutImage(layout, name: "\(images[2].digest)", workers: workers)
        #expect(try await byDigest.root().digest == images[2].digest)
        #expect(try await byDigest.resolve(ImageReference.Tag("1"))?.digest == images[0].digest)
        #expect(try await byDigest.resolve(ImageReference.Tag("9")) == nil)
        await #expect(throws: DistributionError.ambiguous(place: layout.root.text, tags: ["1", "2"])) {
            try await LayoutImage(layout, workers: workers)
        }
        await #expect(throws: DistributionError.noSuchTag("3", place: layout.root.text, tags: ["1", "2"])) {
            try await LayoutImage(layout, name: "3", workers: workers)
        }
    }

    @Test func anEmptyLayoutHasNoImage() async throws {
        let (layout, _) = try layout([])
        await #expect(throws: DistributionError.ambiguous(place: layout.root.text, tags: [])) {
            try await LayoutImage(layout, workers: workers)
        }
    }

    @Test func attachmentsAreNoImages() async throws {
        let (layout, images) = try layout(["1"])
        let artifact = try CanonicalJSON.encode(
            ImageManifest(config: .emptyJSON, layers: [], artifactType: .sigstoreBundle, subject: images[0]))
        try layout.blobs.write(artifact)
        let listed = Descriptor(artifact, mediaType: .imageManifest)
        try layout.add(listed)
        try layout.add(listed, tag: ReferrerTags.signatures(of: images[0].digest).name)
        let image = try await LayoutImage(layout, workers: workers)
        #expect(try await image.root().digest == images[0].digest)
        #expect(try await image.referrers(of: images[0].digest).map(\.artifactType) == [.sigstoreBundle])
        #expect(try await image.signatureManifest(of: images[0].digest)?.digest == listed.digest)
    }

    /// regctl lists referrers in an index at the fallback tag.
    @Test func referrersAtAFallbackTag() async throws {
        let (layout, images) = try layout(["1"])
        let artifact = try CanonicalJSON.encode(
            ImageManifest(config: .emptyJSON, layers: [], artifactType: .sigstoreBundle, subject: images[0]))
        let stranger = try CanonicalJSON.encode(ImageManifest(config: .emptyJSON, layers: []))
        let listed = [artifact, stranger].map { Descriptor($0, mediaType: .imageManifest) }
        let list = try CanonicalJSON.encode(ImageIndex(manifests: listed))
        for bytes in [artifact, stranger, list] { try layout.blobs.write(bytes) }
        try layout.add(
            Descriptor(list, mediaType: .imageIndex), tag: ReferrerTags.fallback(of: images[0].digest).name)
        let image = try await LayoutImage(layout, workers: workers)
        #expect(try await image.referrers(of: images[0].digest).map(\.digest) == [listed[0].digest])
    }

    @Test func aDamagedBlobIsNotHandedOut() async throws {
        let (layout, images) = try layout(["1"])
        let image = try await LayoutImage(layout, workers: workers)
        let manifest = try ManifestOutline(try await image.manifest(images[0]), what: "manifest")
        let layer = try #require(manifest.layers?.first)
        try Tool.sh(
            "printf xyz | dd of='\(layout.blobs.path(of: layer.digest))' bs=1 seek=600 conv=notrunc", in: "/")
        await #expect(throws: DistributionError.self) { try await image.blob(layer, limit: 1 << 20) }
        let store = try ContentStore(at: directory.path / "other", .disposable)
        await #expect(throws: DistributionError.self) { try await image.fetch(layer, into: store) }
        #expect(try store.digests() == [])
    }

    // MARK: - Archives

    /// Each kind of archive, and the script that makes it of a layout `layout` with the tag 1.
    @Test(arguments: [
        ("a tar of a layout", "tar -C layout -cf image.tar .", true),
        ("a compressed tar of a layout", "tar -C layout -czf image.tar .", true),
        ("oci-archive", "skopeo copy -q --preserve-digests oci:layout:1 oci-archive:image.tar:1", true),
        (
            "docker-archive", "skopeo copy -q oci:layout:1 docker-archive:image.tar:registry.example/app:1",
            false
        ),
    ])
    func archives(kind: String, script: String, keepsManifest: Bool) async throws {
        if script.hasPrefix("skopeo"), !Tool.exists("skopeo") {
            print("SKIPPED: \(kind): no skopeo here (apt-get install skopeo)")
            return
        }
        let (layout, images) = try layout(["1"])
        try Tool.sh(script, in: scratch.text)
        let path = scratch / "image.tar"
        for name in [nil, "1"] {
            let image = try await ArchiveImage(path, name: name, scratch: scratch, workers: workers)
            let root = try await image.root()
            if keepsManifest { #expect(root.digest == images[0].digest) }
            let manifest = try ManifestOutline(try await image.manifest(root), what: "manifest")
            let layer = try #require(manifest.layers?.first)
            let original = try await LayoutImage(layout, workers: workers)
            let originalLayer = try #require(
                try ManifestOutline(try await original.manifest(images[0]), what: "").layers?.first)
            #expect(
                try await image.blob(layer, limit: 1 << 20) == original.blob(originalLayer, limit: 1 << 20))
        }
        await #expect(throws: DistributionError.noSuchTag("2", place: path.text, tags: ["1"])) {
            try await ArchiveImage(path, name: "2", scratch: scratch, workers: workers)
        }
        // Nothing stays behind.
        #expect(try HostDirectory.names(in: scratch) == ["image.tar", "layout"])
    }

    @Test(arguments: [
        ("printf nonsense > image.tar", "neither"), ("mkdir x; tar -cf image.tar x", "neither oci-layout"),
        (
            "printf '[{\"Config\":\"../../etc/passwd\",\"Layers\":[]}]' > manifest.json; tar -cf image.tar manifest.json",
            "not in it"
        ),
        ("printf '{}' > manifest.json; tar -cf image.tar manifest.json", "manifest.json"),
        (
            "printf '{}' > oci-layout; printf '[]' > index.json; tar -cf image.tar oci-layout index.json",
            "index.json"
        ),
    ])
    func archivesThatAreNone(script: String, said: String) async throws {
        try Tool.sh(script, in: scratch.text)
        await #expect {
            try await ArchiveImage(scratch / "image.tar", scratch: scratch, workers: workers)
        } throws: { error in
            guard case DistributionError.badArchive = error else { return false }
            return "\(error)".contains(said)
        }
    }

    /// Damaged archives end in an error or in an image, never in anything else; what is handed out is whole.
    @Test func mutatedArchives() async throws {
        _ = try layout(["1"])
        try Tool.sh("tar -C layout -cf image.tar .", in: scratch.text)
        let bytes = try HostDirectory.read(scratch / "image.tar")
        var opened = 0
        for damaged in Mutations(of: bytes, count: 150, seed: 11) {
            try AtomicFile.replace(scratch / "bad.tar", with: damaged)
            do {
                let image = try await ArchiveImage(scratch / "bad.tar", scratch: scratch, workers: workers)
                let root = try await image.root()
                #expect(ContentHasher.digest(of: try await image.manifest(root)) == root.digest)
                opened += 1
            } catch is DistributionError {}
        }
        #expect(opened > 5)
    }

    @Test(
        arguments: [
            ("layout", "layout", nil), ("layout:1", "layout", "1"), ("a:b/layout:1", "a:b/layout", "1"),
            ("layout@sha256:00", "layout", "sha256:00"),
        ] as [(String, String, String?)])
    func readings(text: String, path: String, name: String?) {
        #expect(ImageSourceOpener.readings(of: text).contains { $0.path == path && $0.name == name })
    }
}
