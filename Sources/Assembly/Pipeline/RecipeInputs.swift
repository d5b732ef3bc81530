// SPDX-License-Identifier: Apache-2.0

internal import Building
internal import Defining
internal import Storage
internal import Vocabulary

/// Everything that a build of a recipe was given from outside, as one archive: `build.json`, which this is, the recipe with
/// the folder beside it, the text of every pipeline that it names, definition, lock and keys of build root and sysroot, and the
/// sources that only this machine has. All other sources and packages are in it by digest and place.
struct RecipeInputs: Codable, Sendable, Equatable {
    /// Folders and files of the archive.
    enum Place {
        static let facts = "build.json"
        static let recipe = "recipe"
        static let pipelines = "pipelines"
        /// Of the build root and the sysroot, in each `definition.yaml` and `lock.json`.
        static let roots = ["root", "sysroot"]
        /// By digest: keys and sources.
        static let content = "content"
    }

    /// The format; another number is refused.
    var version = 1
    /// The recipe's file name.
    var recipe: String
    var architecture: Architecture
    /// Those of `--build-option`.
    var options: [String]
    /// Of package URLs.
    var namespace: String
    var sources: [BuildSource]
    /// Keys that stand in the roots, by the names that their definitions have for them.
    var keys: [String: Descriptor]

    init(_ built: BuiltRecipe) {
        recipe = String(built.file.path.name)
        architecture = built.output.recipe.architecture
        options = built.file.options
        namespace = built.namespace
        sources = built.sources
        keys = built.roots.all.reduce(into: [:]) {
            $0.merge($1.definition.local.sources) { first, _ in first }
        }
    }

    /// Writes the archive of a build.
    /// - Parameters:
    ///   - store: where the build's sources and keys are.
    ///   - folder: a new one, for what goes into it.
    /// - Throws: `StorageError`; `BuildingError`.
    func write(
        of built: BuiltRecipe, from store: ContentStore, gathering folder: HostPath, to archive: HostPath
    ) throws -> (digest: Digest, size: Int64) {
        func put(_ bytes: [UInt8], at name: String) throws {
            let path = folder / name
            try HostDirectory.create(path.parent)
            try AtomicFile.replace(path, with: bytes)
        }
        try put(try CanonicalJSON.encodeForPeople(self), at: Place.facts)
        try put(built.file.bytes, at: "\(Place.recipe)/\(recipe)")
        if let local = try built.file.localFolder() {
            let place = folder / Place.recipe / built.output.recipe.name.text
            try HostDirectory.create(place)
            try FolderCopy.copy(local, into: place)
        }
        for (name, text) in built.file.pipelines { try put(text, at: "\(Place.pipelines)/\(name).yaml") }
        for (root, place) in zip(built.roots.all, Place.roots) {
            try put(root.definition.bytes, at: "\(place)/definition.yaml")
            try put(try CanonicalJSON.encode(root.resolved), at: "\(place)/lock.json")
        }
        let kept = keys.values.map(\.digest) + sources.filter(\.isOfThisMachine).map(\.digest)
        try HostDirectory.create(folder / Place.content)
        for digest in Set(kept) {
            try AtomicFile.write(folder / Place.content / digest.hex) { file in
                try store.reader(of: digest).forEachPiece { try file.write($0) }
            }
        }
        return try FolderArchive.write(folder, to: archive)
    }

    /// Reads what an archive was unpacked to.
    /// - Throws: `PipelineError.damagedEvidence`.
    init(at folder: HostPath) throws {
        do {
            self = try CanonicalJSON.decode(
                from: try HostDirectory.read(folder / Place.facts, limit: 16 << 20), what: Place.facts,
                limit: 16 << 20)
        } catch let error as StorageError {
            throw PipelineError.damagedEvidence(what: "the archive of inputs", reason: "\(error)")
        } catch let error as CanonicalJSON.ReadError {
            throw PipelineError.damagedEvidence(what: "the archive of inputs", reason: error.description)
        }
        guard version == 1, ImagePath(recipe)?.components.count == 1 else {
            throw PipelineError.damagedEvidence(
                what: "the archive of inputs", reason: "its format \(version) is not known")
        }
    }
}

extension BuildSource {
    /// Whether nobody else could have it: a file beside the recipe, a repository on this disk.
    var isOfThisMachine: Bool { uri.hasPrefix("file:") || uri.hasPrefix("/") }
}
