// SPDX-License-Identifier: Apache-2.0

internal import Defining
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
        let folder = try place(location, beside: definition)
        let working = HostPath(FileManager.default.currentDirectoryPath)
        let parts = folder.resolved(against: working).text.split(separator: "/").filter { $0 != "." }
        return .alpine(location: "/" + parts.joined(separator: "/"), tag: tag)
    }
}
