// SPDX-License-Identifier: Apache-2.0

internal import Storage
package import Vocabulary

/// The recipes of files and folders: what a factory keeps, or a graph is drawn of.
package struct RecipeCollection: Sendable {
    /// One that could not be read.
    package struct Failure: Sendable {
        package var path: HostPath
        package var reason: String
    }

    /// In the order in which they were named; those of a folder by their names.
    package let files: [RecipeFile]
    package let failures: [Failure]

    /// Reads every recipe. A folder stands for the recipes right in it, `.yaml` or `.yml`.
    /// - Throws: `StorageError` for a folder that cannot be read; a recipe that cannot is a failure.
    package init(
        _ paths: [HostPath], architecture: Architecture, pipelines: [HostPath] = [], options: [String] = []
    ) throws {
        var (files, failures): ([RecipeFile], [Failure]) = ([], [])
        for path in try Self.recipes(at: paths) {
            do {
                files.append(
                    try RecipeFile(path, architecture: architecture, pipelines: pipelines, options: options))
            } catch {
                failures.append(Failure(path: path, reason: "\(error)"))
            }
        }
        (self.files, self.failures) = (files, failures)
    }

    /// Folders written out, each file once.
    static func recipes(at paths: [HostPath]) throws -> [HostPath] {
        var seen: Set<HostPath> = []
        return try paths.flatMap { path -> [HostPath] in
            guard try HostDirectory.exists(path), try HostDirectory.isDirectory(path) else { return [path] }
            return try HostDirectory.names(in: path).sorted().filter {
                !$0.hasPrefix(".") && ($0.hasSuffix(".yaml") || $0.hasSuffix(".yml"))
            }.map { path / $0 }
        }.filter { seen.insert($0).inserted }
    }
}
