// SPDX-License-Identifier: Apache-2.0

internal import Storage
package import Vocabulary

/// What `slipway build` was asked for: make the image, write it where it shall stand, test it where that was asked.
package struct BuildOrder: Sendable {
    /// Where the image goes.
    package enum Output: Sendable, Equatable {
        case layout(HostPath)
        /// One platform, unpacked.
        case rootFileSystem(HostPath)

        /// `DIR`, or `rootfs:DIR`.
        package init(_ text: String) {
            let prefix = "rootfs:"
            self =
                text.hasPrefix(prefix)
                ? .rootFileSystem(HostPath(text.dropFirst(prefix.count))) : .layout(HostPath(text))
        }
    }

    let definition: HostPath
    /// Nil where the image is only published: it is then kept below the data directory.
    private let output: Output?
    private let references: [ImageReference]
    let options: BuildOptions
    let runsTests: Bool
    private let key: HostPath?

    /// A root file system is neither signed nor published: `references` and `key` are for layouts.
    package init(
        definition: HostPath, output: Output?, references: [ImageReference], options: BuildOptions,
        runsTests: Bool, key: HostPath?
    ) {
        self.definition = definition
        self.output = output
        self.references = references
        self.options = options
        self.runsTests = runsTests
        self.key = key
    }

    /// What was made.
    package struct Outcome: Sendable, Codable {
        package struct Platform: Sendable, Codable {
            package var platform: String
            package var manifest: Digest
            package var packages: Int
            package var files: Int
            package var compressedSize: Int64
            package var uncompressedSize: Int64
        }

        package var index: Digest
        package var buildKey: Digest
        /// One of the two is set.
        package var layout: String?
        package var rootFileSystem: String?
        package var usedStoredLock: Bool
        package var wasRemembered: Bool
        package var platforms: [Platform]
        package var reports: [TestReport]
    }

    /// The output is complete or as it was before.
    /// - Throws: the error of the stage that could not go on; `PipelineError.testsFailed`.
    package func run(in workshop: Workshop) async throws -> Outcome {
        switch output {
        case .rootFileSystem(let directory): try await unpack(to: directory, in: workshop)
        case .layout(let layout): try await write(to: layout, in: workshop)
        case nil: try await write(to: nil, in: workshop)
        }
    }

    /// The layout's blobs are on disk before its index names them.
    private func write(to layout: HostPath?, in workshop: Workshop) async throws -> Outcome {
        let pipeline = ImagePipeline(workshop)
        let file = try DefinitionFile(definition, store: workshop.packages, adding: options.additions)
        let key = try key.map { try KeyPair(at: $0) }
        let layout = layout ?? workshop.directories.data / "layouts" / file.definition.name
        let target = try ImageLayout.create(at: layout)
        let built = try await pipeline.build(file, options, into: target.blobs)
        workshop.report.report(built.diagnostics)
        let inputs = try pipeline.inputs(of: built, in: target.blobs, withIndexes: options.withIndexes)
        var reports: [TestReport] = []
        // What is signed or published says how it did in its tests; a tag moves only to what passed them.
        if runsTests || key != nil || !references.isEmpty {
            reports = try await pipeline.test(built, from: target.blobs)
            workshop.report.report(
                try TestGate(allowUntested: options.allowUntested).check(reports, of: built.image))
        }
        let index = built.image.index
        let referrer = try inputs.descriptor()
        try await workshop.workers.run {
            try target.list(index, inputs: referrer)
        }
        if let key {
            try await SigningRun(workshop).attest(
                built, inputs: inputs, reports: reports, name: references.first, key: key, in: target)
        }
        for reference in references { _ = try await Transfer(workshop).push(layout.text, to: reference) }
        return outcome(built, reports, layout: layout, rootFileSystem: nil)
    }

    func outcome(
        _ built: BuiltImage, _ reports: [TestReport], layout: HostPath?, rootFileSystem: HostPath?
    ) -> Outcome {
        Outcome(
            index: built.image.index.digest, buildKey: built.key, layout: layout?.text,
            rootFileSystem: rootFileSystem?.text,
            usedStoredLock: built.usedStoredLock, wasRemembered: built.wasRemembered,
            platforms: built.summaries.map { platform in
                Outcome.Platform(
                    platform: platform.platform.description, manifest: platform.manifest,
                    packages: platform.packages, files: platform.files,
                    compressedSize: platform.compressedSize, uncompressedSize: platform.uncompressedSize)
            }, reports: reports)
    }
}
