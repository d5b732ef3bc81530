// SPDX-License-Identifier: Apache-2.0

internal import Defining
internal import Fetching
internal import Storage
internal import Synchronization
package import Vocabulary

/// A recipe as it stands on disk: its text, and its meaning for one architecture.
package struct RecipeFile: Sendable {
    private static let limits = (recipe: 1 << 20, pipeline: 256 << 10)

    package let path: HostPath
    package let recipe: Recipe
    let bytes: [UInt8]
    /// Those of `--build-option`.
    let options: [String]
    /// The text of every pipeline that a step came from, by its name.
    let pipelines: [String: [UInt8]]
    package let diagnostics: [Diagnostic]

    /// Reads and compiles the recipe. Pipelines that are not Slipway's are looked for in `pipelines`, and in a folder
    /// `pipelines` beside the recipe.
    /// - Throws: `DefinitionError` with file, line and column; `StorageError`; `PipelineError.noDefinitionFile`.
    package init(
        _ path: HostPath, architecture: Architecture, pipelines: [HostPath] = [], options: [String] = []
    ) throws {
        guard try HostDirectory.exists(path) else { throw PipelineError.noDefinitionFile(path) }
        try self.init(
            path, bytes: HostDirectory.read(path, limit: Self.limits.recipe), architecture: architecture,
            pipelines: pipelines, options: options)
    }

    /// The same for a text that does not stand there yet.
    init(
        _ path: HostPath, bytes: [UInt8], architecture: Architecture, pipelines: [HostPath],
        options: [String]
    ) throws {
        let folders = pipelines + [path.parent / "pipelines"]
        let read = ReadTexts()
        let library = PipelineLibrary { name in
            for folder in folders {
                let file = folder / "\(name).yaml"
                guard try HostDirectory.exists(file) else { continue }
                let text = try HostDirectory.read(file, limit: Self.limits.pipeline)
                read.texts.withLock { $0[name] = text }
                return (file.text, text)
            }
            return nil
        }
        let reader = RecipeReader(library: library, architecture: architecture, options: options)
        self.bytes = bytes
        (recipe, diagnostics) = try reader.read(bytes, file: path.text)
        self.path = path
        self.options = options
        var texts = read.texts.withLock { $0 }
        for name in recipe.allSteps.flatMap(\.pipelines)
        where texts[name] == nil {
            texts[name] = PipelineLibrary.text(of: name).map { Array($0.utf8) }
        }
        self.pipelines = texts
    }

    /// Whether the file still has the text that was read.
    /// - Throws: `StorageError`.
    package func isAsRead() throws -> Bool {
        try HostDirectory.read(path, limit: Self.limits.recipe) == bytes
    }

    /// Its folder, absolute.
    var folder: HostPath { Self.folder(of: path) }

    static func folder(of path: HostPath) -> HostPath { path.parent.absolute }

    /// Brings sources into the workshop's store.
    /// - Parameter suite: where a distribution's own sources are looked for.
    static func fetcher(_ workshop: Workshop, suite: String?) -> SourceFetcher {
        SourceFetcher(
            transport: workshop.transport, store: workshop.packages, workers: workshop.workers,
            python: PipSettings(environment: workshop.environment)
        ) { (try workshop.refresher(), suite) }
    }

    /// What lies in its workspace from the beginning: the folder beside it that is called like its package. Nil where
    /// there is none.
    func localFolder() throws -> HostPath? {
        let local = folder / recipe.name.text
        return try HostDirectory.exists(local) && HostDirectory.isDirectory(local) ? local : nil
    }

    /// The recipe as it was compiled, as YAML that means the same again.
    package var compiled: [UInt8] { recipe.yaml }
    /// The same as JSON.
    package var compiledJSON: JSONValue { recipe.json }
}

/// What was read while something else asked for it.
private final class ReadTexts: Sendable {
    let texts = Mutex<[String: [UInt8]]>([:])
}
