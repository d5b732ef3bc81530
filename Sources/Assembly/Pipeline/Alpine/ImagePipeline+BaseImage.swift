// SPDX-License-Identifier: Apache-2.0

internal import Defining
internal import Distribution
internal import Inspecting
internal import Storage
internal import Vocabulary

/// Images that stand on another one.
extension ImagePipeline {
    /// The same definition with every blob of its base image among its local files, in the store: the layers that are
    /// taken over, and what `verify --rebuild` needs of them.
    /// - Throws: `InspectingError`, `DistributionError` or `StorageError` where it is no image for the architectures.
    func holdingBase(_ file: DefinitionFile, _ options: BuildOptions) async throws -> DefinitionFile {
        guard let base = file.definition.contents.baseImage?.value else { return file }
        let architectures = try options.narrow(file.definition).architectures
        let source = try await source(of: base, beside: file.path)
        var file = file
        let image = try await Inspector(workers: workshop.workers).baseImage(source, for: architectures)
        for platform in image.platforms {
            for blob in [platform.manifest] + platform.blobs {
                try await source.fetch(blob, into: workshop.packages)
                file.local.sources[base.source(of: blob.digest)] = blob
            }
            file.local.sources[base.source(for: platform.architecture)] = platform.manifest
        }
        return file
    }

    /// What the base image holds, as a repository all of whose packages are installed; nil without one.
    func baseSnapshot(
        of file: DefinitionFile, for architectures: [Architecture]
    ) async throws -> RepositorySnapshot? {
        guard let base = file.definition.contents.baseImage else { return nil }
        let source = try await source(of: base.value, beside: file.path)
        let indexes = try await Inspector(workers: workshop.workers, hashesFiles: false).installedPackages(
            in: source, for: architectures, store: workshop.packages)
        return RepositorySnapshot(
            ordinal: file.definition.contents.sources.count, family: .alpine,
            witness: RepositoryWitness(
                line: "the base image \(base.value.image)", url: base.value.image, suite: nil, codename: nil,
                signedFiles: [], indexes: [], relaxations: []),
            indexes: indexes, diagnostics: try differences(indexes, base, beside: file.path))
    }

    private func source(
        of base: ImageDefinition.BaseImage, beside path: HostPath
    ) async throws -> LayoutImage {
        let folder = try DefinitionFile.place(base.image, beside: path)
        return try await LayoutImage(
            try ImageLayout.open(at: folder), place: base.image, workers: workshop.workers)
    }

    /// Where the list beside the image is not what the image itself says. The image is right: its layers are what is run.
    private func differences(
        _ indexes: [RepositorySnapshot.Index], _ base: Located<ImageDefinition.BaseImage>,
        beside path: HostPath
    ) throws -> [Diagnostic] {
        var found: [Diagnostic] = []
        for index in indexes {
            let file = try DefinitionFile.place(base.value.index(for: index.architecture), beside: path)
            guard try HostDirectory.exists(file) else {
                throw PipelineError.localFileMissing(file, at: base.location)
            }
            let bytes = try HostDirectory.read(file, limit: DefinitionFile.limits.lock)
            let listed = Self.packages(try InstalledDatabase(bytes).index())
            let installed = Self.packages(index.packages)
            let strangers = listed.symmetricDifference(installed).sorted()
            guard !strangers.isEmpty else { continue }
            let shown = strangers.prefix(5).joined(separator: ", ") + (strangers.count > 5 ? ", …" : "")
            found.append(
                Diagnostic(
                    .warning, .baseIndexDiffers,
                    "'\(base.value.index(for: index.architecture))' and the image's own package database differ "
                        + "in \(shown); the image's counts", at: base.location))
        }
        return found
    }

    private static func packages(_ index: PackageIndex) -> Set<String> {
        Set((0..<index.count).map { index.record(at: $0) }.map { "\($0.name) \($0.version)" })
    }
}

extension Diagnostic.Code {
    static let baseIndexDiffers = Self(rawValue: "base-index-differs")
}
