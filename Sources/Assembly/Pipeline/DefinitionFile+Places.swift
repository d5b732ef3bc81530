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

    /// A repository with the absolute paths of the folder or the keyrings that it names.
    static func located(_ line: RepositoryLine, beside definition: HostPath) throws -> RepositoryLine {
        switch line {
        case .debianSystem: return line
        case .debian(let url, let suite, let components, let signedBy):
            let files = try signedBy.map { try absolute($0, beside: definition) }
            return .debian(url: url, suite: suite, components: components, signedBy: files)
        case .alpine(let location, let tag):
            guard !location.contains("://") else { return line }
            return .alpine(location: try absolute(location, beside: definition), tag: tag)
        }
    }

    private static func absolute(_ written: String, beside definition: HostPath) throws -> String {
        let working = HostPath(FileManager.default.currentDirectoryPath)
        let path = try place(written, beside: definition).resolved(against: working)
        return "/" + path.text.split(separator: "/").filter { $0 != "." }.joined(separator: "/")
    }

    /// The repositories as a lock names them. What stands in an included file is taken as standing in the definition,
    /// whose folder relative paths begin at.
    var writtenSources: [Located<RepositoryLine>] {
        definition.contents.sources.map { line in
            Located(
                line.value,
                at: SourceLocation(file: path.text, line: line.location.line, column: line.location.column))
        }
    }
}
