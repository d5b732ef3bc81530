// SPDX-License-Identifier: Apache-2.0

internal import Defining
internal import Storage
package import Vocabulary

/// `factory.yaml` on disk.
package enum FactoryFile {
    /// - Throws: `DefinitionError` with file, line and column; `StorageError`; `PipelineError.noFactoryFile`.
    package static func read(_ path: HostPath) throws -> (FactoryConfiguration, [Diagnostic]) {
        guard try HostDirectory.exists(path) else { throw PipelineError.noFactoryFile(path) }
        return try FactoryConfigurationReader().read(
            try HostDirectory.read(path, limit: DefinitionFile.limits.definition), file: path.text)
    }
}

/// A directory of OSV records with its `coverage.json`.
package enum AdvisoryFolder {
    /// - Throws: `StorageError`; `AdvisoryError` naming the file that is no record.
    package static func read(_ path: HostPath) throws -> AdvisorySet {
        let files = try HostDirectory.names(in: path).filter { $0.hasSuffix(".json") }.map { name in
            AdvisorySet.File(
                name: name, bytes: try HostDirectory.read(path / name, limit: AdvisorySet.fileLimit))
        }
        return try AdvisorySet.read(files)
    }
}
