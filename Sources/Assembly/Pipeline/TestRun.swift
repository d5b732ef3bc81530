// SPDX-License-Identifier: Apache-2.0

internal import Distribution
internal import Execution
internal import Running
package import Storage
package import Vocabulary

/// Runs images in real containers: a definition's tests, or one program.
package struct TestRun: Sendable {
    private let workshop: Workshop

    package init(_ workshop: Workshop) { self.workshop = workshop }

    /// The tests of a definition on its image (built first), or those of `definition` on a layout.
    package func test(_ text: String, definition: HostPath?, _ options: BuildOptions) async throws
        -> [TestReport]
    {
        let pipeline = ImagePipeline(workshop)
        guard ImageLocator.isDefinition(text) else {
            guard let definition else { throw PipelineError.noDefinition(text) }
            let tests = try DefinitionFile(definition, store: workshop.packages).definition.tests.map(\.value)
            let (images, store) = try await platforms(of: text)
            return try await pipeline.test(images, tests: tests, from: store)
        }
        let built = try await pipeline.build(
            try DefinitionFile(HostPath(text), store: workshop.packages, adding: options.additions), options)
        workshop.report.report(built.diagnostics)
        return try await pipeline.test(built)
    }

    /// One program in a container; its exit code and output are the result.
    package func run(_ order: ContainerOrder) async throws -> ContainerResult {
        let result = try await runner.run(try await image(of: order), request(order))
        return ContainerResult(exit: result.exit, stdout: result.stdout, stderr: result.stderr)
    }

    /// The same, its output handed on as it comes; returns its exit code.
    package func stream(
        _ order: ContainerOrder, output: @escaping @Sendable ([UInt8]) -> Void,
        errors: @escaping @Sendable ([UInt8]) -> Void
    ) async throws -> Int32 {
        try await runner.stream(try await image(of: order), request(order)) { stream, bytes in
            stream == .stdout ? output(bytes) : errors(bytes)
        }
    }

    private var runner: ImageRunner {
        ImageRunner(directory: workshop.containers, workers: workshop.workers)
    }

    private func request(_ order: ContainerOrder) -> ImageRunner.Request {
        .init(arguments: order.command ?? [], tmpfs: order.tmpfs, usesHostNetwork: order.network)
    }

    private func image(of order: ContainerOrder) async throws -> RunnableImage {
        let images: [Descriptor]
        let store: ContentStore
        if ImageLocator.isDefinition(order.image) {
            let file = try DefinitionFile(HostPath(order.image), store: workshop.packages)
            let built = try await ImagePipeline(workshop).build(file, BuildOptions())
            workshop.report.report(built.diagnostics)
            (images, store) = (built.image.platforms.map(\.manifest), workshop.images)
        } else {
            (images, store) = try await platforms(of: order.image)
        }
        let runnable = try images.map { try RunnableImage($0, in: store) }
        guard let image = runnable.first(where: { $0.platform == order.platform }) else {
            throw PipelineError.noPlatform(
                order.image, wanted: order.platform, available: runnable.map(\.platform))
        }
        return image
    }

    /// The platform manifests of a layout or reference, with every blob in the returned store.
    private func platforms(of text: String) async throws -> ([Descriptor], ContentStore) {
        let source = try await ImageLocator.source(text, workshop)
        let store = ImageLocator.store(of: source, workshop)
        let root = try await source.root()
        var manifests: [Descriptor] = []
        for descriptor in try await ImageLocator.platforms(of: root, in: source) {
            let bytes = try await source.manifest(descriptor)
            try store.write(bytes)
            let manifest: ImageManifest = try CanonicalJSON.decode(
                from: bytes, what: "the manifest \(descriptor.digest)")
            for blob in [manifest.config] + manifest.layers { try await source.fetch(blob, into: store) }
            manifests.append(descriptor)
        }
        return (manifests, store)
    }
}

/// One container that a user asked for.
package struct ContainerOrder: Sendable {
    package var image: String
    /// Nil starts what the image says.
    package var command: [String]?
    package var tmpfs: [String]
    package var network: Bool
    package var platform: Platform

    package init(image: String, command: [String]?, tmpfs: [String], network: Bool, platform: Platform) {
        self.image = image
        self.command = command
        self.tmpfs = tmpfs
        self.network = network
        self.platform = platform
    }
}

/// What it answered.
package struct ContainerResult: Sendable {
    package var exit: Int32
    package var stdout: [UInt8]
    package var stderr: [UInt8]
}

extension ImagePipeline {
    /// The definition's tests on every platform of a build.
    package func test(_ built: BuiltImage, from store: ContentStore? = nil) async throws -> [TestReport] {
        try await test(
            built.image.platforms.map(\.manifest), tests: built.file.definition.tests.map(\.value),
            from: store ?? workshop.images)
    }

    func test(
        _ manifests: [Descriptor], tests: [ImageTest], from store: ContentStore
    ) async throws -> [TestReport] {
        let runner = TestRunner(directory: workshop.containers, workers: workshop.workers)
        var reports: [TestReport] = []
        for manifest in manifests {
            let image = try RunnableImage(manifest, in: store)
            workshop.report(.began(.test, "\(image.platform)"))
            let report = try await runner.run(image, tests: tests)
            workshop.report(.ended(.test, "\(image.platform): \(Wording.report(report))"))
            reports.append(report)
        }
        return reports
    }
}
