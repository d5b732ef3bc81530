// SPDX-License-Identifier: Apache-2.0

internal import Composing
internal import Storage
internal import Vocabulary

/// An image as one platform's unpacked tree, for chroots, other tools and comparisons.
extension BuildOrder {
    /// The tree appears whole or not at all; nothing may have its name.
    /// - Throws: the error of the stage that could not go on; `PipelineError.chooseArchitecture`,
    ///   `.treeExists`.
    func unpack(to directory: HostPath, in workshop: Workshop) async throws -> Outcome {
        if try HostDirectory.exists(directory) { throw PipelineError.treeExists(directory) }
        let pipeline = ImagePipeline(workshop)
        let file = try DefinitionFile(definition, store: workshop.packages, adding: options.additions)
        var options = options
        options.architectures = [try Self.architecture(of: file.definition, options)]
        let built = try await pipeline.build(file, options)
        workshop.report.report(built.diagnostics)
        var reports: [TestReport] = []
        if runsTests {
            reports = try await pipeline.test(built)
            workshop.report.report(
                try TestGate(allowUntested: options.allowUntested).check(reports, of: built.image))
        }
        workshop.report(.began(.unpack, directory.text))
        let writer = RootFileSystemWriter(store: workshop.images)
        let diagnostics = try await workshop.workers.run {
            try AtomicDirectory.create(directory) { place in
                try built.image.platforms.flatMap { try writer.write($0, to: place) }
            }
        }
        workshop.report(.ended(.unpack, directory.text))
        workshop.report.report(diagnostics)
        return outcome(built, reports, layout: nil, rootFileSystem: directory)
    }

    /// The one that was chosen; else the only one; else this machine's.
    private static func architecture(
        of definition: ImageDefinition, _ options: BuildOptions
    ) throws(PipelineError) -> Architecture {
        let known = try options.narrow(definition).architectures
        if known.count == 1 { return known[0] }
        guard options.architectures == nil, let own = known.first(where: { $0.platform == .ofThisMachine })
        else { throw .chooseArchitecture(known: known) }
        return own
    }
}
