// SPDX-License-Identifier: Apache-2.0

internal import Defining
internal import Fetching
internal import FoundationEssentials
internal import Storage
internal import Vocabulary

/// Where the files and folders are that a definition names by relative paths: beside it, or, where nothing is there,
/// in the working directory, in which apko looks for them.
extension DefinitionFile {
    /// An included file: beside the one that names it first.
    static let includes = IncludeReader { written, includer in
        let candidates = [HostPath(includer).parent / written, HostPath(written)]
        guard let file = try candidates.first(where: { try HostDirectory.exists($0) }) else { return nil }
        return (file.text, try HostDirectory.read(file, limit: limits.definition))
    }

    /// A keyring's file; a URL stays as it is.
    static func place(_ written: String, beside definition: HostPath) throws -> HostPath {
        let path = HostPath(written)
        if written.contains("://") || path.isAbsolute { return path }
        let beside = definition.parent / written
        return try HostDirectory.exists(beside) || !HostDirectory.exists(path) ? beside : path
    }

    /// An entry of the keyring, its file where that is.
    static func key(_ written: String, beside definition: HostPath) throws -> KeyringEntry {
        switch KeyringEntry(written, relativeTo: definition.parent) {
        case .url(let url): .url(url)
        case .file where written.contains("://"): KeyringEntry(written, relativeTo: definition.parent)
        case .file: .file(try place(written, beside: definition))
        }
    }

    /// A repository with its folder's absolute path.
    static func located(_ line: RepositoryLine, beside definition: HostPath) throws -> RepositoryLine {
        guard case .alpine(let location, let tag) = line, !location.contains("://") else { return line }
        let path = try place(location, beside: definition).absolute
        return .alpine(
            location: "/" + path.text.split(separator: "/").filter { $0 != "." }.joined(separator: "/"),
            tag: tag)
    }

    /// The repositories as a lock names them. Keyrings that a line names begin at the folder of the file in which it
    /// stands: what stands in an included file is taken as standing in the definition.
    var writtenSources: [Located<RepositoryLine>] {
        definition.contents.sources.map { line in
            guard case .debian(_, _, _, let signedBy) = line.value,
                signedBy.contains(where: { !$0.hasPrefix("/") })
            else { return line }
            return Located(
                line.value,
                at: SourceLocation(file: path.text, line: line.location.line, column: line.location.column))
        }
    }
}

extension DefinitionFile {
    /// A key that is a file of this machine, in `store`; nil for any other.
    static func keyFile(
        _ written: String, beside path: HostPath, into store: ContentStore
    ) throws -> Descriptor? {
        guard let file = try key(written, beside: path).file, try HostDirectory.exists(file) else {
            return nil
        }
        let (digest, size) = try take(file, into: store)
        return Descriptor(mediaType: .slipwayLocalFile, digest: digest, size: size)
    }
}

extension ImagePipeline {
    /// The same definition with those keys of the image too that are no files of this machine: downloaded, or Slipway's
    /// own copies.
    /// - Throws: `FetchingError` where one cannot be had.
    func holdingKeys(_ file: DefinitionFile) async throws -> DefinitionFile {
        var file = file
        for key in file.definition.imageKeys where file.local.sources[key.value] == nil {
            let (digest, note) = try await workshop.refresher().key(
                try DefinitionFile.key(key.value, beside: file.path))
            if let note { file.diagnostics.append(note) }
            guard let size = workshop.packages.size(of: digest) else { continue }
            file.local.sources[key.value] = Descriptor(
                mediaType: .slipwayLocalFile, digest: digest, size: size)
        }
        return file
    }
}

extension HostPath {
    /// From the working directory, where it is relative.
    var absolute: HostPath { resolved(against: HostPath(FileManager.default.currentDirectoryPath)) }
}
