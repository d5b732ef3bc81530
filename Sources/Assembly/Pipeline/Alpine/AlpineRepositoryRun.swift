// SPDX-License-Identifier: Apache-2.0

internal import Building
internal import Defining
internal import Fetching
internal import Storage
package import Vocabulary

/// Keeps a private repository of Alpine packages: makes, signs and indexes them, and looks into them.
package struct AlpineRepositoryRun: Sendable {
    /// How packages and indexes are signed.
    package struct Signing: Sendable {
        let key: PackageKeyPair
        let scheme: PackageSigningKey.Scheme

        /// - Parameter sha1: for readers that know nothing better (apk-tools before 2.7.0).
        package init(key: PackageKeyPair, sha1: Bool) {
            self.key = key
            scheme = sha1 ? .rsaSHA1 : .rsa256
        }
    }

    private let workshop: Workshop

    package init(_ workshop: Workshop) { self.workshop = workshop }

    /// Makes a package of a folder.
    /// - Throws: `DefinitionError` with file, line and column of the metadata; `BuildingError`; `StorageError`.
    package func pack(
        _ folder: HostPath, metadata: HostPath, order: PackingOrder, signing: Signing?
    ) async throws -> RepositoryFacts.Packed {
        var said = try PackageMetadataReader().read(
            try HostDirectory.read(metadata, limit: DefinitionFile.limits.definition), file: metadata.text)
        if let architecture = order.architecture { said.architecture = architecture }
        let packer = AlpinePacker(
            key: signing?.key.key, scheme: signing?.scheme ?? .rsa256, scratch: workshop.directories.temporary
        )
        let packed = try await workshop.workers.run { [said] in
            try HostDirectory.create(order.output)
            return try packer.pack(
                folder, said, owners: order.keepsOwners ? .asInFolder : .root,
                time: order.sourceDateEpoch?.seconds, into: order.output)
        }
        workshop.report.report(packed.diagnostics)
        return RepositoryFacts.Packed(packed)
    }

    /// Writes the index of each folder.
    /// - Parameter names: files that are left out for now.
    package func index(
        _ folders: [HostPath], summary: String, signing: Signing?, leavingOut names: Set<String> = []
    ) async throws -> [RepositoryFacts.Indexed] {
        let indexer = AlpineIndexer(key: signing?.key.key, scheme: signing?.scheme ?? .rsa256)
        let memory = FolderMemory(cache: workshop.cache)
        var indexes: [RepositoryFacts.Indexed] = []
        for folder in folders {
            let written = try await workshop.workers.run {
                let written = try indexer.index(
                    folder, summary: summary, memory: memory.recall(folder), leavingOut: names)
                memory.remember(written.memory, of: folder)
                return written
            }
            workshop.report.report(written.diagnostics)
            indexes.append(
                RepositoryFacts.Indexed(
                    path: written.path.text, packages: written.packages, read: written.read,
                    kept: written.kept,
                    gone: written.gone, changed: written.changed))
        }
        return indexes
    }

    /// Signs packages and indexes in their places.
    package func sign(_ files: [HostPath], signing: Signing) async throws {
        let signer = AlpineSigner(key: signing.key.key, scheme: signing.scheme)
        _ = try await workshop.workers.map(files, atMost: workshop.workers.count) { try signer.sign($0) }
    }

    /// Holds packages and indexes against keys.
    /// - Parameters:
    ///   - keys: files of public keys; their names are the keys' names.
    ///   - name: the one package of an index that is asked about; nil for all.
    package func verify(
        _ files: [HostPath], keys: [HostPath], only name: String? = nil
    ) async throws -> [Verdict] {
        var loaded: [(name: String, pem: [UInt8])] = []
        for key in keys {
            guard try HostDirectory.exists(key) else { throw PipelineError.noPackageKeyFile(key) }
            loaded.append((String(key.name), try HostDirectory.read(key, limit: 64 << 10)))
        }
        let check = try AlpineFileCheck(keys: loaded)
        return try await workshop.workers.map(files, atMost: workshop.workers.count) { file in
            try file.text.hasSuffix(".apk") ? check.package(file) : check.index(file, only: name)
        }
    }

    /// What a package says and holds.
    package func facts(_ file: HostPath) async throws -> PackageFacts {
        try await workshop.workers.run { try AlpinePackageFile(file).facts() }
    }

    /// Unpacks a package's files into a new folder.
    package func extract(_ file: HostPath, to folder: HostPath) async throws {
        workshop.report.report(
            try await workshop.workers.run { try AlpinePackageFile(file).extract(to: folder) })
    }
}
