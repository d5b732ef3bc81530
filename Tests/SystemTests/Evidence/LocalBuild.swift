// SPDX-License-Identifier: Apache-2.0

import Pipeline
import Storage
import Synchronization
import TestHouse
import Vocabulary

/// A signed image of two packages from a repository of the test's own, which may die. Its definition, keyring and lock
/// stand in a folder that can be taken away.
struct LocalBuild: Sendable {
    static let words = "the quick brown fox jumps over the lazy dog"

    let scratch: Scratch
    let repository: LocalRepository
    var folder: String { "\(scratch.path)/definition" }
    var layout: HostPath { HostPath("\(scratch.path)/layout") }
    var publicKey: HostPath { HostPath("\(scratch.path)/slipway.pub") }

    init() throws {
        scratch = try Scratch()
        repository = try LocalRepository()
        try repository.add("leaf", "1.0", files: ["usr/share/leaf/words": Self.words])
        try repository.add("twig", "1:1.0", fields: ["Depends: leaf"], files: ["usr/share/twig/name": "twig"])
        try repository.publish()
        _ = try KeyPair.generate().write(to: HostPath(scratch.path), name: "slipway")
        try scratch.sh(
            """
            mkdir definition
            cp '\(repository.keyring)' definition/archive.gpg
            echo local >definition/local.conf
            cat >definition/image.yaml <<'END'
            contents:
              repositories:
                - deb [signed-by=archive.gpg] \(repository.url) trixie main
              packages: [twig]
            files:
              - path: /etc/local.conf
                source: local.conf
            accounts: {run-as: nonroot}
            archs: [amd64]
            tests:
              - name: words are there
                with: [busybox]
                run: [busybox, cat, /usr/share/leaf/words]
            END
            """)
    }

    /// `slipway lock` and `slipway build -o --sign`.
    func build(withIndexes: Bool = false, allowUnsigned: Bool = false) async throws {
        try await inWorkshop { workshop in
            let path = HostPath("\(folder)/image.yaml")
            var options = BuildOptions()
            options.withIndexes = withIndexes
            options.allowUnsigned = allowUnsigned
            _ = try await ImagePipeline(workshop).writeLock(path, options)
            _ = try await BuildOrder(
                definition: path, output: .layout(layout), references: [], options: options, runsTests: true,
                key: HostPath("\(scratch.path)/slipway.key")
            ).run(in: workshop)
        }
    }

    /// The same with what `change` makes of the build, everything signed by the same key.
    func build(
        changing change: @escaping @Sendable (inout BuiltImage, ContentStore) throws -> Void
    ) async throws {
        try await inWorkshop { workshop in
            let pipeline = ImagePipeline(workshop)
            let layout = try ImageLayout.create(at: layout)
            let file = try DefinitionFile(HostPath("\(folder)/image.yaml"), store: workshop.packages)
            var built = try await pipeline.build(file, BuildOptions(), into: layout.blobs)
            try change(&built, layout.blobs)
            let inputs = try pipeline.inputs(of: built, in: layout.blobs)
            let reports = try await pipeline.test(built, from: layout.blobs)
            let entries = [built.image.index, try inputs.descriptor()]
            try layout.update { $0.manifests = entries }
            try await SigningRun(workshop).attest(
                built, inputs: inputs, reports: reports, name: nil,
                key: try KeyPair(at: HostPath("\(scratch.path)/slipway.key")), in: layout)
        }
    }

    /// The repositories as a lock would record them now.
    func witness() async throws -> [RepositoryWitness] {
        try await inWorkshop { workshop in
            let file = try DefinitionFile(HostPath("\(folder)/image.yaml"), store: workshop.packages)
            return try await ImagePipeline(workshop).snapshots(of: file, BuildOptions()).map(\.witness)
        }
    }

    private func inWorkshop<Value: Sendable>(
        _ body: @Sendable (Workshop) async throws -> Value
    ) async throws -> Value {
        try await SignedBuild.inWorkshop(at: "\(scratch.path)/home", body)
    }

    /// `slipway verify --rebuild` with nothing left of where the image was built, in a home of its own.
    func prove(inputs: HostPath? = nil) async throws -> Proof {
        try scratch.sh("rm -rf definition home")
        let diagnostics = Diagnostics()
        let home = try Scratch()
        let verdict = try await SignedBuild.inWorkshop(at: home.path, report: diagnostics.reporter) {
            workshop in
            let verdict = try await VerificationRun(workshop).verify(layout.text, key: publicKey)
            guard verdict.outcome == .passed else { return verdict }
            return try await RebuildProof(workshop, key: publicKey, inputs: inputs).prove(
                layout.text, after: verdict)
        }
        return Proof(verdict: verdict, diagnostics: diagnostics.all)
    }

    struct Proof: Sendable {
        let verdict: Verdict
        let diagnostics: [Diagnostic]

        func check(_ name: String) -> Verdict.Check? { verdict.checks.first { $0.name == name } }
        var rebuild: Verdict.Check? { check("rebuild") }
        var chain: Verdict.Check? { check("repository-signature") }
    }

    private final class Diagnostics: Sendable {
        private let found = Mutex<[Diagnostic]>([])
        var all: [Diagnostic] { found.withLock { $0 } }
        var reporter: Reporter {
            Reporter { event in
                if case .diagnostics(let diagnostics) = event { self.found.withLock { $0 += diagnostics } }
            }
        }
    }
}

extension BuiltImage {
    /// Puts other layers and another configuration under the first platform, with manifests and index that name them.
    mutating func replace(
        in store: ContentStore, layer change: ([UInt8]) throws -> [UInt8],
        configuration reconfigure: (inout ImageConfiguration) -> Void = { _ in }
    ) throws {
        var platform = image.platforms[0]
        let scratch = try Scratch()
        try scratch.write(try store.read(platform.layers[0].descriptor.digest), to: "layer.gz")
        let tar = try change(scratch.sh("gzip -dc layer.gz"))
        try scratch.write(tar, to: "layer")
        let packed = try scratch.sh("gzip -nc layer")
        try store.write(packed)
        platform.layers[0].descriptor = Descriptor(packed, mediaType: .layerGzip)
        platform.layers[0].diffID = ContentHasher.digest(of: tar)
        var configuration: ImageConfiguration = try CanonicalJSON.decode(
            from: try store.read(platform.config.digest), what: "the configuration")
        configuration.rootfs.diffIDs = platform.layers.map(\.diffID)
        reconfigure(&configuration)
        let bytes = try CanonicalJSON.encode(configuration)
        try store.write(bytes)
        platform.config = Descriptor(bytes, mediaType: .imageConfig)
        let manifest = try CanonicalJSON.encode(
            ImageManifest(config: platform.config, layers: platform.layers.map(\.descriptor)))
        try store.write(manifest)
        platform.manifest = Descriptor(
            manifest, mediaType: .imageManifest, platform: platform.architecture.platform)
        image.platforms[0] = platform
        let index = try CanonicalJSON.encode(ImageIndex(manifests: image.platforms.map(\.manifest)))
        try store.write(index)
        image.index = Descriptor(index, mediaType: .imageIndex)
    }
}
