// SPDX-License-Identifier: Apache-2.0

internal import Building
internal import Execution
internal import Fetching
internal import Storage
package import Vocabulary

/// Builds a recipe's packages: sources are fetched, steps run in a sandbox, what they leave is packed and tested.
package struct RecipeBuildRun: Sendable {
    /// What was asked for.
    package struct Order: Sendable {
        /// Packages go below the folder of their architecture in it.
        package var output: HostPath
        /// Nil leaves packages without a signature.
        package var signing: AlpineRepositoryRun.Signing?
        /// `SOURCE_DATE_EPOCH`; nil takes the newest time in the sources.
        package var time: Timestamp?
        package var runsTests = true
        /// Of the images in which it is built and tested.
        package var options = BuildOptions()

        package init(output: HostPath) { self.output = output }
    }

    let workshop: Workshop
    private let log: @Sendable ([UInt8]) -> Void

    /// - Parameter log: is given what steps write, as it comes.
    package init(_ workshop: Workshop, log: @escaping @Sendable ([UInt8]) -> Void) {
        self.workshop = workshop
        self.log = log
    }

    /// Packages in `output/ARCHITECTURE`, and the whole log beside them. Where a step or a test fails nothing is there
    /// but the log, and what was there before stays.
    package func build(_ file: RecipeFile, _ order: Order) async throws -> [RepositoryFacts.Packed] {
        let recipe = file.recipe
        let title = "\(recipe.name) \(recipe.fullVersion)"
        let sandbox = try Sandbox.find()
        let sources = try await SourceRun(workshop).sources(of: file)
        let scratch = try TemporaryDirectory(in: workshop.directories.temporary)
        let (workspace, staging) = (scratch.path / "workspace", scratch.path / "packages")
        let architecture = recipe.packages[0].metadata.architecture
        let own = try OwnRepository(order, architecture: architecture, scratch: scratch.path)
        let root = try await root(of: file, order, own: own)
        defer { withExtendedLifetime(root) {} }
        let folder = order.output / architecture
        for place in [workspace, staging / architecture, folder] { try HostDirectory.create(place) }
        let record = try LogFile(folder / "\(recipe.name)-\(recipe.fullVersion).log")
        let write: @Sendable ([UInt8]) -> Void = { [log] bytes in
            record.append(bytes)
            log(bytes)
        }
        do {
            workshop.report(.began(.build, title))
            let newest = try await StepRunner(
                sandbox: sandbox, root: root.path, workers: workshop.workers, log: write
            )
            .build(
                recipe, sources: sources, local: try file.localFolder(), in: workspace,
                time: order.time?.seconds)
            workshop.report(.ended(.build, title))
            let packed = try await pack(
                recipe, order, from: workspace, newest: newest, into: staging / architecture)
            if order.runsTests {
                let tests = RecipeTestRun(
                    workshop: workshop, sandbox: sandbox, sources: sources, own: own, log: write)
                try await tests.test(file, order, packages: staging, in: scratch.path)
            }
            try record.close()
            return try await workshop.workers.run { try packed.map { try publish($0, into: folder) } }
        } catch {
            try record.close()
            throw error
        }
    }

    private func pack(
        _ recipe: Recipe, _ order: Order, from workspace: HostPath, newest: Int64, into folder: HostPath
    ) async throws -> [PackedPackage] {
        let packer = AlpineRecipePacker(
            key: order.signing?.key.key, scratch: workshop.directories.temporary)
        let packed = try await workshop.workers.run {
            try packer.pack(recipe, from: workspace, time: order.time?.seconds ?? newest, into: folder)
        }
        for package in packed { workshop.report.report(package.diagnostics) }
        return packed
    }

    /// Gives a package that passed its tests its place.
    private func publish(_ package: PackedPackage, into folder: HostPath) throws -> RepositoryFacts.Packed {
        let path = folder / String(package.path.name)
        _ = try AtomicFile.write(path) { file in
            try FileReader(package.path).forEachPiece { try file.write($0) }
        }
        return RepositoryFacts.Packed(package, at: path)
    }
}
