// SPDX-License-Identifier: Apache-2.0

internal import Defining
package import Storage
package import Vocabulary

/// A definition as it stands on disk: its text, its meaning, the local files it names, and the lock beside it.
package struct DefinitionFile: Sendable {
    package static let limits = (definition: 1 << 20, lock: 64 << 20, localFile: Int64(256 << 20))

    package var path: HostPath
    /// The definition's text, with all that it includes in it: what the evidence holds.
    package var bytes: [UInt8]
    package var definition: ImageDefinition
    package var local: LocalFiles
    package var diagnostics: [Diagnostic]
    /// The repositories that packages come from, folders by their absolute path; `definition` has them as written.
    package var sources: [Located<RepositoryLine>]
    /// The definition's keyring: files of this machine, and URLs as they are written.
    package var keyring: [KeyringEntry]
    /// The definition's own text, and the included ones in the order in which they are read.
    package var texts: [[UInt8]]

    /// Reads and checks the definition and puts its local files into `store`.
    /// - Throws: `DefinitionError` with file, line and column; `StorageError`; `PipelineError.noDefinitionFile`,
    ///   `.localFileMissing`.
    package init(
        _ path: HostPath, store: ContentStore, adding additions: DefinitionAdditions = DefinitionAdditions()
    ) throws {
        guard try HostDirectory.exists(path) else { throw PipelineError.noDefinitionFile(path) }
        let bytes = try HostDirectory.read(path, limit: Self.limits.definition)
        let text = try DefinitionReader().read(
            bytes, file: path.text, including: Self.includes, adding: additions)
        try self.init(path, text) { source, location in
            let file = HostPath(source).resolved(against: path.parent)
            guard try HostDirectory.exists(file) else {
                throw PipelineError.localFileMissing(file, at: location)
            }
            let (digest, size) = try Self.take(file, into: store)
            return Descriptor(
                mediaType: .slipwayLocalFile, digest: digest, size: size,
                annotations: ["org.opencontainers.image.title": source])
        }
        // What was included is in the joined text; the evidence keeps the files as they were too.
        for source in text.sources where text.sources.count > 1 {
            let name = source.written ?? String(path.name)
            guard local.sources[name] == nil else { continue }
            local.sources[name] = Descriptor(source.bytes, mediaType: .slipwayLocalFile)
            try store.write(source.bytes)
        }
        try locate()
        if let base = definition.contents.baseImage {
            // Its content follows from this one file.
            let index = try Self.place(base.value.indexSource, beside: path)
            guard try HostDirectory.exists(index) else {
                throw PipelineError.localFileMissing(index, at: base.location)
            }
            let (digest, size) = try Self.take(index, into: store)
            local.sources[base.value.indexSource] = Descriptor(
                mediaType: .slipwayLocalFile, digest: digest, size: size)
        }
        for key in definition.imageKeys where local.sources[key.value] == nil {
            local.sources[key.value] = try Self.keyFile(key.value, beside: path, into: store)
        }
    }

    /// The root in which steps of a recipe run: what an environment of its says, with places as beside the recipe.
    init(root environment: ImageDefinition, of path: HostPath, adding additions: DefinitionAdditions) throws {
        let text = try DefinitionReader().read(
            environment.rootDefinition, file: path.text, adding: additions)
        try self.init(path, text) { source, location in
            throw PipelineError.localFileMissing(HostPath(source), at: location)
        }
        try locate()
    }

    /// Finds the folders and files that the definition names on this machine.
    private mutating func locate() throws {
        sources = try writtenSources.map { line in
            Located(try Self.located(line.value, beside: path), at: line.location)
        }
        keyring = try definition.contents.keyring.map { try Self.key($0.value, beside: path) }
    }

    static func take(_ file: HostPath, into store: ContentStore) throws -> (
        digest: Digest, size: Int64
    ) {
        let reader = try FileReader(file)
        guard reader.size <= limits.localFile else {
            throw PipelineError.localFileTooLarge(file, bytes: reader.size, limit: limits.localFile)
        }
        let writer = try store.writer()
        try reader.forEachPiece { try writer.write($0) }
        return try writer.finish()
    }

    /// The same from bytes that include nothing, with local files from wherever `read` finds them.
    package init(
        _ path: HostPath, bytes: [UInt8], read: (_ source: String, _ at: SourceLocation) throws -> Descriptor
    ) throws {
        try self.init(path, try DefinitionReader().read(bytes, file: path.text), read: read)
    }

    private init(
        _ path: HostPath, _ text: DefinitionText,
        read: (_ source: String, _ at: SourceLocation) throws -> Descriptor
    ) throws {
        var sources: [String: Descriptor] = [:]
        for file in text.definition.files {
            guard case .source(let source) = file.value.content, sources[source] == nil else { continue }
            sources[source] = try read(source, file.location)
        }
        self.path = path
        bytes = text.bytes
        definition = text.definition
        local = LocalFiles(sources: sources)
        diagnostics = text.diagnostics
        texts = text.sources.map(\.bytes)
        self.sources = text.definition.contents.sources
        keyring = text.definition.contents.keyring.map { KeyringEntry($0.value, relativeTo: path.parent) }
    }

    /// `app/image.yaml` → `app/image.lock.json`.
    package var lockPath: HostPath {
        let name = path.name
        let stem =
            name.hasSuffix(".yaml") ? name.dropLast(5) : name.hasSuffix(".yml") ? name.dropLast(4) : name
        return path.parent / "\(stem).lock.json"
    }

    /// The keyrings and keys as the definition writes them, those of its repository lines too; sorted, each once.
    var keyringNames: [String] {
        let lines = definition.contents.sources.flatMap { line -> [String] in
            if case .debian(_, _, _, let signedBy) = line.value { signedBy } else { [] }
        }
        return Set(definition.contents.keyring.map(\.value) + lines).sorted()
    }

    /// The definition's meaning, every default filled in, for `show-config`: as YAML that means the same again.
    package var meaning: [UInt8] { definition.yaml }
    /// The same as JSON.
    package var jsonMeaning: JSONValue { definition.json }

    /// The lock beside the definition, where there is one that holds for this very text.
    /// - Throws: `PipelineError.lockUnreadable` for a damaged one; a lock for another text is nil with a diagnostic.
    package func storedLock() throws -> (lock: Lock?, diagnostics: [Diagnostic]) {
        guard try HostDirectory.exists(lockPath) else { return (nil, []) }
        let lock: Lock
        do {
            lock = try CanonicalJSON.decode(
                from: try HostDirectory.read(lockPath, limit: Self.limits.lock), what: "the lock \(lockPath)",
                limit: Self.limits.lock)
        } catch {
            throw PipelineError.lockUnreadable(lockPath, reason: "\(error)")
        }
        guard lock.content.version == 1 else {
            throw PipelineError.lockUnreadable(
                lockPath, reason: "its format \(lock.content.version) is not known")
        }
        guard lock.content.definition == definition.digest else {
            return (
                nil,
                [
                    Diagnostic(
                        .warning, .lockIsStale,
                        "'\(lockPath)' holds for another text of '\(path)'; resolving anew "
                            + "('slipway lock \(path)' writes a fresh one)")
                ]
            )
        }
        return (lock, [])
    }

    /// Digest of the definition with every local file's: what the factory watches.
    package func digest() throws -> Digest {
        let parts =
            [definition.digest.description]
            + local.sources.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value.digest)" }
        return ContentHasher.digest(of: try CanonicalJSON.encode(parts))
    }
}

extension Diagnostic.Code {
    static let lockIsStale = Self(rawValue: "lock-stale")
}
